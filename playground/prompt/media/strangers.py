"""What bytes are that are no medium here, and what would help: a refused file is called what it is.

Told by the first bytes, as `formats` tells the media. Decodes nothing.
"""

from __future__ import annotations

import codecs
import re
import unicodedata

LOOKED_AT = 4096
"""Bytes from the beginning that tell text from anything else."""

OLD_TEXT = 8
"""Different bytes that a text in an old encoding has at least: fewer, without a control character, may be chance."""

FEW_ZEROS = 0.25
"""Of a text's bytes; UTF-16 of Latin letters has a zero for each."""

SURE = ("utf-8", "utf-16", "utf-32")
"""Encodings that can't be taken for others: the wide ones by their marks, UTF-8 by its own rules."""

NO_LETTERS = range(0xFDD0, 0xFDF0)
"""What Unicode sets aside to be no letter, beside the last two of each plane."""

LAYOUT = "\t\n\r\f\x1a\x1b"
"""The control characters that texts hold: layout, an end mark of old, and terminals' colours."""

ARCHIVE = "is a compressed archive: send the files in it one by one."
PROGRAM = "is a program, not a picture, a recording or a clip."
WEB_PAGE = "is a web page, not a picture, a recording or a clip: save the picture itself."
SVG = "is an SVG drawing: export it as PNG."
TEXT = "is text, not a picture, a recording or a clip: to send its words, give it another ending, such as .txt."
UNKNOWN = "is in no format known here: send PNG, JPEG, WebP, WAV, MP3 or MP4, for example."


def _picture(kind: str) -> str:
    return f"is {kind}, which is not read here: save it as PNG or JPEG."


def _sound(kind: str) -> str:
    return f"is {kind}, which is not read here: convert it to WAV, FLAC or MP3."


def _clip(kind: str) -> str:
    return f"is {kind}, which is not read here: convert it to MP4."


RAW = "is a camera's raw picture: export it as JPEG or PNG."
POSTSCRIPT = _picture("a PostScript drawing")
JPEG_2000 = _picture("a JPEG 2000 picture")
JPEG_XL = _picture("a JPEG XL picture")

BINARY = (
    (0, b"PK\x03\x04", "is a zip archive or an office document: send the files in it one by one."),
    (0, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "is an office document: export it as pictures."),
    (0, b"\x1f\x8b", ARCHIVE),
    (0, b"Rar!\x1a", ARCHIVE),
    (0, b"7z\xbc\xaf", ARCHIVE),
    (0, b"BZh", ARCHIVE),
    (0, b"\xfd7zXZ\x00", ARCHIVE),
    (0, b"\x28\xb5\x2f\xfd", ARCHIVE),
    (257, b"ustar", ARCHIVE),
    (0, b"MZ", PROGRAM),
    (0, b"\x7fELF", PROGRAM),
    (0, b"\xcf\xfa\xed\xfe", PROGRAM),
    (0, b"\xca\xfe\xba\xbe", PROGRAM),
    (0, b"8BPS", _picture("a Photoshop document")),
    (0, b"gimp xcf", _picture("a GIMP document")),
    (0, b"\x00\x00\x00\x0cjP  ", JPEG_2000),
    (0, b"\xff\x4f\xff\x51", JPEG_2000),
    (0, b"\x00\x00\x00\x0cJXL ", JPEG_XL),
    (0, b"\xff\x0a", JPEG_XL),
    (0, b"\x00\x00\x02\x00\x00\x00", _picture("a Targa picture")),
    (0, b"\x00\x00\x0a\x00\x00\x00", _picture("a Targa picture")),
    (0, b"\x00\x00\x01\x00", _picture("an icon")),
    (0, b"\x00\x00\x02\x00", _picture("a mouse pointer")),
    (0, b"\xc5\xd0\xd3\xc6", POSTSCRIPT),
    (0, b"\xd7\xcd\xc6\x9a", _picture("a Windows metafile")),
    (40, b" EMF", _picture("a Windows metafile")),
    (0, b"v/1\x01", _picture("an OpenEXR picture")),
    (0, b"DDS ", _picture("a DirectX texture")),
    (0, b"qoif", _picture("a QOI picture")),
    (128, b"DICM", _picture("a DICOM picture")),
    (0, b"FUJIFILMCCD-RAW", RAW),
    (0, b"IIRO", RAW),
    (0, b"IIRS", RAW),
    (0, b"MMOR", RAW),
    (0, b"IIU\x00", RAW),
    (4, b"ftypcrx ", RAW),
    (0, b"#!AMR", _sound("an AMR recording")),
    (0, b"caff", _sound("a CAF recording")),
    (0, b".snd", _sound("an AU recording")),
    (0, b"MThd", "is a MIDI score, which holds notes and no sound: play it into a WAV file."),
    (0, b"wvpk", _sound("a WavPack recording")),
    (0, b"MAC ", _sound("a Monkey's Audio recording")),
    (0, b"TTA1", _sound("a True Audio recording")),
    (0, b"MPCK", _sound("a Musepack recording")),
    (0, b"MP+", _sound("a Musepack recording")),
    (0, b"OFR ", _sound("an OptimFROG recording")),
    (0, b"tBaK", _sound("a TAK recording")),
    (0, b"DSD ", _sound("a DSD recording")),
    (0, b"FRM8", _sound("a DSD recording")),
    (0, b"\x0bw", _sound("an AC-3 recording")),
    (0, b"\x7f\xfe\x80\x01", _sound("a DTS recording")),
    (0, b"riff.\x91\xcf\x11", _sound("a Wave64 recording")),
    (0, b"ADIF", _sound("an AAC recording with an ADIF header")),
    (0, b"\x30\x26\xb2\x75\x8e\x66\xcf\x11", _clip("a Windows Media file")),
    (0, b"FLV\x01", _clip("a Flash video")),
    (0, b"FWS", _clip("a Flash animation")),
    (0, b"CWS", _clip("a Flash animation")),
    (0, b".RMF", _clip("a RealMedia file")),
    (0, b"DKIF", _clip("an IVF clip")),
    (0, b"\x00\x00\x01\xba", _clip("an MPEG program stream")),
    (0, b"\x00\x00\x01\xb3", _clip("a bare MPEG stream")),
    (0, b"\x00\x00\x00\x01", _clip("a bare H.264 or H.265 stream")),
)
"""Where a stranger that is no text is known by which bytes, and what is said of it."""

