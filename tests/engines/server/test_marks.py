"""Thoughts left in a server's text, however the stream cuts it."""

from __future__ import annotations

import time

import pytest

from playground.engines.server.replies.marks import Marks


def follow(pieces: list[str]) -> dict[str, str]:
    marks, said = Marks(), {"thinking": "", "answer": ""}
    for piece in pieces:
        for channel, text in marks.take(piece):
            said[channel] += text
    for channel, text in marks.rest():
        said[channel] += text
    return said


TALK = "Send `<|channel>` first.\nThen the rest of the explanation."
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
        ("<|channel>thought", "", ""),
        # Once the answer has begun, and where no thought can open, somebody writes about marks.
        (TALK, "", TALK),
        (
            "before <|channel>thought\nin<channel|> after",
            "",
            "before <|channel>thought\nin<channel|> after",
        ),
        ("<|channel> opens a thought.", "", "<|channel> opens a thought."),
        ("A <turn|> ends a turn.<turn|>", "", "A <turn|> ends a turn."),
        ("Yes.<turn|>\n<eos>", "", "Yes."),
        # Where the format has them.
        (
            "\n<|channel>thought\none<channel|><|channel>thought\ntwo<channel|>Yes.",
            "onetwo",
            "Yes.",
        ),
        (
            "Look.<|tool_call>call:f{}<tool_call|><|channel>thought\nhm<channel|>Done.",
            "hm",
            "Look.<|tool_call>call:f{}<tool_call|>Done.",
        ),
    ],
)
def test_odd_texts(text: str, thinking: str, answer: str) -> None:
    assert follow([text]) == {"thinking": thinking, "answer": answer}


def test_no_mark_counts_once_the_server_tells_thoughts_apart() -> None:
    marks = Marks()
    marks.apart()
    assert list(marks.take("<|channel>thought\nis how it begins.")) == [
        ("answer", "<|channel>thought\nis how it begins.")
    ]


def test_another_servers_own_marks() -> None:
    marks = Marks("<thought>", "</thought>", named=False)
    pieces = [
        *marks.take("<thou"),
        *marks.take("ght>hm</tho"),
        *marks.take("ught>Yes."),
        *marks.rest(),
    ]
    assert pieces == [("thinking", "hm"), ("answer", "Yes.")]


@pytest.mark.parametrize("text", ["<eos>" * 200_000, " " * 1_000_000, "<|channel>" * 100_000])
def test_marks_without_end_are_text_and_cost_little(text: str) -> None:
    began = time.process_time()
    assert len(follow([text, text, "x"])["answer"]) > len(text)
    assert time.process_time() - began < 5


def test_nothing_certain_is_held_back() -> None:
    marks = Marks()
    assert list(marks.take("Hello ")) == [("answer", "Hello ")]
    assert list(marks.take("<|cha")) == []
    assert list(marks.take("nged")) == [("answer", "<|changed")]
