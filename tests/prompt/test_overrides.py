"""What one contender does otherwise: applied, written and read, for every setting that there is."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

import pytest

from playground.prompt import overrides
from playground.prompt.conversation import Settings
from playground.prompt.overrides import NAMES, Overrides, Unfit, apart, parse, read, words, write

SCHEMA = {"title": "Shapes", "type": "object", "properties": {"a,b~c": {"type": "string"}}}
VALUES: dict[str, list[Any]] = {
    "temperature": [0.0, 0.7, None],
    "top_p": [0.9, None],
    "top_k": [0, 64, None],
    "seed": [7, None],
    "max_tokens": [64],
    "thinking": [True, False],
    "image_tokens": [280, None],
    "schema": [SCHEMA, None],
    "tools": [({"name": "clock"},), ()],
    "system": ["Be brief.", "", "a=b, c~d\nété"],
}


def test_every_setting_can_be_overridden() -> None:
    assert {field.name for field in fields(Settings)} | {"system"} == set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_a_value_survives_being_written(name: str) -> None:
    for value in VALUES.get(name, []):
        assert read(name, write(name, value)) == value
        assert parse(f"{name.replace('_', '-')}={write(name, value)}") == (name, value)


def test_only_what_is_said_changes() -> None:
    common = Settings(temperature=0.3, seed=7)
    assert Overrides().apply(common) == common
    own = Overrides.of(image_tokens=280, temperature=None, system="Be brief.")
    assert own.apply(common) == Settings(seed=7, image_tokens=280)
    assert own.system == "Be brief." and Overrides().system is None
    assert own.with_("temperature", 1.0).without("image_tokens").apply(common).temperature == 1.0


def test_thinking_brings_the_room_that_it_needs() -> None:
    assert Overrides.of(thinking=True).apply(Settings()).max_tokens == 2048
    assert Overrides.of(thinking=True).apply(Settings(max_tokens=99)).max_tokens == 99


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ("image-tokens=100", "A picture can't take 100 tokens; 70, 140, 280, 560 or 1120"),
        ("temperature=3", "The temperature lies between 0 and 2"),
        ("temperature=nan", "The temperature lies between 0 and 2"),
        ("temperature=warm", "temperature is a number, not 'warm'"),
        ("thinking=perhaps", "thinking is on or off, not 'perhaps'"),
        ("seed=-1", "seed is a whole number, not '-1'"),
        ("max-tokens=own", "max-tokens is a whole number"),
        ("max-tokens=0", "The maximum length lies between 1 and"),
        ("tools={}", "tools is not what is wanted: a list of objects"),
        ("schema=[", "schema is no JSON"),
        ("flavour=sweet", "There is no setting 'flavour'; there are temperature, top-p"),
        ("thinking", "'thinking' lacks its value"),
    ],
)
def test_what_does_not_fit_says_why(said: str, why: str) -> None:
    with pytest.raises(Unfit) as caught:
        parse(said)
    assert why in str(caught.value) and str(caught.value).endswith(".")


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("thinking", True, "thinking"),
        ("thinking", False, "no thinking"),
        ("image_tokens", 1120, "1,120 tokens a picture"),
        ("image_tokens", None, "own picture budget"),
        ("temperature", 0.5, "temperature 0.5"),
        ("temperature", None, "own temperature"),
        ("top_p", 0.9, "top-p 0.9"),
        ("top_k", 40, "top-k 40"),
        ("seed", 7, "seed 7"),
        ("max_tokens", 2048, "at most 2,048 tokens"),
        ("system", "Answer in one word, and mind your manners.", "“Answer in one word, and…”"),
        ("system", " ", "no system prompt"),
        ("schema", SCHEMA, "schema Shapes"),
        ("schema", {}, "schema"),
        ("schema", None, "no schema"),
        ("tools", ({}, {}), "2 tools"),
        ("tools", (), "no tools"),
    ],
)
def test_what_sets_a_contender_apart_has_a_name(name: str, value: object, said: str) -> None:
    assert words(name, value) == said


def test_lengths_that_follow_thinking_set_nobody_apart() -> None:
    assert apart(Settings(thinking=True), Settings()) == (("thinking", True),)
    assert apart(Settings(max_tokens=9), Settings()) == (("max_tokens", 9),)


def test_a_setting_that_comes_later_is_taken_as_it_is_declared(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    hints = {**overrides._HINTS, "rounds": int | None, "choice": str, "sharp": bool}
    monkeypatch.setattr(overrides, "_HINTS", hints)
    assert [overrides._kind(name) for name in ("rounds", "choice", "sharp")] == [
        (int, True), (str, False), (bool, False),
    ]  # fmt: skip
    assert words("rounds", 3) == "rounds 3" and words("sharp", False) == "no sharp"
    assert words("choice", "auto") == "choice auto"
