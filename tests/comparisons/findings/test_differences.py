"""What differs, what agrees, and error rates of transcripts."""

from __future__ import annotations

import difflib
import random

import pytest

from playground.comparisons.findings.differences import (
    agreement,
    difference,
    distinct,
    errors,
    likeness,
    words,
)


def only(one: str, other: str) -> tuple[list[str], list[str]]:
    """What stands in one text alone, for both."""
    left, right = difference(one, other)
    return tuple([p.text.strip() for p in side if p.side == "only"] for side in (left, right))  # type: ignore[return-value]


def test_the_words_that_differ() -> None:
    assert only("A red heart and a green ring.", "A red heart and a blue ring.") == (
        ["green"],
        ["blue"],
    )
    assert only("one two", "one two") == ([], [])
    assert only("", "one") == ([], ["one"])
    assert only("one  two\nthree", "one two three") == ([], [])


def test_scripts_without_spaces_differ_by_character() -> None:
    assert only("敏捷的棕色狐狸", "敏捷的红色狐狸") == (["棕"], ["红"])
    assert words("สุนัข ok") == [*"สุนัข", "ok"]


def test_the_pieces_joined_are_the_text() -> None:
    draw = random.Random(3)
    letters = ["a ", "b\n", "c", "  ", "狐", "`", "\u0645", "🦊"]
    for _ in range(300):
        one, other = ("".join(draw.choices(letters, k=draw.randrange(12))) for _ in range(2))
        left, right = difference(one, other)
        assert "".join(piece.text for piece in left) == one
        assert "".join(piece.text for piece in right) == other
        same = [words("".join(p.text for p in side if p.side == "same")) for side in (left, right)]
        assert "".join(same[0]) == "".join(same[1])


def test_as_much_is_shared_as_difflib_finds() -> None:
    draw = random.Random(4)
    for _ in range(100):
        one, other = (" ".join(draw.choices("abcde", k=draw.randrange(1, 10))) for _ in range(2))
        blocks = difflib.SequenceMatcher(None, one.split(), other.split(), autojunk=False)
        found = sum(block.size for block in blocks.get_matching_blocks())
        shared = likeness(one, other) * (len(one.split()) + len(other.split())) / 2
        assert shared >= found - 1e-9


def test_agreement_over_all() -> None:
    assert agreement(["a b", "a b", "a b"]) == 1
    assert agreement(["a b", "c d"]) == 0
    assert agreement(["a b", "a c"]) == 0.5
    assert agreement(["a"]) is None


def test_the_same_words_are_one_answer() -> None:
    assert distinct(["a b", "c", "a  b\n", "a b"]) == (("a b", 3), ("c", 1))


@pytest.mark.parametrize(
    ("heard", "said", "words", "characters"),
    [
        ("वह की है", "वह कि है", 1 / 3, 1 / 6),  # a vowel is a mark, and no punctuation
        ("caf\u00e9 cr\u00e8me", "cafe\u0301 cre\u0300me", 0, 0),
        ("I don\u2019t know", "I don't know", 0, 0),
        ("he said 'hello' twice, 'tis true", "he said hello twice tis true", 0, 0),
        ("Donau\u00adschiff", "Donauschiff", 0, 0),
        ("snake_case", "snake case", 0, 0),
    ],
)
def test_marks_count_and_signs_do_not(
    heard: str, said: str, words: float, characters: float
) -> None:
    found = errors(heard, said)
    assert (found.words, found.characters) == (pytest.approx(words), pytest.approx(characters))


def test_word_and_character_errors() -> None:
    found = errors("the quick brown fix", "The quick, brown fox!")
    assert (found.words, found.characters) == (pytest.approx(1 / 4), pytest.approx(1 / 16))
    assert errors("", "one two").words == 1
    assert errors("敏捷的红", "敏捷的棕").words == pytest.approx(1 / 4)
    with pytest.raises(ValueError, match="holds no word"):
        errors("one", " ?! ")