RICH_TEXT = "is a document in rich text format: save it as plain text or PDF."

TEXTUAL = (
    ("{\\rtf", RICH_TEXT),
    ("<!doctype html", WEB_PAGE),
    ("<html", WEB_PAGE),
    ("%!ps", POSTSCRIPT),
    ("#!amr", _sound("an AMR recording")),
)
"""How strangers begin whose first bytes are text."""

PORTABLE = re.compile(rb"P[1-6Ff]\s+(#[^\n]*\n\s*)*\d+\s+\d+\s|P7\s+WIDTH ")

READ = (TEXT, WEB_PAGE, SVG)
"""What is said of texts whose words are read where their name does not promise a picture, a recording or a clip."""


def name_stranger(data: bytes) -> str:
    """What bytes are that are no medium, continuing the sentence after the file's name."""
    text = text_in(data)
    if PORTABLE.match(data):
        return _picture("a portable pixmap")
    if text is not None:
        return _name_text(text)
    if not any(data):
        return "holds nothing but zeros."
    if data[:1] == data[188:189] == data[376:377] == b"G":
        return _clip("an MPEG transport stream")
    for at, mark, words in BINARY:
        if data[at : at + len(mark)] == mark:
            return words
    return UNKNOWN


def text_in(data: bytes) -> str | None:
    """The beginning of the data as text, in UTF-8, -16 or -32 or one of the old encodings; None when it is no text."""
    head = data[:LOOKED_AT]
    for encoding in _encodings(head):
        try:
            # The incremental decoder forgives a character that is cut at the end.
            text = codecs.getincrementaldecoder(encoding)().decode(head)
        except UnicodeDecodeError:
            continue
        if text and is_text(text, encoding in SURE):
            return text.lstrip("\ufeff")
    return None


def _encodings(head: bytes) -> tuple[str, ...]:
    if head.startswith((codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)):
        return ("utf-32",)
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return ("utf-16",)
    if 0 in head:
        return () if zeros_in_text(head) else ("utf-16-le", "utf-16-be")
    return ("utf-8", "latin-1") if len(set(head)) >= OLD_TEXT else ("utf-8",)


def zeros_in_text(data: bytes) -> bool:
    """Whether it is text of one byte a letter but for a few zeros: two bytes a letter would make nonsense of it."""
    firsts, seconds = len(set(data[::2])), len(set(data[1::2]))
    # Of two bytes a letter, one tells the script and hardly changes.
    if data.count(0) > len(data) * FEW_ZEROS or max(firsts, seconds) >= 3 * min(firsts, seconds):
        return False
    try:
        text = codecs.getincrementaldecoder("utf-8")().decode(data.replace(b"\0", b""))
    except UnicodeDecodeError:
        return False
    return is_text(text)


def is_text(text: str, sure: bool = True) -> bool:
    """Whether these are letters of a text. In an encoding that is `sure` no other bytes come to be letters by chance:
    there they may also be those of icon fonts, and those that are newer than this program knows.
    """
    return all(map(_letter if sure else _known_letter, set(text)))


def _letter(letter: str) -> bool:
    if letter < "\xa0":
        return (letter >= " " and letter != "\x7f") or letter in LAYOUT
    code = ord(letter)
    return (
        unicodedata.category(letter) != "Cs" and code & 0xFFFE != 0xFFFE and code not in NO_LETTERS
    )


def _known_letter(letter: str) -> bool:
    """Latin-1 stands for the old encodings: what it calls C1 are letters in others."""
    return _letter(letter) and unicodedata.category(letter) not in ("Cn", "Co")


def _name_text(text: str) -> str:
    head = text.lstrip().lower()
    if head.startswith(("<svg", "<?xml", "<!--", "<!doctype svg")) and "<svg" in head[:2048]:
        return SVG
    return next((words for start, words in TEXTUAL if head.startswith(start)), TEXT)
