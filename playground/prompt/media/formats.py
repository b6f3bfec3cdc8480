"""Which format some bytes are in, told by the bytes themselves: endings lie.

Only what is recognised here reaches a decoder, and it reaches the one decoder for its format: nothing else gets to
guess. Decodes nothing itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from playground.prompt.media.faults import MediaError
from playground.prompt.media.strangers import READ, name_stranger, text_in


@dataclass(frozen=True, slots=True)
class Format:
    """`name` for people; `decoder` is Pillow's name of a picture format, FFmpeg's of a sound or clip format.

    A "clip" is what may hold moving pictures, whose decoding can take long; so can that of "pages".
    """

    name: str
    decoder: str
    kind: Literal["picture", "sound", "clip", "text", "pages"]


PNG_START = b"\x89PNG\r\n\x1a\n"

PNG = Format("PNG", "PNG", "picture")
GIF = Format("GIF", "GIF", "picture")
WEBP = Format("WebP", "WEBP", "picture")
MOVING_PNG = Format("PNG", "apng", "clip")
MOVING_GIF = Format("GIF", "gif", "clip")
MOVING_WEBP = Format("WebP", "apng", "clip")
"""As a PNG: FFmpeg reads no WebP that moves."""

STARTS = (
    (PNG_START, PNG),
    (b"\xff\xd8\xff", Format("JPEG", "JPEG", "picture")),
    (b"GIF87a", GIF),
    (b"GIF89a", GIF),
    (b"BM", Format("BMP", "BMP", "picture")),
    (b"II*\x00", Format("TIFF", "TIFF", "picture")),
    (b"MM\x00*", Format("TIFF", "TIFF", "picture")),
    (b"II+\x00", Format("TIFF", "TIFF", "picture")),
    (b"MM\x00+", Format("TIFF", "TIFF", "picture")),
    (b"fLaC", Format("FLAC", "flac", "sound")),
    (b"OggS", Format("OGG", "ogg", "clip")),
)
RIFF = {
    b"WAVE": Format("WAV", "wav", "sound"),
    b"WEBP": WEBP,
    b"AVI ": Format("AVI", "avi", "clip"),
}
AIFF = Format("AIFF", "aiff", "sound")
MP3 = Format("MP3", "mp3", "sound")
AAC = Format("AAC", "aac", "sound")
MP4 = Format("MP4", "mp4", "clip")
MOV = Format("MOV", "mp4", "clip")
WEBM = Format("WebM", "matroska", "clip")
MKV = Format("MKV", "matroska", "clip")
AVIF = Format("AVIF", "AVIF", "picture")
HEIC = Format("HEIC", "HEIF", "picture")
HEIC_BRANDS = (b"heic", b"heix", b"hevc", b"hevx", b"heim", b"heis", b"mif1", b"msf1")

TEXT = Format("text", "text", "text")
PDF = Format("PDF", "pdf", "pages")

AHEAD = 8
"""Bytes that may stand before a PDF that is otherwise text: its mark further on is what somebody wrote about PDFs."""

PROMISES = frozenset(
    {
        "png",
        "jpg",
        "jpeg",
        "webp",
        "gif",
        "bmp",
        "tif",
        "tiff",
        "avif",
        "heic",
        "heif",
        "svg",
        "pdf",
    }
    | {"wav", "mp3", "flac", "ogg", "oga", "opus", "aac", "m4a", "aiff", "aif"}
    | {"mp4", "m4v", "mov", "webm", "mkv", "avi"}
)
"""Endings of a name that promise something else than words: where those hold a text, something went wrong before."""

MOST_TAGS = 8
"""ID3 tags that are looked behind: some programs put theirs before those that are there."""


def recognise(name: str, data: bytes) -> Format:
    """The format of `data`, which `untagged` has freed of its tags. Raises MediaError when it is none that is read."""
    format = _pdf(data)
    # Two letters that a text begins with as well ("BMW builds cars.") make no picture; PNG's eight are no chance.
    if not format and (data.startswith(PNG_START) or text_in(data) is None):
        format = (
            next((format for start, format in STARTS if data.startswith(start)), None)
            or _riff(data)
            or _base_media(data)
            or _matroska(data)
            or _mpeg_audio(data)
        )
    if format:
        return format
    stranger = name_stranger(data)
    if stranger in READ and name.rpartition(".")[2].lower() not in PROMISES:
        return TEXT
    raise MediaError(name, stranger)


def untagged(data: bytes) -> bytes:
    """The data behind ID3 tags, which stand before recordings of any format; the data itself when nothing follows."""
    rest = data
    for _ in range(MOST_TAGS):
        tag = rest[:10]
        if len(tag) < 10 or tag[:3] != b"ID3" or max(tag[6:]) > 0x7F:
            break
        size = sum(byte << shift for byte, shift in zip(tag[6:], (21, 14, 7, 0), strict=True))
        footer = 10 if tag[5] & 0x10 else 0
        rest = rest[10 + size + footer :].lstrip(b"\x00")
    return rest or data


def _pdf(data: bytes) -> Format | None:
    """Its mark may stand anywhere in the first 1,024 bytes (ISO 32000, annex H)."""
    at = data[:1024].find(b"%PDF-")
    return PDF if at >= 0 and (at < AHEAD or text_in(data) is None) else None


def _riff(data: bytes) -> Format | None:
    if data[:4] in (b"RIFF", b"RF64", b"RIFX"):
        return RIFF.get(data[8:12])
    if data[:4] == b"FORM" and data[8:12] in (b"AIFF", b"AIFC"):
        return AIFF
    return None


def _base_media(data: bytes) -> Format | None:
    """MP4, MOV and their like, AVIF and HEIC: told apart by the brands in their first box (ISO/IEC 14496-12)."""
    if data[4:8] in (b"moov", b"mdat", b"wide", b"free"):
        return MOV
    if data[4:8] != b"ftyp":
        return None
    size = min(int.from_bytes(data[:4], "big"), 256)
    brands = [data[8:12], *(data[at : at + 4] for at in range(16, size, 4))]
    if brands[0] == b"crx ":
        return None  # a camera's raw picture
    if b"avif" in brands or b"avis" in brands:
        return AVIF
    if brands[0] in HEIC_BRANDS:
        return HEIC
    return MOV if brands[0] == b"qt  " else MP4


def _matroska(data: bytes) -> Format | None:
    if not data.startswith(b"\x1aE\xdf\xa3"):
        return None
    return WEBM if b"webm" in data[:64] else MKV


def _mpeg_audio(data: bytes) -> Format | None:
    """MP3 and bare AAC: a frame that begins with eleven set bits, of a version and a layer that there are."""
    if data[:3] == b"ID3":
        return MP3
    if len(data) < 3 or data[0] != 0xFF or data[1] & 0xE0 != 0xE0:
        return None
    if data[1] & 0xF6 == 0xF0:
        return AAC
    version, layer, bit_rate = data[1] >> 3 & 3, data[1] >> 1 & 3, data[2] >> 4
    # Layer I is all but extinct, and half of its beginnings are a mark of UTF-16 or a run of ones.
    known = version != 1 and layer != 0 and not (layer == 3 and bit_rate in (0, 15))
    return MP3 if known else None
