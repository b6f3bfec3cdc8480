"""Sound of any kind into mono 16 kHz, stored as 16-bit WAV; and back into samples.

Knows no model: a recording may be longer than any model takes, and `trim` and `split` make it fit.
"""

from __future__ import annotations

import io
import math
import wave
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from playground.conversation import SAMPLE_RATE, Audio
from playground.limits import Limits
from playground.media import containers
from playground.media.faults import MediaError
from playground.media.formats import Format

if TYPE_CHECKING:
    from av.container import InputContainer
    from numpy.typing import NDArray

SHORTEST_SECONDS = 0.05
"""Less is a click; Gemma 4's audio encoder makes no token of less than 10 ms."""

SILENCE = 1e-4
"""A recording whose loudest sample stays below this (-80 dB) is called silent."""

SAMPLE_RATES = range(1_000, 1_000_001)
"""What a header may claim to be sampled at, in Hz; anything else is a broken header."""

LOOKBACK_SECONDS = 3.0
"""How far before its end a piece may be cut to meet a quiet moment."""

WEIGHTS = {"FC": 1.0, "FL": math.sqrt(0.5), "FR": math.sqrt(0.5), "LFE": 0.0, "LFE2": 0.0}
"""Shares of a surround recording's channels in its mono mix, after ITU-R BS.775; those not named here have half."""


def read(
    name: str,
    container: InputContainer,
    stream: Any,
    format: Format,
    limits: Limits,
    most_seconds: float | None = None,
) -> Audio:
    """The sound in a stream; only its first `most_seconds` if they are given. Raises MediaError."""
    if most_seconds is None:
        _check_length(name, containers.claimed_seconds(container), limits)
    rate = stream.codec_context.sample_rate
    if rate not in SAMPLE_RATES:
        raise MediaError(name, f"claims an impossible sample rate of {rate:,} Hz.")
    heard = _Heard()
    pieces = []
    for piece in _resampled(_mono(containers.frames(container, stream), heard), heard):
        pieces.append(piece)
        if most_seconds and heard.seconds >= most_seconds:
            break
        _check_length(name, heard.seconds, limits)
    samples = np.concatenate(pieces) if pieces else np.zeros(0, np.float32)
    if most_seconds:
        samples = samples[: round(most_seconds * SAMPLE_RATE)]
    if not len(samples):
        fault = "is damaged: none of its sound can be decoded." if heard.faults else "has no sound in it."
        raise MediaError(name, fault)
    if len(samples) < SHORTEST_SECONDS * SAMPLE_RATE:
        lasts = len(samples) / SAMPLE_RATE * 1000
        raise MediaError(name, f"holds only {lasts:.0f} ms of sound, too short to be heard.")
    return store(name, samples, _describe(format, stream, samples, heard))


def store(name: str, samples: NDArray[np.float32], original: str = "") -> Audio:
    """Samples (N,) at 16 kHz, clipped to [-1, 1], as a part."""
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(SAMPLE_RATE)
        file.writeframes(np.rint(samples * 32768.0).clip(-32768, 32767).astype("<i2").tobytes())
    return Audio(name, out.getvalue(), len(samples) / SAMPLE_RATE, original)


def waveform(audio: Audio) -> NDArray[np.float32]:
    """(N,) float32 in [-1, 1] at 16 kHz."""
    with wave.open(io.BytesIO(audio.data)) as file:
        samples = np.frombuffer(file.readframes(file.getnframes()), "<i2")
    return samples.astype(np.float32) / 32768.0


def trim(audio: Audio, seconds: float) -> Audio:
    """The first so many seconds; the recording itself when it is no longer than that."""
    if audio.seconds <= seconds:
        return audio
    kept = waveform(audio)[: int(seconds * SAMPLE_RATE)]
    return store(audio.name, kept, f"{audio.original}, first {seconds:g} s".lstrip(", "))


