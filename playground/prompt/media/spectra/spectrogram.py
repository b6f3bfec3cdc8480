"""A recording's log-mel spectrogram and its silences, by librosa. For the decoding process alone."""

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

WIDEST = 800
"""Columns of a drawn spectrogram."""

BARS = 200
"""Stretches whose loudest sample is told."""

BELOW_DB = 40.0
"""What is so much less loud than the loudest moment is silence."""

FRAME = 1024
"""Samples whose loudness is taken together: 64 ms."""

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
    import librosa

    mel = librosa.feature.melspectrogram(
        y=samples,
        sr=SAMPLE_RATE,
        n_fft=TRANSFORM,
        win_length=WINDOW,
        hop_length=HOP,
        power=1.0,
        n_mels=BINS,
        fmin=0.0,
        fmax=HIGHEST_HZ,
        htk=True,
        norm=None,
    )
    return np.asarray(np.log(mel + FLOOR), np.float32)


def silences(samples: NDArray[np.float32]) -> tuple[tuple[float, float], ...]:
    """Where nobody speaks: (start, end) in seconds."""
    from librosa.effects import split

    length = len(samples)
    if np.abs(samples).max() < SILENT:
        return ((0.0, length / SAMPLE_RATE),)
    spoken = split(samples, top_db=BELOW_DB, frame_length=FRAME, hop_length=FRAME // 4)
    edges = [0, *(int(edge) for span in spoken for edge in span), length]
    spans = zip(edges[::2], edges[1::2], strict=True)
    return tuple(
        (start / SAMPLE_RATE, end / SAMPLE_RATE)
        for start, end in spans
        if end - start >= SHORTEST_S * SAMPLE_RATE
    )


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
