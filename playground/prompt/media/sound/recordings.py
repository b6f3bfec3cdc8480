"""Sound that FFmpeg decodes into mono 16 kHz. Knows no model: a recording may be longer than any model takes."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import av
import numpy as np
import soxr

from playground.models.capabilities import SAMPLE_RATE
from playground.prompt.conversation import Audio
from playground.prompt.limits import Limits
from playground.prompt.media import containers
from playground.prompt.media.faults import MediaError
from playground.prompt.media.formats import Format
from playground.prompt.media.waveforms import store

if TYPE_CHECKING:
    from av.container import InputContainer
    from numpy.typing import NDArray

SHORTEST_SECONDS = 0.05
"""Less is a click; Gemma 4's audio encoder makes no token of less than 10 ms."""

SILENCE = 1e-4
"""A recording whose loudest sample stays below this (-80 dB) is called silent."""

COUNTED = frozenset({"flac", "mp4", "aiff"})
"""Formats whose header counts what is in them; elsewhere FFmpeg guesses from a rate of bits, often far off."""

HEARD_APART = 0.1
"""Seconds by which sound and pictures may begin apart: encoders put as much silence before the sound."""

SAMPLE_RATES = range(1_000, 1_000_001)
"""What a header may claim to be sampled at, in Hz; anything else is a broken header."""

WEIGHTS = {"FC": 1.0, "FL": math.sqrt(0.5), "FR": math.sqrt(0.5), "LFE": 0.0, "LFE2": 0.0}
"""Shares of a surround recording's channels in its mono mix, after ITU-R BS.775; those not named here have half."""


def read(
    name: str,
    container: InputContainer,
    stream: Any,
    format: Format,
    limits: Limits,
    most_seconds: float | None = None,
    lead: float = 0.0,
) -> Audio:
    """The sound in a stream; only its first `most_seconds` if they are given. Raises MediaError.

    It begins `lead` seconds after the pictures that it belongs to: silence goes before it, or what comes too early is
    left out.
    """
    if most_seconds is None and format.decoder in COUNTED:
        check_length(name, containers.claimed_seconds(container), limits)
    rate = stream.codec_context.sample_rate
    if rate not in SAMPLE_RATES:
        raise MediaError(name, f"claims an impossible sample rate of {rate:,} Hz.")
    if most_seconds and lead >= most_seconds:
        raise MediaError(name, f"begins only after the first {most_seconds:g} s.")
    heard = Heard()
    pieces = []
    packets = containers.packets(container, stream)
    frames = containers.frames(stream.codec_context, packets)
    for piece in resampled(_mono(frames, heard)):
        pieces.append(piece)
        if most_seconds and heard.seconds + lead >= most_seconds:
            break
        check_length(name, heard.seconds, limits)
    samples = np.concatenate(pieces) if pieces else np.zeros(0, np.float32)
    if len(samples) and abs(lead) >= HEARD_APART:
        samples = _led(samples, lead)
    if most_seconds:
        samples = samples[: round(most_seconds * SAMPLE_RATE)]
    if not len(samples) and heard.faults:
        raise MediaError(name, "is damaged: none of its sound can be decoded.")
    channels = stream.codec_context.layout.nb_channels
    return finished(name, samples, format, rate, channels, heard)


def finished(
    name: str,
    samples: NDArray[np.float32],
    format: Format,
    rate: int,
    channels: int,
    heard: Heard,
) -> Audio:
    """Samples (N,) at 16 kHz as a recording that says what it was. Raises MediaError where there is too little."""
    if not len(samples):
        raise MediaError(name, "has no sound in it.")
    if len(samples) < SHORTEST_SECONDS * SAMPLE_RATE:
        lasts = len(samples) / SAMPLE_RATE * 1000
        raise MediaError(name, f"holds only {lasts:.0f} ms of sound, too short to be heard.")
    return store(name, samples, _describe(format, rate, channels, samples, heard))


