"""Tool calls, however a server tells them apart."""

from __future__ import annotations

import json
from typing import Any

import pytest

from playground.engines.server.replies.calls import Calls
from playground.tools.calls import read


def part(name: str = "", arguments: Any = "", **more: Any) -> dict[str, Any]:
    function = {"name": name} if name else {}
    return {"function": {**function, "arguments": arguments}, **more}


def follow(*parts: dict[str, Any]) -> str:
    calls = Calls()
    return "".join(map(calls.take, parts)) + calls.rest()


BOTH = 'call:f{"a": 1}\ncall:g{"b": 2}'
CASES: dict[str, list[dict[str, Any]]] = {
    "by index": [
        part("f", "", index=0, id="x"),
        part("", '{"a"', index=0),
        part("", ": 1}", index=0),
        part("g", "", index=1, id="y"),
        part("", '{"b": 2}', index=1),
    ],
    "one index, other ids": [
        part("f", '{"a": 1}', index=0, id="x"),
        part("g", '{"b": 2}', index=0, id="y"),
    ],
    "one index, no ids": [part("f", '{"a": 1}', index=0), part("g", '{"b": 2}', index=0)],
    "no index": [part("f", '{"a": ', id="x"), part("", "1}"), part("g", '{"b": 2}', id="y")],
    "neither": [part("f", '{"a": 1'), part("", "}"), part("g", '{"b"'), part("", ": 2}")],
    "in turns": [
        part("f", '{"a"', index=0, id="x"),
        part("g", '{"b"', index=1, id="y"),
        part("", ": 1}", index=0),
        part("", ": 2}", index=1),
    ],
    "in turns, by id": [
        part("f", '{"a"', id="x"),
        part("g", '{"b"', id="y"),
        part("", ": 2}", id="y"),
        part("", ": 1}", id="x"),
    ],
    "a new id with every piece": [
        part("f", '{"a"', index=0, id="1"),
        part("", ": 1}", index=0, id="2"),
        part("g", '{"b"', index=1, id="3"),
        part("", ": 2}", index=1, id="4"),
    ],
    "the name again with every piece": [
        part("f", '{"a"', index=0, id="x"),
        part("f", ": 1}", index=0, id="x"),
        part("g", '{"b": 2}', index=1, id="y"),
    ],
    "arguments as an object": [part("f", {"a": 1}, index=0), part("g", {"b": 2}, index=1)],
    "an empty id": [
        part("f", '{"a": 1}', index=0, id=""),
        part("g", '{"b": 2}', index=0, id=""),
    ],
}


@pytest.mark.parametrize("nothing", ["", None, "null", " ", "{}"])
@pytest.mark.parametrize("more", [{}, {"index": 0}])
def test_a_call_may_have_no_arguments(nothing: Any, more: dict[str, Any]) -> None:
    said = follow(part("f", nothing, **more), part("g", '{"b": 2}', **more))
    assert [(call.name, call.arguments, call.fault) for call in read(said)] == [
        ("f", {}, ""),
        ("g", {"b": 2}, ""),
    ]


@pytest.mark.parametrize("cut", [1, 5, 14])
def test_arguments_may_be_json_within_json(cut: int) -> None:
    twice = json.dumps('{"a": 1}')
    calls = [part("f", twice[:cut], index=0), part("", twice[cut:], index=0)]
    assert follow(*calls, part("g", '{"b": 2}', index=1)) == BOTH
    assert follow(part("f", "[1]", index=0)) == "call:f [1]"
    assert follow(part("f", '"a', index=0)) == 'call:f "a'


@pytest.mark.parametrize("case", CASES)
def test_two_calls_are_two(case: str) -> None:
    assert follow(*CASES[case]) == BOTH


def test_what_is_certain_is_shown_at_once() -> None:
    calls = Calls()
    assert calls.take(part("f", '{"a"', index=0)) == 'call:f{"a"'
    assert calls.take(part("g", '{"b": 2}', index=1)) == "", "the first one is not whole"
    assert calls.take(part("", ": 1}", index=0)) == ': 1}\ncall:g{"b": 2}'


def test_a_call_without_arguments() -> None:
    assert follow(part("f", "", index=0, id="x"), part("g", "{}", index=1, id="y")) == (
        "call:f\ncall:g{}"
    )
    assert follow(part("f"), part("g")) == "call:f\ncall:g"
    # Some write what has no arguments so, and a name is not to go on with it.
    assert follow(part("f", "null", index=0), part("g", "[]", index=1)) == "call:f\ncall:g []"


@pytest.mark.parametrize("told", [part("f", 7), part("f", ["a"]), {"function": {"name": 7}}])
def test_what_is_no_call(told: dict[str, Any]) -> None:
    with pytest.raises(TypeError):
        follow(told)
