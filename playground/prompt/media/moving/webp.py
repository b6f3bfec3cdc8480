"""WebP that moves (its container's specification, ANMF): FFmpeg reads none, so it becomes a PNG that does.

Only the frames that are looked at are kept; decoding them takes those before them.
"""

from __future__ import annotations

import io
from bisect import bisect_right
from collections.abc import Iterator
from itertools import accumulate

import PIL.Image

from playground.prompt.limits import Limits
from playground.prompt.media import clips, pictures
from playground.prompt.media.faults import MediaError
from playground.prompt.media.moving import apng
from playground.prompt.media.wishes import Wish

SHORTEST_MS = 10
"""Browsers show what lasts less for a tenth of a second."""

USUAL_MS = 100


def moves(data: bytes) -> bool:
    """Whether a WebP has several frames."""
    return len(_lasting(data)) > 1


def as_png(name: str, data: bytes, limits: Limits, wish: Wish) -> bytes:
    """The frames that are looked at as a moving PNG that lasts as long. Raises MediaError."""
    ends = list(accumulate(_lasting(data)))
    seconds = ends[-1] / 1000
    begins = [0, *ends[:-1]]
    wanted = sorted(
        {
            max(0, bisect_right(begins, round(1000 * moment)) - 1)
            for moment in clips.sampling(seconds, wish.frames)
        }
    )
    with PIL.Image.open(io.BytesIO(data), formats=["WEBP"]) as picture:
        width, height = picture.size
        if width * height > limits.frame_pixels:
            most = limits.frame_pixels / 1e6
            raise MediaError(
                name,
                f"has too many pixels: a frame may have at most {most:,.0f} megapixels. Save it smaller.",
            )
        if width * height * (wanted[-1] + 1) > limits.clip_pixels:
            raise MediaError(name, clips.TOO_LONG)
        frames = []
        for place in wanted:
            picture.seek(place)
            frames.append(_png(pictures.on_white(picture.convert("RGBA"))))
    until = [begins[place] for place in wanted[1:]] + [ends[-1]]
    lasting = [(end - begins[place]) / 1000 for place, end in zip(wanted, until, strict=True)]
    if len(frames) == 1:  # one alone would be a picture
        frames, lasting = 2 * frames, 2 * [lasting[0] / 2]
    return apng.write(frames, lasting)


def _png(picture: PIL.Image.Image) -> bytes:
    out = io.BytesIO()
    picture.save(out, "PNG", compress_level=1)
    return out.getvalue()


def _lasting(data: bytes) -> list[int]:
    """How long each frame lasts, in ms."""
    found = []
    for kind, body in _chunks(data):
        if kind == b"ANMF" and len(body) >= 16:
            ms = int.from_bytes(body[12:15], "little")
            found.append(ms if ms > SHORTEST_MS else USUAL_MS)
    return found


def _chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = 12
    while at + 8 <= len(data):
        size = int.from_bytes(data[at + 4 : at + 8], "little")
        yield data[at : at + 4], data[at + 8 : at + 8 + size]
        at += 8 + size + size % 2
