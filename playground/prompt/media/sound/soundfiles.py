"""Whole recordings in WAV, FLAC and OGG, read by soundfile. What it does not read, or not to its end, is PyAV's."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from playground.prompt.conversation import Audio
from playground.prompt.limits import Limits
from playground.prompt.media.formats import Format
from playground.prompt.media.sound.recordings import (
    SAMPLE_RATES,
    Heard,
    check_length,
    finished,
    resampled,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

DECODERS = frozenset({"wav", "flac", "ogg"})
OGG_BEGINS = b"OggS\x00\x02"
"""A stream in an OGG file; where there are several, soundfile reads the first one alone."""

MOST_CHANNELS = 2
"""How more of them are mixed depends on where they stand, which soundfile does not tell."""

BLOCK = 1 << 16
"""Samples of each channel that are read at a time."""


def read(name: str, data: bytes, format: Format, limits: Limits) -> Audio | None:
    """The recording; None where soundfile can't read it whole. Raises MediaError where it is too long or too short."""
    if format.decoder not in DECODERS or data.count(OGG_BEGINS) > 1:
        return None
    import soundfile

    heard = Heard()
    try:
        with soundfile.SoundFile(io.BytesIO(data)) as file:
            rate, channels, frames = file.samplerate, file.channels, file.frames
            if rate not in SAMPLE_RATES or channels > MOST_CHANNELS or frames <= 0:
                return None
            check_length(name, frames / rate, limits)
            pieces = list(resampled((rate, one) for one in _mono(file, heard)))
    except (soundfile.SoundFileError, RuntimeError, ValueError, TypeError):
        return None
    if round(heard.seconds * rate) != frames:
        return None
    samples = np.concatenate(pieces) if pieces else np.zeros(0, np.float32)
    return finished(name, samples, format, rate, channels, heard)


def _mono(file: Any, heard: Heard) -> Iterator[NDArray[np.float32]]:
    """The samples, block by block, both channels mixed."""
    for block in file.blocks(BLOCK, dtype="float32", always_2d=True):
        heard.seconds += len(block) / file.samplerate
        yield heard.possible(block).mean(axis=1, dtype=np.float32)
