"""Pictures of any kind into upright RGB, stored as PNG; and back into pixels.

Knows no model: pictures are kept larger than any model reads them, and scaled by the model's own processor.
"""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import numpy as np
import PIL.Image
from PIL.Image import Image as Picture

from playground.prompt.conversation import Image
from playground.prompt.limits import Limits
from playground.prompt.media.faults import MediaError
from playground.prompt.media.formats import Format

if TYPE_CHECKING:
    from numpy.typing import NDArray

NARROWEST = 8
"""Pixels: a picture of one, three or four rows looks to transformers like one whose colours come first."""


def read(name: str, data: bytes, format: Format, limits: Limits) -> Image:
    """The picture in the file, the first one where there are several. Raises MediaError."""
    picture = _open(name, data, format, limits)
    width, height = picture.size
    turn = _turn(picture)
    try:
        picture.draft("RGB", _fitting(width, height, limits.stored_pixels))
        picture.load()
    except (OSError, SyntaxError, EOFError):
        raise MediaError(
            name, "is damaged or cut off: only a part of the picture is there."
        ) from None
    small = _on_white(_fitted(_plain(picture), limits.stored_pixels))
    if turn is not None:
        small = small.transpose(turn)
    original = f"{format.name} {width}×{height}"
    if small.width * small.height < width * height:
        original += ", scaled down"
    return Image(name, _png(small), small.width, small.height, original)


def store(name: str, picture: Picture, most_pixels: int) -> Image:
    """An RGB picture as a part of at most so many pixels."""
    small = _fitted(picture, most_pixels)
    return Image(name, _png(small), small.width, small.height)


def pixels(image: Image) -> NDArray[np.uint8]:
    """(height, width, 3), 0 to 255."""
    with PIL.Image.open(io.BytesIO(image.data), formats=["PNG"]) as picture:
        return np.array(picture.convert("RGB"))


def thumbnail(image: Image, side: int) -> bytes:
    """A PNG of the picture, neither side longer than `side` pixels."""
    with PIL.Image.open(io.BytesIO(image.data), formats=["PNG"]) as picture:
        picture.thumbnail((side, side))
        return _png(picture)


def _open(name: str, data: bytes, format: Format, limits: Limits) -> Picture:
    """The picture with its header read and its size checked; nothing is decoded yet."""
    if format.decoder == "HEIF":
        import pillow_heif

        pillow_heif.register_heif_opener()
    try:
        picture = PIL.Image.open(io.BytesIO(data), formats=[format.decoder])
    except PIL.Image.DecompressionBombError:
        raise MediaError(name, _too_large(limits)) from None
    except (OSError, SyntaxError, ValueError):
        raise MediaError(name, f"begins like {format.name}, but is damaged or cut off.") from None
    _check_size(name, *picture.size, limits)
    return picture


def _check_size(name: str, width: int, height: int, limits: Limits) -> None:
    if width * height > limits.pixels:
        raise MediaError(name, _too_large(limits))


def _too_large(limits: Limits) -> str:
    return f"has too many pixels: a picture may have at most {limits.pixels / 1e6:,.0f} megapixels."


def _turn(picture: Picture) -> PIL.Image.Transpose | None:
    """How to set the picture upright, by the orientation in its metadata (EXIF 2.32, tag 274)."""
    try:
        orientation = picture.getexif().get(274, 1)
    except Exception:
        # Metadata may hold anything; a picture with broken ones is shown as it lies.
        return None
    turns = (
        PIL.Image.Transpose.FLIP_LEFT_RIGHT,
        PIL.Image.Transpose.ROTATE_180,
        PIL.Image.Transpose.FLIP_TOP_BOTTOM,
        PIL.Image.Transpose.TRANSPOSE,
        PIL.Image.Transpose.ROTATE_270,
        PIL.Image.Transpose.TRANSVERSE,
        PIL.Image.Transpose.ROTATE_90,
    )
    return dict(enumerate(turns, 2)).get(orientation)


def _plain(picture: Picture) -> Picture:
    """RGB, or RGBA where something is transparent."""
    if picture.mode in ("I", "F") or picture.mode.startswith("I;16"):
        picture = PIL.Image.fromarray(_eight_bits(np.asarray(picture)))
    mode = "RGBA" if picture.has_transparency_data else "RGB"
    return picture if picture.mode == mode else picture.convert(mode)


def _on_white(picture: Picture) -> Picture:
    if picture.mode == "RGB":
        return picture
    white = PIL.Image.new("RGBA", picture.size, "white")
    return PIL.Image.alpha_composite(white, picture).convert("RGB")


def _fitted(picture: Picture, most_pixels: int) -> Picture:
    size = _fitting(*picture.size, most_pixels)
    if size == picture.size:
        return picture
    return picture.resize(size, PIL.Image.Resampling.LANCZOS, reducing_gap=3.0)


def _fitting(width: int, height: int, most_pixels: int) -> tuple[int, int]:
    """The largest size of that shape with at most so many pixels; it only grows where it is too narrow."""
    scale = min(1.0, (most_pixels / (width * height)) ** 0.5)
    scale = max(scale, NARROWEST / min(width, height))
    longest = most_pixels // NARROWEST
    across, down = (min(longest, max(NARROWEST, int(side * scale))) for side in (width, height))
    return across, down


def _eight_bits(values: NDArray[np.generic]) -> NDArray[np.uint8]:
    """Grey values of 16 or 32 bits, or floating ones, as 0 to 255.

    16-bit pictures span their range. 32-bit and floating ones have no agreed range: 0 to 1, 0 to 255 and 0 to 65535
    are recognised by their greatest value, anything else is stretched.
    """
    if values.dtype.itemsize == 2:
        return (values.astype(np.uint16) >> 8).astype(np.uint8)
    grey = np.nan_to_num(values.astype(np.float64), posinf=0.0, neginf=0.0)
    greatest = float(grey.max())
    whole = values.dtype.kind in "iu"
    ranges = (255.0, 65535.0) if whole else (1.0, 255.0, 65535.0)
    span = next((span for span in ranges if greatest <= span), greatest)
    return (grey.clip(0, span) * (255.0 / span)).astype(np.uint8)


def _png(picture: Picture) -> bytes:
    """Quick rather than small: it stays in memory."""
    out = io.BytesIO()
    picture.save(out, "PNG", compress_level=1)
    return out.getvalue()
