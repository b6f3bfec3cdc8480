"""PNG that moves (PNG specification, third edition, 11.3.6): whether one does, and frames that are PNG made into one.

Nothing is decoded: the frames' own pixels are taken over as they are packed.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator, Sequence
from itertools import pairwise

from playground.prompt.conversation import Video
from playground.prompt.media.formats import PNG_START

FINE, COARSE = 1000, 100
"""Parts of a second in which a frame's time is written; the coarser where it is long."""

MOST = 0xFFFF
"""Of those parts, in one frame."""


def moves(data: bytes) -> bool:
    """Whether a PNG has several frames."""
    for kind, body in _chunks(data):
        if kind == b"acTL":
            return len(body) >= 4 and int.from_bytes(body[:4], "big") > 1
        if kind == b"IDAT":
            return False
    return False


def of_clip(video: Video) -> bytes:
    """A clip's frames as one PNG, each for as long as it is seen. Raises ValueError where they differ in size."""
    frames = [frame.data for frame in video.frames]
    ends = (*video.times[1:], max(video.seconds, video.times[-1] + 1 / FINE))
    lasting = [end - begin for begin, end in zip(video.times, ends, strict=True)]
    if len(frames) == 1:  # one alone would be a picture
        frames, lasting = 2 * frames, 2 * [lasting[0] / 2]
    return write(frames, lasting)


def write(frames: Sequence[bytes], seconds: Sequence[float]) -> bytes:
    """PNGs of one size and kind as a moving one, each for so many seconds. Raises ValueError where they differ."""
    parts = [list(_chunks(frame)) for frame in frames]
    heads = {body for chunks in parts for kind, body in chunks if kind == b"IHDR"}
    if len(heads) != 1:
        raise ValueError("the frames differ in size")
    (head,) = heads
    size = head[:8]
    made = [_chunk(b"IHDR", head), _chunk(b"acTL", struct.pack(">II", len(frames), 1))]
    number = 0
    for place, (chunks, lasting) in enumerate(zip(parts, _whole(seconds), strict=True)):
        made.append(
            _chunk(b"fcTL", struct.pack(">I", number) + size + bytes(8) + lasting + bytes(2))
        )
        number += 1
        packed = b"".join(body for kind, body in chunks if kind == b"IDAT")
        if place == 0:
            made.append(_chunk(b"IDAT", packed))
        else:
            made.append(_chunk(b"fdAT", struct.pack(">I", number) + packed))
            number += 1
    return PNG_START + b"".join(made) + _chunk(b"IEND", b"")


def _whole(seconds: Sequence[float]) -> Iterator[bytes]:
    """How long each lasts, as it is written; rounded so that no error adds up."""
    parts = FINE if max(seconds) * FINE <= MOST else COARSE
    ends = [0]
    total = 0.0
    for one in seconds:
        total += one
        ends.append(round(total * parts))
    for begin, end in pairwise(ends):
        yield struct.pack(">HH", min(max(1, end - begin), MOST), parts)


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def _chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = len(PNG_START)
    while at + 8 <= len(data):
        size = int.from_bytes(data[at : at + 4], "big")
        yield data[at + 4 : at + 8], data[at + 8 : at + 8 + size]
        at += 12 + size
