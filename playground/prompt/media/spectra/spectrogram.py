"""A recording's log-mel spectrogram and its silences. For the decoding process alone."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import PIL.Image

from playground.models.capabilities import SAMPLE_RATE
from playground.prompt.conversation import Audio
from playground.prompt.media import waveforms
from playground.prompt.media.spectra.look import (
    BINS,
    FLOOR,
    HIGHEST_HZ,
    HOP,
    TRANSFORM,
    WINDOW,
    Look,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

AT_ONCE = 4096
"""Windows that are transformed together: 41 s, some 10 MB."""

WIDEST = 800
"""Columns of a drawn spectrogram."""

BARS = 200
"""Stretches whose loudest sample is told."""

BELOW_DB = 40.0
"""What is so much less loud than the loudest moment is silence."""

FRAME = 1024
"""Samples whose loudness is taken together: 64 ms."""

FAINT = 1e-10
"""Mean squares below this are no longer told apart."""

SILENT = 1e-4
"""A recording whose loudest sample stays below this is silence from end to end."""

SHORTEST_S = 0.25
"""A silence that is worth marking, or cutting in; shorter ones stand between words."""

COLOURS = (
    (0, 0, 4),
    (59, 15, 112),
    (140, 41, 129),
    (222, 73, 104),
    (254, 159, 109),
    (252, 253, 191),
)
"""From quiet to loud; their lightness grows evenly, so that it reads without colours too."""


def look(audio: Audio) -> Look:
    """The recording as a picture."""
    samples = waveforms.waveform(audio)
    return Look(
        seconds=audio.seconds,
        peaks=tuple(float(peak) for peak in waveforms.peaks(audio, BARS)),
        spectrogram=_drawn(log_mel(samples)),
        silences=silences(samples),
    )


def log_mel(samples: NDArray[np.float32]) -> NDArray[np.float32]:
    """(BINS, windows) the natural logarithm of each bin, as the encoder's feature extractor computes it."""
    bell, filters = _bell(), _filters()
    windows = _frames(np.pad(samples, TRANSFORM // 2), TRANSFORM, HOP)
    mel = np.empty((BINS, len(windows)), np.float32)
    for start in range(0, len(windows), AT_ONCE):
        loud = np.abs(np.fft.rfft(windows[start : start + AT_ONCE] * bell))
        mel[:, start : start + AT_ONCE] = filters @ loud.T
    return np.asarray(np.log(mel + FLOOR), np.float32)


def silences(samples: NDArray[np.float32]) -> tuple[tuple[float, float], ...]:
    """Where nobody speaks: (start, end) in seconds."""
    length, hop = len(samples), FRAME // 4
    if np.abs(samples).max() < SILENT:
        return ((0.0, length / SAMPLE_RATE),)
    frames = _frames(np.pad(samples, FRAME // 2), FRAME, hop)
    power = np.maximum(np.einsum("fs,fs->f", frames, frames) / FRAME, FAINT)
    spoken = power > power.max() / 10 ** (BELOW_DB / 10)
    turns = np.flatnonzero(np.diff(spoken, prepend=False, append=False))
    edges = [0, *(min(int(turn) * hop, length) for turn in turns), length]
    spans = zip(edges[::2], edges[1::2], strict=True)
    return tuple(
        (start / SAMPLE_RATE, end / SAMPLE_RATE)
        for start, end in spans
        if end - start >= SHORTEST_S * SAMPLE_RATE
    )


def _frames(samples: NDArray[np.float32], length: int, hop: int) -> NDArray[np.float32]:
    """(frames, length): the samples again and again, each time a hop later; nothing is copied."""
    return np.lib.stride_tricks.sliding_window_view(samples, length)[::hop]


def _bell() -> NDArray[np.float32]:
    """(TRANSFORM,): a Hann window of WINDOW samples in the middle."""
    bell = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(WINDOW) / WINDOW)
    return np.pad(bell, (TRANSFORM - WINDOW) // 2).astype(np.float32)


def _filters() -> NDArray[np.float32]:
    """(BINS, TRANSFORM / 2 + 1): triangles, their corners evenly spaced on the mel scale, each 1 high."""
    corners = 700 * (np.geomspace(1, 1 + HIGHEST_HZ / 700, BINS + 2) - 1)[:, None]
    above, widths = np.fft.rfftfreq(TRANSFORM, 1 / SAMPLE_RATE) - corners, np.diff(corners, axis=0)
    rising, falling = above[:-2] / widths[:-1], -above[2:] / widths[1:]
    return np.minimum(rising, falling).clip(0).astype(np.float32)


def cuts(audio: Audio, seconds: float) -> tuple[int, ...]:
    """Where to cut a recording into pieces of at most so many seconds, in samples: in silences where there are any."""
    samples = waveforms.waveform(audio)
    middles = [round((start + end) / 2 * SAMPLE_RATE) for start, end in silences(samples)]
    return waveforms.cuts(samples, seconds, middles)


def _drawn(spectrum: NDArray[np.float32]) -> bytes:
    """As a PNG with a palette; several windows a column where there are many."""
    count = spectrum.shape[1]
    starts = np.linspace(0, count, min(WIDEST, count), endpoint=False).astype(int)
    columns = np.maximum.reduceat(spectrum, starts, axis=1)
    low, high = float(np.log(FLOOR)), max(float(columns.max()), float(np.log(FLOOR)) + 1.0)
    grey = ((columns[::-1] - low) / (high - low) * 255).clip(0, 255).astype(np.uint8)
    picture = PIL.Image.fromarray(grey, mode="P")
    picture.putpalette(_palette(COLOURS))
    out = io.BytesIO()
    picture.save(out, "PNG", optimize=True)
    return out.getvalue()


def _palette(colours: Sequence[tuple[int, int, int]]) -> list[int]:
    """256 colours between those."""
    places = np.linspace(0, 255, len(colours))
    mixed = [np.interp(np.arange(256), places, [c[band] for c in colours]) for band in range(3)]
    return [int(value) for value in np.stack(mixed, axis=1).round().ravel()]
