"""What is seen of a recording. Imports nothing that is large."""

from __future__ import annotations

from dataclasses import dataclass, field

BINS, WINDOW, HOP, TRANSFORM = 128, 320, 160, 512
"""Mel bins, samples of a window (20 ms), samples from one to the next (10 ms) and of a transform at 16 kHz.

As Gemma 4's audio encoder has them (transformers, feature_extraction_gemma4.py).
"""

HIGHEST_HZ = 8000
FLOOR = 1e-3
"""Is added to each bin before its logarithm."""


@dataclass(frozen=True, slots=True)
class Look:
    """A recording as a picture. `spectrogram` is a PNG, time from left to right, low notes below; `peaks` are the
    loudest samples of equal stretches, 0 to 1; `silences` are (start, end) in seconds.
    """

    seconds: float
    peaks: tuple[float, ...]
    spectrogram: bytes = field(repr=False)
    silences: tuple[tuple[float, float], ...] = ()
