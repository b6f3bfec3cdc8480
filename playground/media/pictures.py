"""Pictures of any kind into upright RGB, stored as PNG; and back into pixels.

Knows no model: pictures are kept larger than any model reads them, and scaled by the model's own processor.
"""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import numpy as np

from playground.conversation import Image
from playground.limits import Limits
from playground.media.faults import MediaError
from playground.media.formats import Format

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from PIL.Image import Image as Picture


def read(name: str, data: bytes, format: Format, limits: Limits) -> Image:
    """The picture in the file, the first one where there are several. Raises MediaError."""
    picture = _open(name, data, format, limits)
    width, height = picture.size
    try:
        picture.draft("RGB", _fitting(width, height, limits.stored_pixels))
        picture.load()
    except (OSError, SyntaxError, EOFError):
        raise MediaError(
            name, "is damaged or cut off: only a part of the picture is there."
        ) from None
    shown = upright(picture)
    stored = store(name, shown, limits.stored_pixels)
    original = f"{format.name} {width}×{height}"
    if stored.width * stored.height < width * height:
        original += ", scaled down"
    return Image(name, stored.data, stored.width, stored.height, original)


def upright(picture: Picture) -> Picture:
    """RGB, turned as its metadata say, laid on white where it is transparent."""
    from PIL import Image as pil
    from PIL import ImageOps

    try:
        picture = ImageOps.exif_transpose(picture)
    except Exception:
        # Metadata may hold anything; a picture with broken ones is shown as it lies.
        picture = picture.copy()
    if picture.mode in ("I", "F") or picture.mode.startswith("I;16"):
        picture = pil.fromarray(_eight_bits(np.asarray(picture)))
    if picture.mode in ("LA", "La", "PA", "RGBA", "RGBa") or "transparency" in picture.info:
        picture = picture.convert("RGBA")
        white = pil.new("RGBA", picture.size, "white")
        return pil.alpha_composite(white, picture).convert("RGB")
    return picture.convert("RGB")


def store(name: str, picture: Picture, most_pixels: int) -> Image:
    """An RGB picture as a part of at most so many pixels."""
    from PIL.Image import Resampling

    width, height = _fitting(*picture.size, most_pixels)
    if (width, height) != picture.size:
        picture = picture.resize((width, height), Resampling.LANCZOS, reducing_gap=3.0)
    return Image(name, _png(picture), width, height)


def pixels(image: Image) -> NDArray[np.uint8]:
    """(height, width, 3), 0 to 255."""
    from PIL import Image as pil

    with pil.open(io.BytesIO(image.data), formats=["PNG"]) as picture:
        return np.asarray(picture.convert("RGB"))


def thumbnail(image: Image, side: int) -> bytes:
    """A PNG of the picture, neither side longer than `side` pixels."""
    from PIL import Image as pil

    with pil.open(io.BytesIO(image.data), formats=["PNG"]) as picture:
        picture.thumbnail((side, side))
        return _png(picture)


def _open(name: str, data: bytes, format: Format, limits: Limits) -> Picture:
    """The picture with its header read and its size checked; nothing is decoded yet."""
    from PIL import Image as pil

    if format.decoder == "HEIF":
        import pillow_heif

        pillow_heif.register_heif_opener()
    try:
        picture = pil.open(io.BytesIO(data), formats=[format.decoder])
    except pil.DecompressionBombError:
        raise MediaError(name, _too_large(limits)) from None
    except (OSError, SyntaxError, ValueError):
        raise MediaError(name, f"begins like {format.name}, but is damaged or cut off.") from None
    _check_size(name, *picture.size, limits)
    return picture


def _check_size(name: str, width: int, height: int, limits: Limits) -> None:
    if width * height > limits.pixels:
        raise MediaError(name, f"has {width * height / 1e6:,.0f} megapixels: {_at_most(limits)}")


def _too_large(limits: Limits) -> str:
    return f"has too many pixels: {_at_most(limits)}"


def _at_most(limits: Limits) -> str:
    return f"a picture may have at most {limits.pixels / 1e6:,.0f}."


def _fitting(width: int, height: int, most_pixels: int) -> tuple[int, int]:
    """The largest size of the same shape with at most so many pixels; never larger than it was."""
    scale = min(1.0, (most_pixels / (width * height)) ** 0.5)
    return max(1, int(width * scale)), max(1, int(height * scale))


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
