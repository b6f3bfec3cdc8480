"""Boxes and points that an answer holds, as Gemma 4 writes them, and how well two of them agree.

`{"box_2d": [y0, x0, y1, x1], "label": "cat"}` and `{"point": [y, x], "label": "cat"}` in thousandths of the picture's
height and width (Hugging Face's article on Gemma 4: [y1, x1, y2, x2] of 1000 x 1000), alone, in a list, in a fence or
amid words.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

SCALE = 1000.0
OPENING = re.compile(r"[\[{]")
MOST = 200
"""Boxes of one answer that are read."""

MOST_ENDLESS = 20
"""Places from which brackets open and open: behind so many nothing more is looked for, each takes its time."""


@dataclass(frozen=True, slots=True)
class Box:
    """A box with its label; corners as shares of the picture's width and height, 0 to 1, left above right below."""

    label: str
    left: float
    top: float
    right: float
    bottom: float

    @property
    def area(self) -> float:
        """Share of the picture that it covers."""
        return max(0.0, self.right - self.left) * max(0.0, self.bottom - self.top)


@dataclass(frozen=True, slots=True)
class Point:
    """A point with its label, as shares of the picture's width and height."""

    label: str
    x: float
    y: float


def found(text: str) -> tuple[Box | Point, ...]:
    """The boxes and points in an answer, in order; what is no number or lies in no picture is left out."""
    marks: list[Box | Point] = []
    for entry in _objects(text):
        mark = _mark(entry)
        if mark is not None:
            marks.append(mark)
            if len(marks) == MOST:
                break
    return tuple(marks)


def iou(one: Box, other: Box) -> float:
    """Intersection over union: 1 for equal boxes, 0 for those that do not touch."""
    width = min(one.right, other.right) - max(one.left, other.left)
    height = min(one.bottom, other.bottom) - max(one.top, other.top)
    shared = max(0.0, width) * max(0.0, height)
    whole = one.area + other.area - shared
    return shared / whole if whole > 0 else 0.0


def agreement(ones: Sequence[Box], others: Sequence[Box]) -> float | None:
    """The mean IoU of boxes that are paired best first, the same label before any; a box without a partner counts 0.
    None where neither has one.
    """
    if not ones and not others:
        return None
    pairs = sorted(
        ((a, b) for a in range(len(ones)) for b in range(len(others))),
        key=lambda pair: (
            ones[pair[0]].label.casefold() != others[pair[1]].label.casefold(),
            -iou(ones[pair[0]], others[pair[1]]),
        ),
    )
    left, right, total = set(range(len(ones))), set(range(len(others))), 0.0
    for a, b in pairs:
        if a in left and b in right:
            left.remove(a)
            right.remove(b)
            total += iou(ones[a], others[b])
    return total / max(len(ones), len(others))


def by_label(ones: Sequence[Box], reference: Sequence[Box]) -> dict[str, float]:
    """The agreement for each label of either, case aside, the reference's first; a label that only one has is 0."""
    named: dict[str, str] = {}
    for box in (*reference, *ones):
        named.setdefault(box.label.casefold(), box.label)
    found = {}
    for folded, label in named.items():
        sides = (
            [box for box in side if box.label.casefold() == folded] for side in (ones, reference)
        )
        found[label] = agreement(*sides) or 0.0
    return found


def _objects(text: str) -> Iterator[dict[str, Any]]:
    """Every JSON object in the text that may be a mark, in order, wherever it stands."""
    decoder = json.JSONDecoder()
    at = endless = 0
    while (opening := OPENING.search(text, at)) is not None and endless < MOST_ENDLESS:
        try:
            value, at = decoder.raw_decode(text, opening.start())
        except (ValueError, RecursionError) as error:
            endless += isinstance(error, RecursionError)
            at = opening.start() + 1
            continue
        yield from _within(value)


def _within(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        yield value
        for inner in value.values():
            yield from _within(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _within(inner)


def _mark(entry: dict[str, Any]) -> Box | Point | None:
    label = entry.get("label") or entry.get("name") or ""
    label = label if isinstance(label, str) else ""
    corners = _numbers(entry.get("box_2d") or entry.get("bbox_2d"), 4)
    if corners is not None:
        top, left, bottom, right = corners
        box = Box(label, min(left, right), min(top, bottom), max(left, right), max(top, bottom))
        return box if box.area > 0 else None
    place = _numbers(entry.get("point") or entry.get("point_2d"), 2)
    return None if place is None else Point(label, place[1], place[0])


def _numbers(value: Any, count: int) -> list[float] | None:
    if not isinstance(value, list) or len(value) != count:
        return None
    if not all(isinstance(one, int | float) and not isinstance(one, bool) for one in value):
        return None
    if not all(0 <= one <= SCALE for one in value):
        return None
    return [one / SCALE for one in value]
