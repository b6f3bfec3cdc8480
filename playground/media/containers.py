"""Opens a sound or clip file in memory with the one demuxer for its format, and yields its packets decoded.

FFmpeg is never left to guess: some of the formats that it knows read other files from the disk.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from playground.media.faults import MediaError
from playground.media.formats import Format

if TYPE_CHECKING:
    from av.container import InputContainer


@contextmanager
def opened(name: str, data: bytes, format: Format) -> Iterator[InputContainer]:
    """The container, its header read. Raises MediaError."""
    import av

    try:
        container = av.open(io.BytesIO(data), format=format.decoder, metadata_errors="ignore")
    except (av.FFmpegError, ValueError, OverflowError):
        raise MediaError(name, f"begins like {format.name}, but is damaged or cut off.") from None
    with container:
        yield container


def film(container: InputContainer) -> Any | None:
    """The stream of moving pictures; the cover picture of a song is none."""
    from av.stream import Disposition

    moving = (s for s in container.streams.video if not s.disposition & Disposition.attached_pic)
    return next(moving, None)


def sound(container: InputContainer) -> Any | None:
    """The first stream of sound that can be decoded."""
    return next((stream for stream in container.streams.audio if stream.codec_context), None)


def frames(container: InputContainer, stream: Any) -> Iterator[Any]:
    """The decoded frames of a stream, and None in the place of what is damaged."""
    import av

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
    import av

    return float(container.duration or 0) / av.time_base


def spell(seconds: float) -> str:
    """ "8 s", "2:05 minutes" or "3:20 hours"."""
    if seconds < 60:
        return f"{seconds:.3g} s"
    if seconds < 3600:
        return f"{int(seconds // 60)}:{int(seconds % 60):02d} minutes"
    return f"{int(seconds // 3600):,}:{int(seconds % 3600 // 60):02d} hours"
