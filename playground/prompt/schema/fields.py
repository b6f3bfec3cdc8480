"""Answers that hold JSON, field by field: one as lines of a tree or rows of a table, several beside each other."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

MOST = 500
"""Fields of one answer that are told apart; what follows is left out."""

MOST_DEPTH = 40

PLAIN = re.compile(r"[^\s.\[\]\"]+")
"""Names that need no quotes in a path."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a tree: how deep it stands, its name, and its value as JSON, empty where fields of its own follow.

    `path` names it among all: "people[0].name".
    """

    depth: int
    path: str
    name: str
    value: str


@dataclass(frozen=True, slots=True)
class Table:
    """A list of like objects: the names of their fields, and a row of cells an object, each with its path."""

    head: tuple[str, ...]
    rows: tuple[tuple[Line, ...], ...]
    left_out: int = 0


@dataclass(frozen=True, slots=True)
class Field:
    """One field in several answers: its value in each, None where it is not there."""

    path: str
    values: tuple[str | None, ...]

    @property
    def same(self) -> bool:
        """Whether all have it alike."""
        return len(set(self.values)) == 1


def tree(value: Any) -> tuple[Line, ...]:
    """A value as lines."""
    lines: list[Line] = []
    for line in _lines(value, "", "", 0):
        if len(lines) == MOST:
            break
        lines.append(line)
    return tuple(lines)


def table(value: Any) -> Table | None:
    """A value as a table: a list of objects without lists or objects in them, alone or as an object's only field.
    None where it is none.
    """
    before = ""
    if isinstance(value, dict) and len(value) == 1:
        ((before, value),) = value.items()
    if not isinstance(value, list) or not value or not all(map(_flat, value)):
        return None
    head = tuple(dict.fromkeys(name for one in value for name in one))
    if len(head) > 12:
        return None
    kept = value[: max(1, MOST // len(head))]
    rows = tuple(
        tuple(
            Line(
                0, _step(f"{before}[{number}]", name), name, plain(one[name]) if name in one else ""
            )
            for name in head
        )
        for number, one in enumerate(kept)
    )
    return Table(head, rows, len(value) - len(kept))


def compare(values: Sequence[Any]) -> tuple[Field, ...]:
    """The fields of several answers, in the order in which they come first."""
    held = [{line.path: line.value for line in tree(value) if line.value} for value in values]
    order: dict[str, None] = {}
    for one in held:
        at = list(order)
        place = 0
        for path in one:
            if path in order:
                place = at.index(path) + 1
            else:
                at.insert(place, path)
                place += 1
        order = dict.fromkeys(at)
    return tuple(Field(path, tuple(one.get(path) for one in held)) for path in order)


def plain(value: Any) -> str:
    """A value as JSON in one line; a text as it reads, unless that would be taken for something else."""
    return json.dumps(value, ensure_ascii=False)


def _flat(one: Any) -> bool:
    return (
        isinstance(one, dict)
        and bool(one)
        and not any(isinstance(v, dict | list) for v in one.values())
    )


def _lines(value: Any, path: str, name: str, depth: int) -> Iterator[Line]:
    inner: Iterator[tuple[str, str, Any]]
    if isinstance(value, dict) and value and depth < MOST_DEPTH:
        inner = ((_step(path, key), key, one) for key, one in value.items())
    elif isinstance(value, list) and value and depth < MOST_DEPTH:
        inner = ((f"{path}[{at}]", str(at + 1), one) for at, one in enumerate(value))
    else:
        yield Line(max(0, depth - 1), path, name, plain(value))
        return
    if depth:
        yield Line(depth - 1, path, name, "")
    for inner_path, inner_name, one in inner:
        yield from _lines(one, inner_path, inner_name, depth + 1)


def _step(path: str, key: str) -> str:
    """The path of a field within another; a name that would be read as a path itself stands in quotes."""
    if not PLAIN.fullmatch(key):
        return f"{path}[{json.dumps(key, ensure_ascii=False)}]"
    return f"{path}.{key}" if path else key
