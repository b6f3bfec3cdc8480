"""Where two answers differ, word by word; where all agree; and how far a transcript is from what was said.

Words are compared as they stand, white space aside. In scripts that write no spaces each character is a word.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

Side = Literal["same", "only"]

UNSPACED = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
"""Thai, Lao, Burmese, Khmer, kana and Chinese characters: scripts that put no spaces between words."""

WORD = re.compile(rf"[{UNSPACED}]|[^\s{UNSPACED}]+")
APOSTROPHES = re.compile("[\u2019\u02bc\uff07]")
QUOTES = re.compile(r"(?<!\S)'+|'+(?!\S)")
"""Apostrophes that stand around words and not in them."""

MOST_WORDS = 20_000
"""Words of an answer that are compared; what follows counts as differing."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of one answer, its white space kept: the same in the other, or only here."""

    text: str
    side: Side


@dataclass(frozen=True, slots=True)
class Errors:
    """How far a transcript is from its reference, as shares: words (WER) and characters (CER) that are wrong."""

    words: float
    characters: float


def words(text: str) -> list[str]:
    """The words of a text in order."""
    return WORD.findall(text)


def difference(one: str, other: str) -> tuple[tuple[Piece, ...], tuple[Piece, ...]]:
    """Both texts as pieces: what they share, in order, and what each has alone. Joined, the pieces give the text."""
    from rapidfuzz.distance import Indel

    left, right = words(one)[:MOST_WORDS], words(other)[:MOST_WORDS]
    kept_left: set[int] = set()
    kept_right: set[int] = set()
    for step in Indel.opcodes(left, right):
        if step.tag == "equal":
            kept_left.update(range(step.src_start, step.src_end))
            kept_right.update(range(step.dest_start, step.dest_end))
    return _pieces(one, kept_left), _pieces(other, kept_right)


def likeness(one: str, other: str) -> float:
    """The share of words that two answers have in common, in order: 1 where they are equal, 0 where nothing is."""
    from rapidfuzz.distance import Indel

    return float(Indel.normalized_similarity(words(one)[:MOST_WORDS], words(other)[:MOST_WORDS]))


def agreement(texts: Sequence[str]) -> float | None:
    """The mean likeness of every two answers; None for fewer than two."""
    pairs = [(a, b) for index, a in enumerate(texts) for b in texts[index + 1 :]]
    return sum(likeness(a, b) for a, b in pairs) / len(pairs) if pairs else None


def distinct(texts: Sequence[str]) -> tuple[tuple[str, int], ...]:
    """Answers that say the same word for word count as one: each with how often it came, the most frequent first."""
    seen: dict[str, tuple[str, int]] = {}
    for text in texts:
        key = " ".join(words(text))
        first, count = seen.get(key, (text, 0))
        seen[key] = (first, count + 1)
    return tuple(sorted(seen.values(), key=lambda entry: -entry[1]))


def errors(transcript: str, reference: str) -> Errors:
    """WER and CER of a transcript. Case, punctuation and white space do not count. Raises ValueError for a reference
    without a word.
    """
    import jiwer

    heard, said = _plain(transcript), _plain(reference)
    if not said:
        raise ValueError("the reference holds no word")
    return Errors(jiwer.wer(said, heard), jiwer.cer(said.replace(" ", ""), heard.replace(" ", "")))


def _plain(text: str) -> str:
    composed = unicodedata.normalize("NFC", APOSTROPHES.sub("'", text.casefold()))
    return " ".join(words(QUOTES.sub(" ", "".join(map(_bare, composed)))))


def _bare(letter: str) -> str:
    """Punctuation becomes a gap, what can't be seen nothing. Marks belong to the letters before them, in many scripts
    as their vowels.
    """
    kind = unicodedata.category(letter)
    if kind == "Cf":
        return ""
    return letter if kind[0] in "LNM" or letter == "'" else " "


def _pieces(text: str, kept: set[int]) -> tuple[Piece, ...]:
    """The text cut where sameness begins and ends; white space belongs to the word before it."""
    pieces: list[Piece] = []
    start = 0
    side: Side | None = None
    for number, found in enumerate(WORD.finditer(text)):
        now: Side = "same" if number in kept else "only"
        if side is not None and now != side:
            pieces.append(Piece(text[start : found.start()], side))
            start = found.start()
        side = now
    if side is not None:
        pieces.append(Piece(text[start:], side))
    elif text:
        pieces.append(Piece(text, "same"))
    return tuple(pieces)
