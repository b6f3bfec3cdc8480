"""Thoughts left in a server's text, however the stream cuts it."""

from __future__ import annotations

import pytest

from playground.engines.server.marks import Marks


def follow(pieces: list[str]) -> dict[str, str]:
    marks, said = Marks(), {"thinking": "", "answer": ""}
    for piece in pieces:
        for channel, text in marks.take(piece):
            said[channel] += text
    for channel, text in marks.rest():
        said[channel] += text
    return said


WHOLE = "<|channel>thought\nA < B, so <b>.<channel|>It is <|not|> a mark.<turn|>"


@pytest.mark.parametrize("size", range(1, len(WHOLE) + 1))
def test_every_cut_tells_the_same(size: int) -> None:
    pieces = [WHOLE[i : i + size] for i in range(0, len(WHOLE), size)]
    assert follow(pieces) == {"thinking": "A < B, so <b>.", "answer": "It is <|not|> a mark."}


@pytest.mark.parametrize(
    ("text", "thinking", "answer"),
    [
        ("plain <| text", "", "plain <| text"),
        ("ends in <|chan", "", "ends in <|chan"),
        ("<|channel>thought\n<channel|>Yes.", "", "Yes."),
        ("<|channel>thought\nnever closed", "never closed", ""),
        ("before <|channel>thought\nin<channel|> after", "in", "before  after"),
        ("<|channel>thought", "", ""),
    ],
)
def test_odd_texts(text: str, thinking: str, answer: str) -> None:
    assert follow([text]) == {"thinking": thinking, "answer": answer}


def test_nothing_certain_is_held_back() -> None:
    marks = Marks()
    assert list(marks.take("Hello ")) == [("answer", "Hello ")]
    assert list(marks.take("<|cha")) == []
    assert list(marks.take("nged")) == [("answer", "<|changed")]
