"""In which encoding some bytes are text: told by their marks, then by what fits, last by how likely the letters are."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator

from playground.prompt.media.strangers import zeros_in_text

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

AMISS = re.compile(r"[²³¹±¶¦¬¯][^\W\d_]|[^\W\d_][¡¿±¶¦¬]")
"""Signs where no language has them: they are letters of another encoding, of Poland's and its neighbours' mostly."""

KANA = re.compile("[\u3041-\u30fa]")
JAPANESE = 0.2
"""The least share of kana in a Japanese text, ASCII aside; nothing else that is written in two bytes has so many."""

Told = tuple[str, str, bool]
"""A text, the name of its encoding, and whether that is sure (strangers.SURE)."""


def told(data: bytes) -> Iterator[Told]:
    """The text in every encoding that the bytes may be in, the likeliest first."""
    for mark, codec, name in MARKS:
        if data.startswith(mark):
            yield from _decoded(data, codec, name, sure=True)
            return
    if 0 in data and not zeros_in_text(data):
        # Of two bytes a letter, the one that tells the script changes less.
        high_first = len(set(data[::2])) < len(set(data[1::2]))
        for codec in reversed(WIDE) if high_first else WIDE:
            yield from _decoded(data, codec, "UTF-16")
        return
    if b"\x1b$" in data or b"\x1b(" in data:
        # Seven bits that would pass for UTF-8.
        yield from _decoded(data, "iso2022_jp_2", "ISO-2022-JP")
    for found in _decoded(data, "utf-8", "UTF-8", sure=True):
        yield found
        return  # whatever it is, it is nothing else
    if _western(data):
        yield from _decoded(data, "cp1252", "Windows-1252")
    if _japanese(data):
        yield from _decoded(data, "euc_jp", "euc_jp")
    guesses = [
        one for codec in _guessed(data) for one in _decoded(data, codec, codecs.lookup(codec).name)
    ]
    yield from sorted(guesses, key=lambda one: bool(AMISS.search(one[0])))


def _decoded(data: bytes, codec: str, name: str, sure: bool = False) -> Iterator[Told]:
    try:
        yield data.decode(codec), name, sure
    except (UnicodeDecodeError, LookupError):
        return


def _western(data: bytes) -> bool:
    """Whether it reads like French, German or Spanish of before UTF-8, which statistics take for Polish."""
    try:
        text = data.decode("cp1252")
    except UnicodeDecodeError:
        return False
    beyond = [letter for letter in text if letter > "\x7f"]
    likely = WESTERN.issuperset(beyond) and len(beyond) <= SELDOM * len(text)
    return likely and not AMISS.search(text)


def _japanese(data: bytes) -> bool:
    """Whether it reads like Japanese in Unix's old encoding, which statistics take for Korean."""
    try:
        text = data.decode("euc_jp")
    except UnicodeDecodeError:
        return False
    beyond = [letter for letter in text if letter > "\x7f"]
    return len(KANA.findall(text)) >= JAPANESE * max(1, len(beyond))


def _guessed(data: bytes) -> Iterator[str]:
    import charset_normalizer

    head = data[:GUESSED_FROM]
    # Cut where a line ends: half a letter would speak against its encoding.
    found = charset_normalizer.from_bytes(head[: head.rfind(b"\n") + 1] or head)
    for match in found:
        yield match.encoding
