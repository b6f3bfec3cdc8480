"""What a server left of the chat format in an answer; and that writing about marks is no fault of it."""

from __future__ import annotations

import pytest

from playground.engines.server.replies.leaks import leak

MARKS = "left marks of the chat format in the answer: "


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ("<think>hm</think>Yes.", f"{MARKS}<think>, </think>"),
        ("<thought>hm</thought>Yes.", f"{MARKS}<thought>, </thought>"),
        ("Yes.<end_of_turn>", f"{MARKS}<end_of_turn>"),
        ("Yes.<turn|>\n<|turn>user\nAnd?", f"{MARKS}<turn|>, <|turn>"),
        ("Look.<|tool_call>call:f{}<tool_call|>", f"{MARKS}<|tool_call>, <tool_call|>"),
        ("Yes.<|im_end|>", f"{MARKS}<|im_end|>"),
        ("thought\nI should add.\n\nIt is 4.", "began the answer with the bare word “thought”"),
        ("I should add.<channel|>It is 4.", "all before <channel|> is one"),
        ("I should add.</think>\nIt is 4.", "all before </think> is one"),
    ],
)
def test_leaks_are_said(answer: str, said: str) -> None:
    assert said in leak(answer, "What is 2 + 2?")


@pytest.mark.parametrize(
    ("answer", "asked"),
    [
        ("It is 4.", "What is 2 + 2?"),
        ("Send `<|channel>` first, then `<channel|>`.", "How?"),
        ("```\n<think>\nhm\n</think>\n```\nThat is the format.", "Show it."),
        ("```\n<think>", "Show it."),
        ("The mark <think> opens a thought.", "What does <think> mean?"),
        ("A thought\nand another.", "Say something."),
        ("a < b > c, <b>bold</b>, <thinker>", "Compare."),
    ],
)
def test_what_is_about_marks_is_no_leak(answer: str, asked: str) -> None:
    assert leak(answer, asked) == ""
