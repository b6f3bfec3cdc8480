"""Bytes into parts: upright RGB pictures, mono 16 kHz recordings, clips as frames; and the parts back into numbers.

Whatever a visitor sends becomes parts or one `MediaError`, a sentence that names the file and the fault. Formats are
recognised by content, sizes are held to the limits before anything is decoded, and decoding happens in a process of its
own. Knows no model and no screen. Importing it costs nothing: the libraries behind it come with the first use.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from playground.prompt.media.faults import MediaError

if TYPE_CHECKING:
    from playground.prompt.media.clips import shorten
    from playground.prompt.media.decoders import look, read, split
    from playground.prompt.media.pictures import pixels, thumbnail
    from playground.prompt.media.sending import sendable
    from playground.prompt.media.waveforms import peaks, trim, waveform

__all__ = [
    "MediaError",
    "look",
    "peaks",
    "pixels",
    "read",
    "sendable",
    "shorten",
    "split",
    "thumbnail",
    "trim",
    "waveform",
]

_HOMES = {
    "look": "decoders",
    "peaks": "waveforms",
    "pixels": "pictures",
    "read": "decoders",
    "sendable": "sending",
    "shorten": "clips",
    "split": "decoders",
    "thumbnail": "pictures",
    "trim": "waveforms",
    "waveform": "waveforms",
}


def __getattr__(name: str) -> Any:
    """The functions that need a library are imported when they are first asked for (PEP 562)."""
    if name not in _HOMES:
        raise AttributeError(f"playground.prompt.media has no {name}")
    return getattr(import_module(f"playground.prompt.media.{_HOMES[name]}"), name)
