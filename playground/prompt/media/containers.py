"""Opens a sound or clip file in memory with the one demuxer for its format, and yields its packets decoded.

FFmpeg is never left to guess: some of the formats that it knows read other files from the disk.
"""

from __future__ import annotations

import io
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import chain
from typing import Any

import av
from av.container import InputContainer
from av.stream import Disposition

from playground.prompt.media.faults import MediaError
from playground.prompt.media.formats import Format

SAVE = "convert it to MP4 (H.264 and AAC), MP3 or WAV."

PROTECTED = ("encv", "enca", "drms", "drmi")
"""What stands for the coding of encrypted streams (ISO/IEC 14496-12, 8.12)."""

CLEAR = {"vp8": "libvpx", "vp9": "libvpx-vp9"}
"""The decoders that read transparent pictures, beside FFmpeg's own."""

LARGE_PIXELS = 9_000_000
MOST_THREADS = 4
"""Each thread holds a frame of its own."""


@contextmanager
def opened(name: str, data: bytes, format: Format) -> Iterator[InputContainer]:
    """The container, its header read. Raises MediaError."""
    try:
        container = av.open(io.BytesIO(data), "r", format=format.decoder, metadata_errors="ignore")
    except MemoryError:
        raise
    except (av.PatchWelcomeError, av.DecoderNotFoundError):
        raise MediaError(
            name, f"is a kind of {format.name} that is not read here: {SAVE}"
        ) from None
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


def check_readable(name: str, container: InputContainer) -> None:
    """Raises MediaError where there is nothing to decode, or nothing that may be."""
    pictures, voice = film(container), sound(container)
    for stream in (pictures, voice):
        if stream and stream.codec_context and _tag(stream.codec_context) in PROTECTED:
            raise MediaError(name, "is copy-protected: only its shop's player reads it.")
    if pictures and not pictures.codec_context:
        raise MediaError(name, f"has pictures in a coding that is not known here: {SAVE}")
    if not pictures and not voice:
        unknown = " (its sound is in a coding that is not known here)" * bool(
            container.streams.audio
        )
        raise MediaError(name, f"has neither sound nor pictures that can be read{unknown}: {SAVE}")


def _tag(context: Any) -> str:
    try:
        return str(context.codec_tag)
    except UnicodeDecodeError:
        return ""  # a number, as AVI has them, and no four letters


def decoder(film: Any) -> Any:
    """What decodes the pictures, set to take no more memory for several threads than large frames leave."""
    context = film.codec_context
    clear = CLEAR.get(context.name) if film.metadata.get("alpha_mode") == "1" else None
    if clear:
        # FFmpeg's own decoders leave out what is transparent.
        context = av.CodecContext.create(clear, "r")
        context.extradata = film.codec_context.extradata
    context.thread_type = "AUTO"
    large = film.codec_context.width * film.codec_context.height > LARGE_PIXELS
    context.thread_count = 2 if large else min(MOST_THREADS, os.cpu_count() or 1)
    return context


def packets(container: InputContainer, *streams: Any) -> Iterator[Any]:
    """The packets of those streams that are no None, as far as the file can be read."""
    try:
        for packet in container.demux(*(stream for stream in streams if stream is not None)):
            if packet.size:
                yield packet
    except av.MemoryError:
        raise
    except av.FFmpegError:
        return


def frames(context: Any, packets: Iterable[Any]) -> Iterator[Any]:
    """What the packets decode to, to the last one, and None in the place of what is damaged."""
    for packet in chain(packets, (None,)):
        try:
            yield from context.decode(packet)
        except av.MemoryError:
            raise
        except av.FFmpegError:
            yield None


def claimed_seconds(container: InputContainer) -> float:
    """How long the header says that it lasts; 0 when it does not say."""
    return float(container.duration or 0) / av.time_base


def spell(seconds: float) -> str:
    """ "45 s" or "10 minutes"."""
    return f"{seconds:g} s" if seconds < 120 else f"{seconds / 60:g} minutes"
