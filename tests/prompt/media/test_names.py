"""A refused file is called what it is, with what would help; what can be read is not refused for how it begins."""

from __future__ import annotations

import io
import struct
from collections.abc import Callable

import pytest
from PIL import Image as PillowImage

from playground.prompt import media
from playground.prompt.media.formats import recognise, untagged
from tests.media_files import clip, picture, saved, sound, tone, wav

STORY = "Über den Wolken – 空の上で。\n" * 30


def tag(size: int = 300, footer: bool = False) -> bytes:
    """An ID3v2.4 tag of padding."""
    head = b"ID3\x04\x00" + bytes([0x10 * footer, 0, 0, size >> 7, size & 0x7F])
    return head + bytes(size) + (b"3DI" + head[3:] if footer else b"")


def lossless_jpeg() -> bytes:
    data = picture("JPEG")
    return data.replace(b"\xff\xc0", b"\xff\xc3", 1)


def twelve_bit_jpeg() -> bytes:
    data = bytearray(picture("JPEG"))
    data[data.index(b"\xff\xc0") + 4] = 12
    return bytes(data)


def with_compression(code: int) -> bytes:
    """A TIFF that says that its pixels are packed in another way than they are."""
    data = bytearray(saved(PillowImage.new("RGB", (40, 30)), "TIFF", compression="tiff_lzw"))
    data[data.index(struct.pack("<HH", 259, 3)) + 8] = code & 0xFF
    data[data.index(struct.pack("<HH", 259, 3)) + 9] = code >> 8
    return bytes(data)


def raw_photo() -> bytes:
    """A DNG: a small preview in front, which is no photo."""
    return saved(PillowImage.new("RGB", (40, 30)), "TIFF", tiffinfo={50706: b"\x01\x04\x00\x00"})


def protected() -> bytes:
    data = sound("ipod", "aac")
    return data.replace(b"mp4a", b"drms", 1)


TEXTS: dict[str, Callable[[], bytes]] = {
    # In any encoding, whatever its first letters look like.
    "utf-16.txt": lambda: STORY.encode("utf-16"),
    "utf-16-be.txt": lambda: b"\xfe\xff" + STORY.encode("utf-16-be"),
    "utf-16-bare.txt": lambda: STORY.encode("utf-16-le"),
    "utf-32.txt": lambda: STORY.encode("utf-32"),
    "byte-order-mark.txt": lambda: STORY.encode("utf-8-sig"),
    "latin.txt": lambda: "Grüße aus Köln, süß und schön.".encode("latin-1"),
    "japanese.txt": lambda: ("空の上で。" * 9).encode("shift-jis"),
    "russian.txt": lambda: ("Привет, мир. " * 9).encode("koi8-r"),
    "wide-space.txt": lambda: "空の上で。\u3000そして\u2028\u200b終わり。".encode(),
    "cars.txt": lambda: b"BMW builds cars.",
    "tags.txt": lambda: b"ID3 tags tell a song's title.",
    "moving.txt": lambda: b"GIF89a is a format of 1989.",
    "film.txt": lambda: b"RIFFs WAVE from the guitar.",
    "ogre.txt": lambda: b"OggS was an ogre, II* a king.",
    "airline.txt": lambda: b"MZ is a sign, Rar! a cry, PK a penalty.",
    "coloured.log": lambda: b"\x1b[31mred\x1b[0m and plain again",
    "page.html": lambda: "<!DOCTYPE html><p>…".encode("utf-16"),
}

