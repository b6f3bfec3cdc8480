"""Odd, broken and hostile files: each becomes parts, or one sentence that names the file and the fault."""

from __future__ import annotations

import io
import random
import struct
import warnings
import zipfile
from collections.abc import Callable
from fractions import Fraction

import numpy as np
import pytest
from PIL import Image

from playground.prompt import media
from playground.prompt.limits import Limits
from tests.media_files import animated, clip, heic, painted, picture, png, saved, sound, tone, wav

LIMITS = Limits(file_bytes=3_000_000)

ODD: dict[str, tuple[Callable[[], bytes], str]] = {}
"""File name -> how it is made, and what must come of it: the kinds of its parts, or words of the fault."""


def odd(name: str, outcome: str) -> Callable[[Callable[[], bytes]], None]:
    def keep(make: Callable[[], bytes]) -> None:
        ODD[name] = make, outcome

    return keep


def cut(data: bytes, share: float = 0.5) -> bytes:
    return data[: int(len(data) * share)]


def noisy_photo(format: str) -> bytes:
    noise = np.random.default_rng(0).integers(0, 256, (120, 160, 3), np.uint8)
    return saved(Image.fromarray(noise), format)


def patched(data: bytes, at: int, new: bytes) -> bytes:
    return data[:at] + new + data[at + len(new) :]


