"""Boxes and points are found wherever an answer holds them, and compared."""

from __future__ import annotations

import json

import pytest

from playground.comparisons.findings.boxes import Box, Point, agreement, by_label, found, iou

CAT = '{"box_2d": [100, 200, 300, 400], "label": "cat"}'
BOX = Box("cat", 0.2, 0.1, 0.4, 0.3)


@pytest.mark.parametrize(
    "text",
    [
        CAT,
        f"[{CAT}]",
        f"Here it is:\n```json\n[{CAT}]\n```\nThat's all.",
        f"broken [ {{ and then {CAT} }}",
        f'{{"objects": [{CAT}]}}',
        '{"box_2d": [300, 400, 100, 200], "label": "cat"}',
        '{"bbox_2d": [100, 200, 300, 400], "name": "cat"}',
    ],
)
def test_a_box_is_found(text: str) -> None:
    assert found(text) == (BOX,)


def test_a_point_is_found() -> None:
    assert found('[{"point": [250, 750], "label": "nose"}]') == (Point("nose", 0.75, 0.25),)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "no box",
        "[" * 5000,
        '{"box_2d": [1, 2, 3]}',
        '{"box_2d": [0, 0, 0, 0]}',
        '{"box_2d": [0, 0, 2000, 10]}',
        '{"box_2d": [true, 0, 10, 10]}',
        '{"box_2d": ["1", 0, 10, 10]}',
        '{"box_2d": [NaN, 0, 10, 10]}',
    ],
)
def test_what_is_no_box_is_left_out(text: str) -> None:
    assert found(text) == ()


def test_brackets_that_only_open_are_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    tried: list[int] = []
    decode = json.JSONDecoder.raw_decode

    def counted(self: json.JSONDecoder, text: str, at: int = 0) -> tuple[object, int]:
        tried.append(at)
        return decode(self, text, at)

    monkeypatch.setattr(json.JSONDecoder, "raw_decode", counted)
    assert found('{"a":' * 20_000) == () and len(tried) < 50
    assert found("if (x) { y[0] = {" * 400 + CAT) == (BOX,), "braces of code are none of those"


def test_intersection_over_union() -> None:
    assert iou(BOX, BOX) == pytest.approx(1)
    assert iou(Box("", 0, 0, 0.5, 1), Box("", 0.25, 0, 0.75, 1)) == pytest.approx(1 / 3)
    assert iou(Box("", 0, 0, 0.2, 0.2), Box("", 0.5, 0.5, 1, 1)) == 0


def test_boxes_are_paired_by_label_and_place() -> None:
    dog = Box("dog", 0.6, 0.6, 0.9, 0.9)
    assert agreement([BOX, dog], [dog, BOX]) == pytest.approx(1)
    assert agreement([BOX], [BOX, dog]) == pytest.approx(0.5)
    assert agreement([], [dog]) == 0
    assert agreement([], []) is None


def test_each_label_is_held_against_the_reference() -> None:
    dog, half = Box("dog", 0.6, 0.6, 0.9, 0.9), Box("Dog", 0.6, 0.6, 0.75, 0.9)
    assert by_label([half, BOX], [BOX, dog]) == pytest.approx({"cat": 1, "dog": 0.5})
    assert by_label([BOX], [dog]) == {"dog": 0, "cat": 0}
    assert by_label([dog, dog], [dog]) == pytest.approx({"dog": 0.5})
    assert list(by_label([half], [dog])) == ["dog"]
