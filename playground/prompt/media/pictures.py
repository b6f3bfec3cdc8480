"""Pictures of any kind into upright RGB, stored as PNG; and back into pixels.

Knows no model: pictures are kept larger than any model reads them, and scaled by the model's own processor.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np
import PIL.Image
from PIL.Image import Image as Picture

from playground.prompt.conversation import Image
from playground.prompt.limits import Limits
from playground.prompt.media.faults import MediaError
from playground.prompt.media.formats import Format
from playground.prompt.media.strangers import RAW

if TYPE_CHECKING:
    from numpy.typing import NDArray

NARROWEST = 8
"""Pixels: a picture of one, three or four rows looks to transformers like one whose colours come first."""

BAND_PIXELS = 4_000_000
"""How much of a picture is converted at once."""

DEEP = ("I", "F", "I;16", "I;16B", "I;16L", "I;16N")
"""Pillow's modes of greys of more than 8 bits."""

STANDARD_TIFF = frozenset(
    {"raw", "tiff_ccitt", "group3", "group4", "tiff_lzw", "jpeg", "packbits"}
    | {"tiff_deflate", "tiff_adobe_deflate"}
)
"""Pillow's names for how a TIFF is compressed everywhere."""

VARIANT = re.compile(r"unsupported|unknown|not supported|cannot handle|too large for", re.I)
"""What decoders say of a file that is whole, but of a kind that they don't read."""

RARE_JPEG = {
    **dict.fromkeys((0xC3, 0xC7, 0xCB, 0xCF), "lossless"),
    **dict.fromkeys((0xC5, 0xC6, 0xCD, 0xCE), "hierarchical"),
}
"""The frames of JPEG that hardly anything writes, by their marker."""

SEVERAL = {"TIFF": "first of {} pages", "HEIC": "the main one of {} pictures"}
"""How several pictures in one file are called; elsewhere they are frames of a moving one."""

LONGEST_PIXEL = 4.0
"""How often as long as wide a pixel may be; what claims more is broken."""


def read(name: str, data: bytes, format: Format, limits: Limits) -> Image:
    """The picture in the file, the first one where there are several. Raises MediaError."""
    picture = _open(name, data, format, limits)
    width, height = picture.size
    several = _several(picture, format)
    try:
        picture.draft("RGB", _fitting(width, height, limits.stored_pixels))
        picture.load()
    except MemoryError:
        raise
    except Exception as error:
        raise MediaError(name, _broken(picture, data, format, error)) from None
    small = _fitted(_reduced(picture, limits.stored_pixels), limits.stored_pixels, _long(picture))
    # Only now: some formats are turned by loading them, others tell how they lie behind their pixels.
    turn = _turn(picture)
    if turn is not None:
        small = small.transpose(turn)
    original = f"{format.name} {width}×{height}{several}"
    if small.width * small.height < width * height:
        original += ", scaled down"
    return Image(name, _png(small), small.width, small.height, original, len(data))


def moves(data: bytes) -> bool:
    """Whether a GIF has more than one picture; one that can't be told is damaged, and stands still."""
    try:
        with PIL.Image.open(io.BytesIO(data), formats=["GIF"]) as picture:
            picture.seek(1)
    except Exception:
        return False
    return True


def store(name: str, picture: Picture, most_pixels: int, file_bytes: int = 0) -> Image:
    """An RGB picture as a part of at most so many pixels."""
    small = _fitted(picture, most_pixels)
    return Image(name, _png(small), small.width, small.height, file_bytes=file_bytes)


def on_white(picture: Picture) -> Picture:
    """RGB, what is transparent on white."""
    if picture.mode == "RGB":
        return picture
    white = PIL.Image.new("RGBA", picture.size, "white")
    return PIL.Image.alpha_composite(white, picture).convert("RGB")


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
    except MemoryError:
        raise
    except Exception as error:
        raise MediaError(name, _unopened(data, format, error)) from None
    if _is_raw(picture, data):
        raise MediaError(name, RAW)
    width, height = picture.size
    if width * height > limits.pixels:
        raise MediaError(name, _too_large(limits))
    if max(width, height) > limits.side:
        raise MediaError(
            name,
            f"is {max(width, height):,} pixels long: a picture may have at most {limits.side:,} along a side.",
        )
    return picture


def _too_large(limits: Limits) -> str:
    return f"has too many pixels: a picture may have at most {limits.pixels / 1e6:,.0f} megapixels."


def _unopened(data: bytes, format: Format, error: Exception) -> str:
    """What is wrong with a file whose header can't be read."""
    if isinstance(error, PIL.UnidentifiedImageError):
        # Pillow keeps its decoder's words to itself.
        try:
            PIL.Image.OPEN[format.decoder][0](io.BytesIO(data), "")
        except Exception as told:
            error = told
    if VARIANT.search(str(error)):
        return _variant(format, str(error))
    return f"begins like {format.name}, but is damaged or cut off."


def _broken(picture: Picture, data: bytes, format: Format, error: Exception) -> str:
    """What is wrong with a file whose header is good and whose pixels can't be read."""
    if VARIANT.search(str(error)):
        return _variant(format, str(error))
    packed = picture.info.get("compression", "raw") if format.decoder == "TIFF" else "raw"
    if packed not in STANDARD_TIFF:
        return _variant(format, f"compressed with {packed}")
    coding = _jpeg_coding(data) if format.decoder == "JPEG" else None
    if coding in RARE_JPEG:
        return _variant(format, RARE_JPEG[coding])
    return "is damaged or cut off: only a part of the picture is there."


