"""In which encoding some bytes are text: told by their marks, then by what fits, last by how likely the letters are."""

from __future__ import annotations

import codecs
from collections.abc import Iterator

GUESSED_FROM = 65_536
"""Bytes that are looked at where no mark and no rule tells."""

MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig", "UTF-8"),
    (codecs.BOM_UTF32_LE, "utf-32", "UTF-32"),
    (codecs.BOM_UTF32_BE, "utf-32", "UTF-32"),
    (codecs.BOM_UTF16_LE, "utf-16", "UTF-16"),
    (codecs.BOM_UTF16_BE, "utf-16", "UTF-16"),
)
"""Byte order marks; that of UTF-32 begins like UTF-16's."""

WIDE = ("utf-16-le", "utf-16-be")

WESTERN = frozenset("äöüßÄÖÜéèêëÉÈÊàâáÀÁçÇîïíÍôóÓùûúÚñÑåÅøØæÆœŒ¡¿«»“”„‘’‚–—…€£§°·´©®\xa0•¼½¾²³")
"""What is not ASCII in the languages that Windows-1252 was made for."""

SELDOM = 0.3
"""The largest share of such letters in a text of those languages."""


def told(data: bytes) -> Iterator[tuple[str, str]]:
    """(text, name of its encoding) for every encoding that the bytes may be in, the likeliest first."""
    for mark, codec, name in MARKS:
        if data.startswith(mark):
            yield from _decoded(data, codec, name)
            return
    if 0 in data:
        for codec in WIDE:
            yield from _decoded(data, codec, "UTF-16")
        return
    if b"\x1b$" in data or b"\x1b(" in data:
        # Seven bits that would pass for UTF-8.
        yield from _decoded(data, "iso2022_jp_2", "ISO-2022-JP")
    yield from _decoded(data, "utf-8", "UTF-8")
    if _western(data):
        yield from _decoded(data, "cp1252", "Windows-1252")
    for codec in _guessed(data):
        yield from _decoded(data, codec, codecs.lookup(codec).name)


def _decoded(data: bytes, codec: str, name: str) -> Iterator[tuple[str, str]]:
    try:
        yield data.decode(codec), name
    except (UnicodeDecodeError, LookupError):
        return


def _western(data: bytes) -> bool:
    """Whether it reads like French, German or Spanish of before UTF-8, which statistics take for Polish."""
    try:
        text = data.decode("cp1252")
    except UnicodeDecodeError:
        return False
    beyond = [letter for letter in text if letter > "\x7f"]
    return WESTERN.issuperset(beyond) and len(beyond) <= SELDOM * len(text)


def _guessed(data: bytes) -> Iterator[str]:
    import charset_normalizer

    head = data[:GUESSED_FROM]
    # Cut where a line ends: half a letter would speak against its encoding.
    found = charset_normalizer.from_bytes(head[: head.rfind(b"\n") + 1] or head)
    for match in found:
        yield match.encoding