REFUSED: dict[str, tuple[Callable[[], bytes], str]] = {
    "drawing.svg": (lambda: '\ufeff<svg width="9"/>'.encode("utf-16-le"), "is an SVG drawing"),
    "renamed.png": (lambda: b"Not found", "is text, not a picture"),
    # Whole files of a kind that is not read.
    "lossless.jpg": (lossless_jpeg, "is a kind of JPEG that is not read here (lossless)"),
    "deep.jpg": (twelve_bit_jpeg, "a kind of JPEG that is not read here (cannot handle 12-bit"),
    "webp-inside.tif": (lambda: with_compression(50001), "TIFF that is not read here (compressed"),
    "many-samples.tif": (
        lambda: picture("TIFF", "RGB").replace(
            struct.pack("<HHII", 262, 3, 1, 2), struct.pack("<HHII", 262, 3, 1, 9)
        ),
        "is a kind of TIFF that is not read here (unknown",
    ),
    "odd-depth.bmp": (
        lambda: picture("BMP")[:28] + b"\x02\x00" + picture("BMP")[30:],
        "is a kind of BMP that is not read here (Unsupported BMP pixel depth (2))",
    ),
    "camera.dng": (raw_photo, "is a camera's raw picture: export it as JPEG"),
    "camera.cr3": (lambda: b"\x00\x00\x00\x18ftypcrx " + bytes(99), "a camera's raw picture"),
    "bought.m4a": (protected, "is copy-protected"),
    "unknown.m4a": (
        lambda: sound("ipod", "aac").replace(b"mp4a", b"zzzz").replace(b"esds", b"zzzz"),
        "its sound is in a coding that is not known here): convert it to",
    ),
    "unknown.mp4": (
        lambda: clip(sound_codec=None).replace(b"avc1", b"zzzz"),
        "a coding that is not known here: convert it to MP4",
    ),
    # Strangers.
    "photo.jp2": (lambda: picture("JPEG2000"), "is a JPEG 2000 picture"),
    "photo.jxl": (lambda: b"\xff\x0a" + bytes(50), "is a JPEG XL picture"),
    "page.psd": (lambda: b"8BPS\x00\x01" + bytes(50), "is a Photoshop document"),
    "favicon.ico": (lambda: picture("ICO"), "is an icon"),
    "figure.ps": (lambda: b"%!PS-Adobe-3.0\n", "is a PostScript drawing"),
    "photo.ppm": (lambda: picture("PPM"), "is a portable pixmap"),
    "photo.tga": (lambda: picture("TGA"), "is a Targa picture"),
    "report.pdf": (lambda: b"{\\rtf1 Hello}", "rich text format: save it as plain text or PDF."),
    "report.doc": (
        lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(50),
        "is an office document",
    ),
    "voice.amr": (lambda: b"#!AMR\n" + bytes([12, 60]) * 40, "is an AMR recording"),
    "voice.caf": (lambda: sound("caf", "pcm_s16le"), "is a CAF recording"),
    "voice.au": (lambda: sound("au", "pcm_s16be"), "is an AU recording"),
    "voice.wma": (lambda: sound("asf", "libmp3lame"), "is a Windows Media file"),
    "voice.ac3": (lambda: sound("ac3", "ac3"), "is an AC-3 recording"),
    "voice.wv": (lambda: tag() + sound("wv", "wavpack"), "is a WavPack recording"),
    "song.mid": (lambda: b"MThd\x00\x00\x00\x06" + bytes(20), "is a MIDI score"),
    "talk.flv": (lambda: clip("flv", "flv1", "libmp3lame"), "is a Flash video"),
    "talk.ts": (lambda: clip("mpegts"), "is an MPEG transport stream"),
    "talk.mpg": (
        lambda: clip("mpeg", "mpeg1video", "mp2", fps=25),
        "is an MPEG program stream",
    ),
    "talk.tar": (lambda: bytes(257) + b"ustar" + bytes(250), "is a compressed archive"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_refused_file_is_called_what_it_is(name: str) -> None:
    make, said = REFUSED[name]
    with pytest.raises(media.MediaError) as refused:
        media.read(name, make())
    assert said in str(refused.value)
    assert "damaged" not in str(refused.value)
    assert ": " in refused.value.fault or "holds" in refused.value.fault, "it says what would help"


@pytest.mark.parametrize("name", TEXTS)
def test_a_text_is_read_however_it_begins(name: str) -> None:
    (part,) = media.read(name, TEXTS[name]())
    assert part.kind == "document" and len(part.text) > 5


@pytest.mark.parametrize("format", ["flac", "ogg", "mp3", "adts", "aiff", "wav"])
@pytest.mark.parametrize("tags", [tag(), tag() + tag(), tag(footer=True) + bytes(50)])
def test_tags_stand_before_recordings_of_any_format(format: str, tags: bytes) -> None:
    codecs = {"ogg": "libopus", "mp3": "libmp3lame", "adts": "aac"}
    codecs |= {"flac": "flac", "aiff": "pcm_s16be", "wav": "pcm_s16le"}
    (part,) = media.read("a", tags + sound(format, codecs[format]))
    assert part.kind == "audio"
    assert part.seconds == pytest.approx(1, abs=0.06)


def test_a_tag_with_nothing_behind_it_is_left_as_it_is() -> None:
    assert untagged(tag()) == tag()
    assert untagged(b"ID3") == b"ID3"


def test_what_begins_like_text_but_is_none_is_read() -> None:
    assert recognise("a", picture("BMP")).name == "BMP"
    assert recognise("a", wav(tone())).name == "WAV"
    assert recognise("a", picture("GIF", "P", size=(0x2020, 1))).name == "GIF"


def test_a_big_tiff_is_a_tiff() -> None:
    out = io.BytesIO()
    PillowImage.new("RGB", (40, 30), "red").save(out, "TIFF", big_tiff=True)
    (part,) = media.read("a.tif", out.getvalue())
    assert part.kind == "image"


def test_a_long_run_of_ones_is_no_recording() -> None:
    with pytest.raises(media.MediaError, match="no format known here"):
        media.read("a.bin", b"\xff" * 5000)


def test_layers_of_mpeg_that_there_are() -> None:
    assert recognise("a", sound("mp2", "mp2")).name == "MP3"
    assert recognise("a", sound("mp3", "libmp3lame")).name == "MP3"
