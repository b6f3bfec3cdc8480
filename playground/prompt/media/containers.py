"""Opens a sound or clip file in memory with the one demuxer for its format, and yields its packets decoded.

FFmpeg is never left to guess: some of the formats that it knows read other files from the disk.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import av
from av.container import InputContainer
from av.stream import Disposition

from playground.prompt.media.faults import MediaError
from playground.prompt.media.formats import Format


@contextmanager
def opened(name: str, data: bytes, format: Format) -> Iterator[InputContainer]:
    """The container, its header read. Raises MediaError."""
    try:
        container = av.open(io.BytesIO(data), "r", format=format.decoder, metadata_errors="ignore")
    except (av.FFmpegError, ValueError, OverflowError):
        raise MediaError(name, f"begins like {format.name}, but is damaged or cut off.") from None
    with container:
        yield container


def film(container: InputContainer) -> Any | None:
    """The stream of moving pictures; the cover picture of a song is none."""
    moving = (s for s in container.streams.video if not s.disposition & Disposition.attached_pic)
    return next(moving, None)


def sound(container: InputContainer) -> Any | None:
    """The first stream of sound that can be decoded."""
    return next((stream for stream in container.streams.audio if stream.codec_context), None)


def frames(container: InputContainer, stream: Any) -> Iterator[Any]:
    """The decoded frames of a stream, and None in the place of what is damaged."""
    packets = container.demux(stream)
    while True:
        try:
            packet = next(packets)
        except StopIteration:
            return
        except av.FFmpegError:
            yield None
            return
        try:
            yield from packet.decode()
        except av.FFmpegError:
            yield None


def claimed_seconds(container: InputContainer) -> float:
    """How long the header says that it lasts; 0 when it does not say."""
    return float(container.duration or 0) / av.time_base


def spell(seconds: float) -> str:
    """ "45 s" or "10 minutes"."""
    return f"{seconds:g} s" if seconds < 120 else f"{seconds / 60:g} minutes"
