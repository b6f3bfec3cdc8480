"""Pictures are upright in every format, read in bounded memory, and told apart from what is only a part of them."""

from __future__ import annotations

import struct
import zlib

import numpy as np
import pytest
from PIL import Image as PillowImage
from PIL.Image import Transpose

from playground.prompt import media
from playground.prompt.conversation import Image
from playground.prompt.limits import Limits
from playground.prompt.media.wishes import Wish
from tests.media_files import animated, float_tiff, heic, picture, png, saved

RED, WHITE = (255, 0, 0), (255, 255, 255)

TAKEN = {
    1: None,
    2: Transpose.FLIP_LEFT_RIGHT,
    3: Transpose.ROTATE_180,
    4: Transpose.FLIP_TOP_BOTTOM,
    5: Transpose.TRANSPOSE,
    6: Transpose.ROTATE_90,
    7: Transpose.TRANSVERSE,
    8: Transpose.ROTATE_270,
}
"""How an upright picture lies in a file that says so: the inverse of what its orientation asks for."""


def image(data: bytes, limits: Limits | None = None) -> Image:
    (part,) = media.read("a file", data, limits or Limits(), wish=Wish(still=True))
    assert isinstance(part, Image)
    return part


def taken(orientation: int) -> tuple[PillowImage.Image, PillowImage.Exif]:
    """A picture with a red corner at the upper left, as it lies in its file, and what the file says of that."""
    upright = PillowImage.new("RGB", (40, 30), "white")
    upright.paste(RED, (0, 0, 20, 15))
    turn = TAKEN[orientation]
    exif = PillowImage.Exif()
    exif[274] = orientation
    return (upright if turn is None else upright.transpose(turn)), exif


def is_upright(part: Image) -> bool:
    pixels = media.pixels(part).astype(int)
    if pixels.shape != (30, 40, 3):
        return False
    corners = {(5, 5): RED, (5, 35): WHITE, (25, 5): WHITE, (25, 35): WHITE}
    return all(np.abs(pixels[at] - colour).max() < 40 for at, colour in corners.items())


@pytest.mark.parametrize("orientation", TAKEN)
@pytest.mark.parametrize("packed", ["raw", "tiff_lzw", "tiff_adobe_deflate", "packbits", "jpeg"])
def test_a_tiff_is_turned_once(packed: str, orientation: int) -> None:
    lying, exif = taken(orientation)
    assert is_upright(image(saved(lying, "TIFF", compression=packed, exif=exif)))


@pytest.mark.parametrize("orientation", TAKEN)
@pytest.mark.parametrize("format", ["PNG", "WEBP", "AVIF"])
def test_every_format_is_turned_once(format: str, orientation: int) -> None:
    lying, exif = taken(orientation)
    assert is_upright(image(saved(lying, format, exif=exif)))


@pytest.mark.parametrize("orientation", TAKEN)
def test_a_heic_lies_as_its_container_says(orientation: int) -> None:
    """Its metadata only repeat that (ISO/IEC 23000-22, 7.2.1): what is turned by them is turned twice."""
    upright, _ = taken(1)
    assert is_upright(image(heic(upright, exif=taken(orientation)[1])))


@pytest.mark.parametrize("orientation", TAKEN)
def test_a_png_may_tell_behind_its_pixels_how_it_lies(orientation: int) -> None:
    lying, exif = taken(orientation)
    plain, body = saved(lying, "PNG"), exif.tobytes().removeprefix(b"Exif\x00\x00")
    chunk = struct.pack(">I", len(body)) + b"eXIf" + body
    chunk += struct.pack(">I", zlib.crc32(b"eXIf" + body))
    end = plain.index(b"IEND") - 4
    assert is_upright(image(plain[:end] + chunk + plain[end:]))


@pytest.mark.parametrize(
    ("format", "said"),
    [
        ("TIFF", "TIFF 20×20, first of 3 pages"),
        ("GIF", "GIF 20×20, first of 3 frames"),
        ("PNG", "PNG 20×20, first of 3 frames"),
        ("WEBP", "WebP 20×20, first of 3 frames"),
        ("AVIF", "AVIF 20×20, first of 3 frames"),
    ],
)
def test_of_several_pictures_the_first_is_said_to_be_it(format: str, said: str) -> None:
    part = image(animated(format))
    assert part.original == said
    assert np.abs(media.pixels(part)[10, 10].astype(int) - RED).max() < 40


def test_of_a_burst_the_main_picture_is_said_to_be_it() -> None:
    pictures = [PillowImage.new("RGB", (64, 64), colour) for colour in ("red", "green")]
    data = heic(pictures[0], save_all=True, append_images=pictures[1:])
    assert image(data).original == "HEIC 64×64, the main one of 2 pictures"


def test_a_picture_alone_is_said_to_be_nothing_else() -> None:
    assert image(picture("TIFF")).original == "TIFF 40×30"


def test_a_fax_is_as_high_as_it_was_sent() -> None:
    """204 dots an inch across, 98 down."""
    data = saved(PillowImage.new("1", (204, 98), 1), "TIFF", compression="group4", dpi=(204, 98))
    part = image(data)
    assert (part.width, part.height) == (204, 204)


def test_resolutions_that_nobody_scans_at_change_nothing() -> None:
    part = image(saved(PillowImage.new("L", (40, 30)), "TIFF", dpi=(1, 300)))
    assert (part.width, part.height) == (40, 30)


@pytest.mark.parametrize("kind", ["float", "integer", "sixteen", "colour", "clear", "palette"])
def test_a_picture_in_bands_is_the_picture(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Reduced while it is converted, it differs by rounding from what was converted whole."""
    ramp = np.add.outer(np.arange(400), np.arange(600)) / 1000
    whole = {
        "float": lambda: PillowImage.fromarray(ramp.astype(np.float32)),
        "integer": lambda: PillowImage.fromarray((ramp * 65_535).astype(np.int32)),
        "sixteen": lambda: PillowImage.fromarray((ramp * 65_535).astype(np.uint16)),
        "colour": lambda: PillowImage.fromarray(np.dstack([ramp * 255] * 3).astype(np.uint8)),
        "clear": lambda: PillowImage.fromarray(
            np.dstack([np.zeros((400, 600, 3)), 255 * (1 - ramp)]).astype(np.uint8)
        ),
        "palette": lambda: PillowImage.fromarray((ramp * 255).astype(np.uint8)).convert("P"),
    }[kind]()
    part = image(saved(whole, "TIFF"), Limits(stored_pixels=6_000))
    assert (part.width, part.height) == (94, 63)
    expected = PillowImage.fromarray((ramp * 255).astype(np.uint8)).resize((94, 63))
    off = np.abs(media.pixels(part)[:, :, 0].astype(int) - np.asarray(expected))
    assert off.max() <= 4


def test_eighty_megapixels_of_floats_fit_into_a_decoder() -> None:
    part = image(float_tiff(side=8_900, value=0.5))
    assert part.original == "TIFF 8900×8900, scaled down"
    assert media.pixels(part)[1000, 1000].tolist() == [127, 127, 127]


def test_a_side_may_not_be_endless() -> None:
    with pytest.raises(media.MediaError, match=r"is 80,000,000 pixels long: .* 4,000,000 along"):
        image(png(1, 80_000_000, bytes(1000), depth=8))


def test_what_a_file_weighed_is_known() -> None:
    data = picture("JPEG")
    assert image(data).file_bytes == len(data)
