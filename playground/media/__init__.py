"""Bytes into parts: upright RGB pictures, mono 16 kHz recordings, clips as frames; and the parts back into numbers.

Whatever a visitor sends becomes parts or one `MediaError`, a sentence that names the file and the fault. Formats are
recognised by content, sizes are held to the limits before anything is decoded. Knows no model and no screen. Importing
it costs nothing: the libraries behind it come with the first file that needs them.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from playground.conversation import Media
from playground.limits import LIMITS, Limits
from playground.media.faults import MediaError, base_name, guarded

if TYPE_CHECKING:
    from playground.media.clips import shorten
    from playground.media.pictures import pixels, thumbnail
    from playground.media.waveforms import peaks, split, trim, waveform

__all__ = [
    "MediaError",
    "peaks",
    "pixels",
    "read",
    "shorten",
    "split",
    "thumbnail",
    "trim",
    "waveform",
]

_HOMES = {
    "peaks": "waveforms",
    "pixels": "pictures",
    "shorten": "clips",
    "split": "waveforms",
    "thumbnail": "pictures",
    "trim": "waveforms",
    "waveform": "waveforms",
}


def __getattr__(name: str) -> Any:
    """The functions that need a library are imported when they are first asked for (PEP 562)."""
    if name not in _HOMES:
        raise AttributeError(f"playground.media has no {name}")
    return getattr(import_module(f"playground.media.{_HOMES[name]}"), name)


def read(name: str, data: bytes, limits: Limits = LIMITS) -> tuple[Media, ...]:
    """The parts in one file: a picture, a recording, or a clip followed by its soundtrack if it has one.

    Raises MediaError, whose text is one sentence that names the file and the fault.
    """
    from playground.media.formats import recognise

    name = base_name(name)
    if len(data) > limits.file_bytes:
        has, most = len(data) / 1e6, limits.file_bytes / 1e6
        raise MediaError(name, f"has {has:,.0f} MB, but a file may have at most {most:,.0f} MB.")
    format = recognise(name, data)
    with guarded(name):
        if format.picture:
            from playground.media import pictures

            return (pictures.read(name, data, format, limits),)
        from playground.media import clips

        return clips.read(name, data, format, limits)
