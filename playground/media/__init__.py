"""Bytes into parts: upright RGB pictures, mono 16 kHz recordings, clips as frames; and the parts back into numbers.

Whatever a visitor sends becomes parts or one `MediaError`, a sentence that names the file and the fault. Formats are
recognised by content, sizes are held to the limits before anything is decoded. Knows no model and no screen; the
decoding libraries are imported when the first file needs them.
"""

from __future__ import annotations

from playground.conversation import Media
from playground.limits import LIMITS, Limits
from playground.media.clips import shorten
from playground.media.faults import MediaError
from playground.media.formats import recognise
from playground.media.pictures import pixels, thumbnail
from playground.media.recordings import peaks, split, trim, waveform

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


def read(name: str, data: bytes, limits: Limits = LIMITS) -> tuple[Media, ...]:
    """The parts in one file: a picture, a recording, or a clip followed by its soundtrack if it has one.

    Raises MediaError, whose text is one sentence that names the file and the fault.
    """
    from playground.media import clips, pictures
    from playground.media.faults import base_name, guarded

    name = base_name(name)
    with guarded(name):
        if len(data) > limits.file_bytes:
            raise MediaError(
                name,
                f"has {len(data) / 1e6:,.0f} MB, but a file may have at most {limits.file_bytes / 1e6:,.0f} MB.",
            )
        format = recognise(name, data)
        if format.picture:
            return (pictures.read(name, data, format, limits),)
        return clips.read(name, data, format, limits)
