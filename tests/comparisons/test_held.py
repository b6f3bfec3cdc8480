"""What of an answer is held to its schema, and how that is said."""

from __future__ import annotations

from typing import Any

import pytest

from playground.comparisons.figures import Timeline
from playground.comparisons.going_on import cut_short
from playground.comparisons.steps import Called, Step, judged
from playground.prompt.schema.judging import verdict

SCHEMA = {"type": "object", "properties": {"n": {"type": "integer"}}, "required": ["n"]}


def step(text: str, calls: int = 0, tool_call: str = "") -> Step:
    made = tuple(Called("look_up", {}, 0.0, "given") for _ in range(calls))
    return Step(Timeline(0.0), text=text, calls=made, tool_call=tool_call)


@pytest.mark.parametrize(
    ("steps", "said"),
    [
        ([step('{"n": 1}')], "valid against the schema"),
        ([step('{"n": '), step("1}")], "valid against the schema"),  # cut and gone on with
        ([step("Let me see.", calls=1), step('{"n": 1}')], "valid against the schema"),
        ([step("Let me see.", calls=2), step('{"n": '), step("1}")], "valid against the schema"),
        ([step('{"n": "x"}')], "not valid against the schema: n: 'x' is not of type 'integer'"),
        ([step('{"n": ')], "not whole: it was cut short"),
        ([step(" ")], None),
        ([step("Let me see.", tool_call="call:look_up{}")], None),
    ],
)
def test_the_last_words_count(steps: list[Step], said: str | None) -> None:
    found = judged(steps, SCHEMA)
    assert (verdict(found, cut=True) if found else None) == said


def test_nothing_is_judged_where_nothing_was_wanted() -> None:
    assert judged([step("{}")], None) is None


@pytest.mark.parametrize(
    ("state", "reason", "cut"),
    [
        ("done", "stop", False),
        ("done", None, False),
        ("done", "length", True),
        ("stopped", None, True),
    ],
)
def test_what_did_not_end_by_itself_cut_short(state: str, reason: Any, cut: bool) -> None:
    assert cut_short(state, reason) is cut
