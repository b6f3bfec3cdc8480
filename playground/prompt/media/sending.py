"""A picture as bytes for a server: no more pixels than are read there, and no larger than the file that it came from.

A drawing stays PNG; a photo, which as PNG is several times its file, becomes JPEG. Knows no server.
"""

from __future__ import annotations

import io

import PIL.Image
from PIL.Image import Image as Picture
from PIL.Image import Resampling

from playground.prompt.conversation import Image

SMALL_BYTES = 100_000
"""What a picture that came from no file may have as PNG."""

FEW_BYTES = 4_000
"""What any picture may have: a handful of colours is smaller as PNG than the head of a JPEG."""

BASE64 = 3 / 4
"""Bytes in a letter of base64, in which they travel: the letters are to be no more than the file had bytes."""

QUALITIES = (90, 80, 70, 60, 50)
"""Of JPEG, tried in this order; below the last, letters and edges begin to suffer."""

LEAST_PIXELS = 70 * 48 * 48
"""What the smallest budget reads, 70 tokens of 48 x 48 pixels: fewer would take from what the model sees."""

COLOURS = 256
"""A picture of no more is a drawing, which a palette keeps small and exact."""

PNG_SHRINKS = 0.7
"""Of a quickly packed PNG, as it is stored, what is left when it is packed well; more than the file is a photo's."""


def sendable(image: Image, most_pixels: int) -> tuple[str, bytes]:
    """Its media type and its bytes, of at most so many pixels.

    They are the picture's own where those are few enough, else the best PNG or JPEG that is no larger than the file.
    What a newer format packed tighter than JPEG can is sent with fewer pixels still, down to LEAST_PIXELS.
    """
    room = max(image.file_bytes * BASE64, FEW_BYTES) if image.file_bytes else SMALL_BYTES
    if image.width * image.height <= most_pixels and len(image.data) <= room:
        return "image/png", image.data
    with PIL.Image.open(io.BytesIO(image.data), formats=["PNG"]) as stored:
        picture = _within(stored.convert("RGB"), most_pixels)
    if _is_drawing(picture) or len(image.data) * PNG_SHRINKS <= (image.file_bytes or SMALL_BYTES):
        packed = _png(picture)
        if len(packed) <= room:
            return "image/png", packed
    for quality in QUALITIES:
        packed = _jpeg(picture, quality)
        if len(packed) <= room:
            return "image/jpeg", packed
    while len(packed) > room and picture.width * picture.height > LEAST_PIXELS:
        fewer = int(picture.width * picture.height * room / len(packed))
        picture = _within(picture, max(LEAST_PIXELS, fewer))
        packed = _jpeg(picture, QUALITIES[-1])
    return "image/jpeg", packed


def _within(picture: Picture, most_pixels: int) -> Picture:
    scale = (most_pixels / (picture.width * picture.height)) ** 0.5
    if scale >= 1:
        return picture
    size = max(1, int(picture.width * scale)), max(1, int(picture.height * scale))
    return picture.resize(size, Resampling.LANCZOS, reducing_gap=3.0)


def _is_drawing(picture: Picture) -> bool:
    return picture.getcolors(COLOURS) is not None


def _png(picture: Picture) -> bytes:
    out = io.BytesIO()
    if _is_drawing(picture):
        # Exact: there are no more colours than the palette holds.
        picture = picture.quantize(
            COLOURS, PIL.Image.Quantize.MEDIANCUT, dither=PIL.Image.Dither.NONE
        )
    picture.save(out, "PNG", compress_level=6)
    return out.getvalue()


def _jpeg(picture: Picture, quality: int) -> bytes:
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=quality, optimize=True)
    return out.getvalue()
