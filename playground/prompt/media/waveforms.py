"""Recordings as samples: stored as 16-bit WAV, read back, cut and summed up for drawing.

Knows no model and no other format; soundfile is imported when a recording is first written or read.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from itertools import pairwise
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


def cuts(
    samples: NDArray[np.float32], seconds: float, silences: Sequence[int] = ()
) -> tuple[int, ...]:
    """Where to cut samples into pieces of at most so many seconds: at the last of the `silences` in a piece's second
    half, or in its quietest moment shortly before its end.
    """
    most, found, begin = int(seconds * SAMPLE_RATE), [], 0
    while len(samples) - begin > most:
        fitting = [one for one in silences if begin + most // 2 <= one <= begin + most]
        begin = fitting[-1] if fitting else begin + _quiet_moment(samples[begin:], seconds)
        found.append(begin)
    return tuple(found)


def pieces(audio: Audio, cuts: Sequence[int]) -> tuple[Audio, ...]:
    """The recording cut at those samples; together the pieces are the whole."""
    samples = waveform(audio)
    edges = (0, *cuts, len(samples))
    if len(edges) == 2:
        return (audio,)
    return tuple(
        store(f"{audio.name} ({number} of {len(edges) - 1})", samples[start:end], audio.original)
        for number, (start, end) in enumerate(pairwise(edges), 1)
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