def _jpeg_coding(data: bytes) -> int | None:
    """The second byte of the marker that begins its frame (ITU-T T.81, table B.1)."""
    at = 2
    while data[at : at + 1] == b"\xff" and at + 4 <= len(data):
        marker = data[at + 1]
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            return marker
        at += 2 + int.from_bytes(data[at + 2 : at + 4], "big")
    return None


def _variant(format: Format, why: str) -> str:
    return f"is a kind of {format.name} that is not read here ({why}): save it as PNG or JPEG."


def _is_raw(picture: Picture, data: bytes) -> bool:
    """Whether a TIFF is a camera's raw picture, of which only a small preview could be read.

    Told by Canon's mark, by Adobe's DNGVersion, or by a first picture that is a preview of others.
    """
    tags = getattr(picture, "tag_v2", {})
    preview = int(tags.get(254) or 0) & 1 and 330 in tags
    return bool(tags) and (data[8:10] == b"CR" or 50706 in tags or bool(preview))


def _several(picture: Picture, format: Format) -> str:
    """ ", first of 3 pages" where the file holds more than the one that is read.

    A JPEG's others are views and brightness maps of the same picture.
    """
    if format.decoder == "JPEG":
        return ""
    try:
        count = int(getattr(picture, "n_frames", 1))
    except Exception:
        return ""  # what follows the first is broken
    return ", " + SEVERAL.get(format.name, "first of {} frames").format(count) if count > 1 else ""


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


def _long(picture: Picture) -> float:
    """How often as wide as high its pixels are: faxes and some cameras' are not square."""
    across, down = picture.info.get("pixel_aspect_ratio") or (1, 1)
    if picture.format == "TIFF":
        down, across = picture.info.get("dpi") or (1, 1)
    long = float(across) / float(down) if across and down else 1.0
    return long if 1 / LONGEST_PIXEL <= long <= LONGEST_PIXEL else 1.0


def _reduced(picture: Picture, most_pixels: int) -> Picture:
    """RGB of at least twice the size that `most_pixels` leave, or the whole where that is not much smaller.

    Band by band: a large picture in its own mode and the same in RGB do not fit side by side.
    """
    width, height = picture.size
    factor = max(1, int((width * height / most_pixels) ** 0.5 / 2))
    small = PIL.Image.new("RGB", (-(-width // factor), -(-height // factor)))
    full = _fullest(picture)
    for top, band in _bands(picture, factor):
        small.paste(on_white(_plain(band, full)).reduce(factor), (0, top // factor))
    return small


def _bands(picture: Picture, rows: int = 1) -> Iterator[tuple[int, Picture]]:
    """The picture in bands of a multiple of `rows`, each with the row at which it begins."""
    width, height = picture.size
    tall = max(1, BAND_PIXELS // width // rows) * rows
    for top in range(0, height, tall):
        yield top, picture.crop((0, top, width, min(height, top + tall)))


def _plain(picture: Picture, full: float) -> Picture:
    """RGB, or RGBA where something is transparent; of greys of more than 8 bits `full` is white."""
    if picture.mode in DEEP:
        picture = PIL.Image.fromarray(_eight_bits(np.asarray(picture), full))
    mode = "RGBA" if picture.has_transparency_data else "RGB"
    return picture if picture.mode == mode else picture.convert(mode)


def _fitted(picture: Picture, most_pixels: int, long: float = 1.0) -> Picture:
    """At most so many pixels, which are square where they were `long` times as wide as high."""
    width, height = picture.size
    size = _fitting(round(width * max(1.0, long)), round(height * max(1.0, 1 / long)), most_pixels)
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


def _fullest(picture: Picture) -> float:
    """The value that is white in a picture of deep greys.

    16-bit pictures span their range. 32-bit and floating ones have no agreed range: 0 to 1, 0 to 255 and 0 to 65535
    are recognised by their greatest value, anything else is stretched.
    """
    if picture.mode not in DEEP or picture.mode.startswith("I;16"):
        return 65535.0
    greatest = max(float(_finite(np.asarray(band)).max()) for _, band in _bands(picture))
    ranges = (255.0, 65535.0) if picture.mode == "I" else (1.0, 255.0, 65535.0)
    return next((full for full in ranges if greatest <= full), greatest)


def _eight_bits(values: NDArray[np.generic], full: float) -> NDArray[np.uint8]:
    """Grey values of 16 or 32 bits, or floating ones, as 0 to 255."""
    if values.dtype.itemsize == 2:
        return (values.astype(np.uint16) >> 8).astype(np.uint8)
    return (_finite(values).clip(0, full) * (255.0 / full)).astype(np.uint8)


def _finite(values: NDArray[np.generic]) -> NDArray[np.float64]:
    return np.nan_to_num(values.astype(np.float64), posinf=0.0, neginf=0.0)


def _png(picture: Picture) -> bytes:
    """Quick rather than small: it stays in memory."""
    out = io.BytesIO()
    picture.save(out, "PNG", compress_level=1)
    return out.getvalue()