def _led(samples: NDArray[np.float32], lead: float) -> NDArray[np.float32]:
    """The samples with so many seconds of silence before them, or without so many of their first."""
    moved = round(abs(lead) * SAMPLE_RATE)
    return samples[moved:] if lead < 0 else np.concatenate([np.zeros(moved, np.float32), samples])


class Heard:
    """What came to light while decoding."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self.faults = 0
        self.strange = False

    def possible(self, samples: NDArray[np.float32]) -> NDArray[np.float32]:
        """The samples within [-1, 1], with silence in the place of what is no number."""
        if not np.isfinite(samples).all():
            self.strange = True
            samples = np.nan_to_num(samples, nan=0.0, posinf=0.0, neginf=0.0)
        return samples.clip(-1.0, 1.0)


def _mono(frames: Iterator[Any], heard: Heard) -> Iterator[tuple[int, NDArray[np.float32]]]:
    """Each frame as (sample rate, samples (N,) in [-1, 1]), its channels mixed."""
    for frame in _packed(frames):
        if frame is None:
            heard.faults += 1
            continue
        names = [channel.name for channel in frame.layout.channels]
        samples = frame.to_ndarray().reshape(-1, len(names))
        samples = heard.possible(samples)
        weights = np.array([WEIGHTS.get(name, 0.5) for name in names], np.float32)
        if not weights.any():
            weights += 1.0
        mixed = samples @ (weights / weights.sum())
        heard.seconds += len(mixed) / frame.sample_rate
        yield frame.sample_rate, mixed


def _packed(frames: Iterator[Any]) -> Iterator[Any]:
    """The frames as floating samples with the channels side by side; None for what can't be.

    PyAV must not read planar frames of eight or more channels: it looks for more planes than there are and crashes.
    """
    shape, packer = None, av.AudioResampler(format="flt")
    for frame in frames:
        if frame is None:
            yield None
            continue
        found = (frame.format.name, frame.layout.name, frame.layout.nb_channels, frame.sample_rate)
        if found != shape:
            shape, packer = found, av.AudioResampler(format="flt")
        try:
            yield from packer.resample(frame)
        except (av.FFmpegError, ValueError):
            shape = None
            yield None


def resampled(chunks: Iterator[tuple[int, NDArray[np.float32]]]) -> Iterator[NDArray[np.float32]]:
    """Chunks of any rate, each (rate, samples), at 16 kHz; the rate may change from one to the next."""
    rate, stream = SAMPLE_RATE, None
    nothing = np.zeros(0, np.float32)
    for chunk_rate, chunk in chunks:
        if chunk_rate != rate:
            if stream:
                yield stream.resample_chunk(nothing, last=True).clip(-1.0, 1.0)
            rate = chunk_rate
            stream = None if rate == SAMPLE_RATE else soxr.ResampleStream(rate, SAMPLE_RATE, 1)
        yield stream.resample_chunk(chunk).clip(-1.0, 1.0) if stream else chunk
    if stream:
        yield stream.resample_chunk(nothing, last=True).clip(-1.0, 1.0)


def check_length(name: str, seconds: float, limits: Limits) -> None:
    """Raises MediaError where a recording lasts too long."""
    if seconds > limits.audio_seconds:
        most = containers.spell(limits.audio_seconds)
        raise MediaError(name, f"lasts longer than {most}, the most for a recording.")


def _describe(
    format: Format, rate: int, channels: int, samples: NDArray[np.float32], heard: Heard
) -> str:
    """What the file was, for the person who sent it."""
    layout = "mono" if channels == 1 else "stereo" if channels == 2 else f"{channels} channels"
    words = [format.name, f"{rate / 1000:g} kHz", layout]
    if np.abs(samples).max() < SILENCE:
        words.append("silent")
    if heard.strange:
        words.append("impossible samples silenced")
    if heard.faults:
        words.append("damaged, read as far as possible")
    return ", ".join(words)