def webp_canvas(width: int, height: int) -> bytes:
    sides = (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    body = b"WEBPVP8X" + struct.pack("<I", 10) + bytes([2, 0, 0, 0]) + sides
    return b"RIFF" + struct.pack("<I", len(body)) + body


def photo() -> bytes:
    return heic(Image.new("RGB", (64, 64), "red"))


def zipped() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("a.png", picture())
    return out.getvalue()


def with_cover(data: bytes) -> bytes:
    """An MP3 with a cover picture in its ID3 tag."""
    cover = b"\x00image/png\x00\x03\x00" + picture()
    frame = b"APIC" + struct.pack(">I", len(cover)) + b"\x00\x00" + cover
    size = len(frame)
    tag = bytes([size >> 21 & 127, size >> 14 & 127, size >> 7 & 127, size & 127])
    return b"ID3\x03\x00\x00" + tag + frame + data


def claiming(flac: bytes, samples: int) -> bytes:
    """A FLAC whose header claims so many samples: 36 bits that end 26 bytes into the file."""
    rest = int.from_bytes(flac[18:26], "big") >> 36 << 36
    return patched(flac, 18, (rest | samples).to_bytes(8, "big"))


def shuffled(data: bytes, start: float, end: float) -> bytes:
    """The bytes between two shares of the file replaced by noise."""
    first, last = int(len(data) * start), int(len(data) * end)
    return data[:first] + random.Random(0).randbytes(last - first) + data[last:]


# Nothing, or something else entirely.
odd("empty.png", "is empty")(lambda: b"")
odd("zeros.jpg", "nothing but zeros")(lambda: bytes(5000))
odd("noise.mp4", "no format known here")(lambda: random.Random(1).randbytes(5000))
odd("page.png", "is a web page")(lambda: b"<!DOCTYPE html><html><body>404</body></html>")
odd("archive.png", "is a zip archive")(zipped)
odd("paper.jpg", "is a PDF")(lambda: b"%PDF-1.7\n1 0 obj")
odd("packed.wav", "compressed archive")(lambda: b"\x1f\x8b\x08\x00" + bytes(20))
odd("notes.wav", "is text")(lambda: "Tolle Wörter\n".encode() * 300)
odd("drawing.png", "is an SVG drawing")(lambda: b'<?xml version="1.0"?><svg width="9"></svg>')
odd("setup.png", "is a program")(lambda: b"MZ\x90\x00" + bytes(100))
odd("one.png", "no format known here")(lambda: b"\x89")
odd("list.m3u8", "document")(lambda: b"#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n")
odd("concat.mp4", "is text")(lambda: b"ffconcat version 1.0\nfile /etc/passwd\n")
odd("large.bmp", "has 4 MB, but a file may have at most 3 MB")(lambda: b"BM" + bytes(4_000_000))

# Pictures that are odd but whole.
odd("plain.png", "image")(picture)
odd("really-a-photo.mp3", "image")(lambda: picture("JPEG"))
odd("print.jpg", "image")(lambda: picture("JPEG", "CMYK"))
odd("grey.jpg", "image")(lambda: picture("JPEG", "L"))
odd("fax.tif", "image")(lambda: picture("TIFF", "1", compression="group4"))
odd("deep.png", "image")(lambda: png(4, 4, (b"\x00" + bytes(range(8))) * 4, depth=16))
odd("float.tif", "image")(
    lambda: saved(Image.fromarray(np.full((9, 9), np.nan, np.float32)), "TIFF")
)
odd("integer.tif", "image")(
    lambda: saved(Image.fromarray(np.full((9, 9), 70_000, np.int32)), "TIFF")
)
odd("pages.tif", "image")(lambda: animated("TIFF"))
odd("palette.png", "image")(lambda: picture("PNG", "P", transparency=0))
odd("ghost.png", "image")(lambda: saved(Image.new("RGBA", (9, 9), (0, 0, 0, 0)), "PNG"))
odd("moving.gif", "video")(lambda: animated("GIF"))
odd("moving.png", "video")(lambda: animated("PNG"))
odd("moving.webp", "video")(lambda: animated("WEBP"))
odd("photo.avif", "image")(lambda: picture("AVIF"))
odd("phone.heic", "image")(photo)
odd("old.bmp", "image")(lambda: picture("BMP"))
odd("line.png", "image")(lambda: saved(Image.new("RGB", (10_000, 1)), "PNG"))
odd("dot.png", "image")(lambda: saved(Image.new("L", (1, 1)), "PNG"))
odd("broken-exif.jpg", "image")(
    lambda: picture("JPEG", exif=b"Exif\x00\x00MM\x00*\xff\xff\xff\xff")
)
odd("broken-icc.png", "image")(lambda: picture("PNG", icc_profile=b"no profile"))
odd("endless-trailer.jpg", "image")(lambda: picture("JPEG") + bytes(100_000))

# Pictures that are broken or lie.
odd("cut.png", "is damaged or cut off")(lambda: cut(noisy_photo("PNG")))
odd("cut.jpg", "is damaged or cut off")(lambda: cut(noisy_photo("JPEG")))
odd("cut.webp", "is damaged or cut off")(lambda: cut(noisy_photo("WEBP")))
odd("cut.avif", "is damaged or cut off")(lambda: cut(noisy_photo("AVIF")))
odd("cut.heic", "is damaged or cut off")(lambda: cut(photo()))
odd("cut.gif", "is damaged or cut off")(lambda: cut(noisy_photo("GIF")))
odd("cut.bmp", "is damaged or cut off")(lambda: cut(noisy_photo("BMP")))
odd("cut.tif", "is damaged or cut off")(lambda: cut(noisy_photo("TIFF")))
odd("signature.png", "is damaged or cut off")(lambda: b"\x89PNG\r\n\x1a\n")
odd("bad-sum.png", "is damaged or cut off")(lambda: patched(picture(), 29, b"\x00\x00\x00\x00"))
odd("flat.png", "is damaged or cut off")(lambda: png(0, 0, b""))
odd("bomb.png", "a picture may have at most 80 megapixels")(
    lambda: png(14_000, 14_000, bytes(14_000 * 1_751))
)
odd("claim.png", "a picture may have at most 80 megapixels")(lambda: png(60_000, 60_000, b""))
odd("claim-90.png", "a picture may have at most 80 megapixels")(lambda: png(9_000, 10_000, b""))
odd("canvas.webp", "a picture may have at most 80 megapixels")(lambda: webp_canvas(16_383, 16_383))
odd("loop.tif", "is damaged or cut off")(
    lambda: b"II*\x00\x08\x00\x00\x00" + b"\x00\x00\x08\x00\x00\x00"
)

# Recordings that are odd but whole.
odd("eight.wav", "audio")(lambda: wav(tone(), bits=8))
odd("twenty-four.wav", "audio")(lambda: wav(tone(), bits=24))
odd("thirty-two.wav", "audio")(lambda: wav(tone(), bits=32))
odd("float.wav", "audio")(lambda: wav(tone(), bits=0))
odd("nan.wav", "audio")(lambda: wav(np.where(np.arange(16_000) % 7, tone(), np.nan), bits=0))
odd("inf.wav", "audio")(lambda: wav(np.where(np.arange(16_000) % 9, tone(), np.inf), bits=0))
odd("huge.wav", "audio")(lambda: wav(tone() * 1e30, bits=0))
odd("silence.wav", "audio")(lambda: wav(np.zeros(16_000)))
odd("slow.wav", "audio")(lambda: wav(tone(1, 8_000), 8_000))
odd("studio.wav", "audio")(lambda: wav(tone(1, 192_000), 192_000))
odd("surround.wav", "audio")(lambda: sound("wav", "pcm_s16le", layout="5.1"))
odd("surround.m4a", "audio")(lambda: sound("ipod", "aac", layout="5.1"))
odd("cinema.m4a", "audio")(lambda: sound("ipod", "aac", layout="7.1"))
odd("twelve-channels.wav", "audio")(lambda: wav(np.tile(tone()[:, None], 12)))
odd("streamed.wav", "audio")(lambda: wav(tone(), claimed=2**32 - 1))
odd("three-hours.wav", "audio")(lambda: wav(tone(0.3), claimed=16_000 * 2 * 3 * 3600))
odd("modest.wav", "audio")(lambda: wav(tone(2), claimed=32_000))
odd("song.mp3", "audio")(lambda: with_cover(sound("mp3", "libmp3lame")))
odd("scratched.mp3", "audio")(lambda: shuffled(sound("mp3", "libmp3lame", 3), 0.3, 0.4))
odd("cut.mp3", "audio")(lambda: cut(sound("mp3", "libmp3lame")))
odd("cut.ogg", "audio")(lambda: cut(sound("ogg", "libopus", 2)))
odd("cut.flac", "audio")(lambda: cut(sound("flac", "flac", 2)))
odd("cut.wav", "audio")(lambda: cut(wav(tone())))
odd("voice.webm", "audio")(lambda: sound("webm", "libopus"))
odd("bare.aac", "audio")(lambda: sound("adts", "aac"))
odd("apple.aiff", "audio")(lambda: sound("aiff", "pcm_s16be"))

# Recordings that are broken or lie.
odd("header.wav", "has no sound in it")(lambda: wav(np.zeros(0)))
odd("three-hours.flac", "lasts longer than 10 minutes")(
    lambda: claiming(sound("flac", "flac"), samples=48_000 * 3 * 3600)
)
odd("eleven-minutes.wav", "lasts longer than 10 minutes")(
    lambda: wav(tone(660, 1_000), 1_000, bits=8)
)
odd("click.wav", "too short to be heard")(lambda: wav(tone(0.01)))
odd("no-rate.wav", "is damaged or cut off")(lambda: wav(tone(), rate=0))
odd("mad-rate.wav", "impossible sample rate")(lambda: wav(tone(), rate=2_000_000_000))
odd("no-channels.wav", "none of its sound can be decoded")(
    lambda: patched(wav(tone()), 22, b"\x00\x00")
)
odd("only-tags.mp3", "is damaged")(lambda: b"ID3\x03\x00\x00\x00\x00\x00\x0a" + bytes(10))
odd("cut.m4a", "is damaged or cut off")(lambda: cut(sound("ipod", "aac")))
odd("noise.flac", "has no sound in it")(lambda: shuffled(sound("flac", "flac"), 0.01, 1))
odd("noise.mp3", "is damaged")(lambda: b"\xff\xfb" + random.Random(3).randbytes(3000))

# Clips.
odd("talk.mp4", "video audio")(clip)
odd("talk.mov", "video audio")(lambda: clip("mov"))
odd("talk.webm", "video audio")(lambda: clip("webm", "vp8", "libopus"))
odd("talk.mkv", "video audio")(lambda: clip("matroska"))
odd("talk.avi", "video audio")(lambda: clip("avi", "mpeg4", "libmp3lame"))
odd("numbered.avi", "video audio")(lambda: clip("avi", "mpeg4", "aac"))
odd("silent.mp4", "video")(lambda: clip(sound_codec=None))
odd("voiceless.mkv", "video")(
    lambda: painted([(90, 90, 90)] * 9, range(9), Fraction(1, 3), "matroska", sound=(99, 0.1))[
        :1500
    ]
)
odd("still.mp4", "video")(lambda: clip(sound_codec=None, seconds=0.2))
odd("cut.mkv", "video audio")(lambda: cut(clip("matroska", seconds=4), 0.8))
odd("unknown.mp4", "a coding that is not known here")(
    lambda: clip(sound_codec=None).replace(b"avc1", b"zzzz")
)
odd("unknown.m4a", "has neither sound nor pictures that can be read")(
    lambda: sound("ipod", "aac").replace(b"mp4a", b"zzzz").replace(b"esds", b"zzzz")
)
odd("cut.mp4", "is damaged or cut off")(lambda: cut(clip()))
odd("scratched.mp4", "video audio")(lambda: shuffled(clip(seconds=4), 0.1, 0.2))
odd("eleven-minutes.mp4", "lasts longer than 10 minutes")(
    lambda: clip(sound_codec=None, seconds=660, fps=1)
)
odd("late.mkv", "video")(
    lambda: painted([(90, 90, 90)] * 9, range(9), Fraction(1, 3), "matroska", sound=(90, 1))
)
odd("bare-item.avif", "is damaged or cut off")(
    lambda: picture("AVIF").replace(b"iinf", b"zzzz").replace(b"iloc", b"zzzz")
)
odd("hollow.webm", "is damaged or cut off")(lambda: b"\x1aE\xdf\xa3\x80")


def test_there_are_more_than_fifty() -> None:
    assert len(ODD) > 50


@pytest.mark.parametrize("name", ODD)
def test_parts_or_one_sentence(name: str, capfd: pytest.CaptureFixture[str]) -> None:
    make, outcome = ODD[name]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        data = make()
    capfd.readouterr()
    try:
        parts = media.read(name, data, LIMITS)
    except media.MediaError as error:
        sentence = str(error)
        assert outcome in sentence
        assert sentence.startswith(f"{name} ")
        assert sentence.endswith(".")
        assert "\n" not in sentence
    else:
        assert " ".join(part.kind for part in parts) == outcome
        for part in parts:
            check(part)
    assert capfd.readouterr() == ("", "")


def check(part: media.Media) -> None:
    """The part can be read back and holds sane numbers."""
    match part.kind:
        case "image":
            pixels = media.pixels(part)
            assert pixels.shape == (part.height, part.width, 3)
            assert pixels.dtype == np.uint8
        case "audio":
            samples = media.waveform(part)
            assert len(samples) == round(part.seconds * 16_000) >= 800
            assert np.isfinite(samples).all()
            assert np.abs(samples).max() <= 1
        case "video":
            assert 0 < len(part.frames) <= 32
            for frame in part.frames:
                check(frame)
