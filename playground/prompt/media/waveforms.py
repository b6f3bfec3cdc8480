"""Recordings as samples: stored as 16-bit WAV, read back, cut and summed up for drawing.

Knows no model and no other format; soundfile is imported when a recording is first written or read.
"""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import numpy as np

from playground.models.capabilities import SAMPLE_RATE
from playground.prompt.conversation import Audio

if TYPE_CHECKING:
    from numpy.typing import NDArray

LOOKBACK_SECONDS = 3.0
"""How far before its end a piece may be cut to meet a quiet moment."""


def store(name: str, samples: NDArray[np.float32], original: str = "") -> Audio:
    """Samples (N,) at 16 kHz, clipped to [-1, 1], as a part."""
    import soundfile

    out = io.BytesIO()
    whole = np.rint(samples * 32768.0).clip(-32768, 32767).astype(np.int16)
    soundfile.write(out, whole, SAMPLE_RATE, format="WAV", subtype="PCM_16")
    return Audio(name, out.getvalue(), len(samples) / SAMPLE_RATE, original)


def waveform(audio: Audio) -> NDArray[np.float32]:
    """(N,) float32 in [-1, 1] at 16 kHz."""
    import soundfile

    samples, _ = soundfile.read(io.BytesIO(audio.data), dtype="int16")
    return np.asarray(samples, np.float32) / 32768.0


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


def _quiet_moment(samples: NDArray[np.float32], seconds: float) -> int:
    """The place of the quietest 20 ms in the last seconds before `seconds`, as a number of samples."""
    window = SAMPLE_RATE // 50
    end = int(seconds * SAMPLE_RATE)
    start = end - int(min(LOOKBACK_SECONDS, seconds / 2) * SAMPLE_RATE) // window * window
    power = np.square(samples[start:end]).reshape(-1, window).mean(axis=1)
    return start + int(power.argmin()) * window + window // 2
