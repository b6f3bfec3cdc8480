"""Which format some bytes are in, told by the bytes themselves: endings lie.

Only what is recognised here reaches a decoder, and it reaches the one decoder for its format: nothing else gets to
guess. Decodes nothing itself.
"""

from __future__ import annotations

from codecs import getincrementaldecoder
from dataclasses import dataclass

from playground.prompt.media.faults import MediaError


@dataclass(frozen=True, slots=True)
class Format:
    """`name` for people; `decoder` is Pillow's name of a picture format, FFmpeg's of a sound or clip format."""

    name: str
    decoder: str
    picture: bool


STARTS = (
    (b"\x89PNG\r\n\x1a\n", Format("PNG", "PNG", True)),
    (b"\xff\xd8\xff", Format("JPEG", "JPEG", True)),
    (b"GIF8", Format("GIF", "GIF", True)),
    (b"BM", Format("BMP", "BMP", True)),
    (b"II*\x00", Format("TIFF", "TIFF", True)),
    (b"MM\x00*", Format("TIFF", "TIFF", True)),
    (b"fLaC", Format("FLAC", "flac", False)),
    (b"OggS", Format("OGG", "ogg", False)),
)
RIFF = {
    b"WAVE": Format("WAV", "wav", False),
    b"WEBP": Format("WebP", "WEBP", True),
    b"AVI ": Format("AVI", "avi", False),
}
AIFF = Format("AIFF", "aiff", False)
MP3 = Format("MP3", "mp3", False)
AAC = Format("AAC", "aac", False)
MP4 = Format("MP4", "mp4", False)
MOV = Format("MOV", "mp4", False)
WEBM = Format("WebM", "matroska", False)
MKV = Format("MKV", "matroska", False)
AVIF = Format("AVIF", "AVIF", True)
HEIC = Format("HEIC", "HEIF", True)
HEIC_BRANDS = (b"heic", b"heix", b"hevc", b"hevx", b"heim", b"heis", b"mif1", b"msf1")

STRANGERS = (
    (b"%PDF", "is a PDF: export the page as a picture."),
    (b"PK\x03\x04", "is a zip archive or an office document: send the files in it one by one."),
    (b"\x1f\x8b", "is a compressed archive: send the files in it one by one."),
    (b"Rar!", "is a compressed archive: send the files in it one by one."),
    (b"7z\xbc\xaf", "is a compressed archive: send the files in it one by one."),
    (b"MZ", "is a program, not a picture, a recording or a clip."),
    (b"\x7fELF", "is a program, not a picture, a recording or a clip."),
)
UNKNOWN = "is in no format known here: send PNG, JPEG, WebP, WAV, MP3 or MP4, for example."


def recognise(name: str, data: bytes) -> Format:
    """The format of `data`. Raises MediaError when it is none that can be read."""
    format = (
        next((format for start, format in STARTS if data.startswith(start)), None)
        or _riff(data)
        or _base_media(data)
        or _matroska(data)
        or _mpeg_audio(data)
    )
    if format:
        return format
    raise MediaError(name, _fault(data))


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
    """MP3 and bare AAC: an ID3 tag or not, then a frame that begins with eleven set bits."""
    body = data
    if data[:3] == b"ID3" and len(data) > 10:
        size = sum(
            (byte & 0x7F) << shift for byte, shift in zip(data[6:10], (21, 14, 7, 0), strict=True)
        )
        body = data[10 + size :].lstrip(b"\x00")
        if not body:
            return MP3
    if len(body) > 2 and body[0] == 0xFF and body[1] & 0xE0 == 0xE0:
        return AAC if body[1] & 0xF6 == 0xF0 else MP3
    return MP3 if data[:3] == b"ID3" else None


def _fault(data: bytes) -> str:
    """What bytes are that are no medium."""
    for start, fault in STRANGERS:
        if data.startswith(start):
            return fault
    if not any(data):
        return "holds nothing but zeros."
    head = data[:2048].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if head.startswith((b"<!doctype html", b"<html")):
        return "is a web page, not a picture, a recording or a clip."
    if b"<svg" in head:
        return "is an SVG drawing: export it as PNG."
    if _is_text(data[:2048]):
        return "is text, not a picture, a recording or a clip."
    return UNKNOWN


def _is_text(data: bytes) -> bool:
    try:
        # The incremental decoder forgives a character that is cut at the end.
        text = getincrementaldecoder("utf-8")().decode(data)
    except UnicodeDecodeError:
        return False
    return bool(text) and all(letter.isprintable() or letter in "\t\r\n" for letter in text)