def split(audio: Audio, seconds: float) -> tuple[Audio, ...]:
    """Pieces of at most so many seconds, cut in the quietest moment shortly before; together they are the whole."""
    rest = waveform(audio)
    pieces = []
    while len(rest) > seconds * SAMPLE_RATE:
        at = _quiet_moment(rest, seconds)
        pieces.append(rest[:at])
        rest = rest[at:]
    if not pieces:
        return (audio,)
    pieces.append(rest)
    return tuple(
        store(f"{audio.name} ({number} of {len(pieces)})", piece, audio.original)
        for number, piece in enumerate(pieces, 1)
    )


def peaks(audio: Audio, n: int) -> NDArray[np.float32]:
    """(n,) the loudest sample of each nth of the recording, 0 to 1, for drawing it."""
    loud = np.abs(waveform(audio))
    edges = np.linspace(0, len(loud), n + 1).astype(int)
    starts = np.minimum(edges[:-1], len(loud) - 1)
    return np.asarray(np.maximum.reduceat(loud, starts), np.float32)


class _Heard:
    """What came to light while decoding."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self.faults = 0
        self.strange = False


def _mono(frames: Iterator[Any], heard: _Heard) -> Iterator[tuple[int, NDArray[np.float32]]]:
    """Each frame as (sample rate, samples (N,) in [-1, 1]), its channels mixed."""
    for frame in frames:
        if frame is None:
            heard.faults += 1
            continue
        samples = frame.to_ndarray()
        if not frame.format.is_planar:
            samples = samples.reshape(-1, frame.layout.nb_channels).T
        if samples.dtype.kind == "u":
            samples = (samples.astype(np.float32) - 128.0) / 128.0
        elif samples.dtype.kind == "i":
            samples = samples.astype(np.float32) / -float(np.iinfo(samples.dtype).min)
        if not np.isfinite(samples).all():
            heard.strange = True
            samples = np.nan_to_num(samples, nan=0.0, posinf=0.0, neginf=0.0)
        names = [channel.name for channel in frame.layout.channels]
        weights = np.array([WEIGHTS.get(name, 0.5) for name in names], np.float32)
        if not weights.any():
            weights += 1.0
        mixed = weights @ samples.clip(-1.0, 1.0).astype(np.float32) / weights.sum()
        heard.seconds += len(mixed) / frame.sample_rate
        yield frame.sample_rate, mixed


def _resampled(
    chunks: Iterator[tuple[int, NDArray[np.float32]]], heard: _Heard
) -> Iterator[NDArray[np.float32]]:
    """Chunks of any rate at 16 kHz; the rate may change from one to the next."""
    import soxr

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


def _check_length(name: str, seconds: float, limits: Limits) -> None:
    if seconds > limits.audio_seconds:
        lasts, most = containers.spell(seconds), containers.spell(limits.audio_seconds)
        raise MediaError(name, f"lasts {lasts} or more: a recording may last at most {most}.")


def _describe(format: Format, stream: Any, samples: NDArray[np.float32], heard: _Heard) -> str:
    """What the file was, for the person who sent it."""
    context = stream.codec_context
    words = [format.name, f"{context.sample_rate / 1000:g} kHz", context.layout.name]
    if np.abs(samples).max() < SILENCE:
        words.append("silent")
    if heard.strange:
        words.append("impossible samples silenced")
    if heard.faults:
        words.append("damaged, read as far as possible")
    return ", ".join(words)


def _quiet_moment(samples: NDArray[np.float32], seconds: float) -> int:
    """The place of the quietest 20 ms in the last seconds before `seconds`, as a number of samples."""
    window = SAMPLE_RATE // 50
    end = int(seconds * SAMPLE_RATE)
    start = end - int(min(LOOKBACK_SECONDS, seconds / 2) * SAMPLE_RATE) // window * window
    power = np.square(samples[start:end]).reshape(-1, window).mean(axis=1)
    return start + int(power.argmin()) * window + window // 2
