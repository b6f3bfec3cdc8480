"""What contenders are called: names that say the difference by themselves. Pure; knows no entry and no question.

"E2B", "E2B · thinking", "E2B · 280 tokens a picture", "E2B · 2 of 3".
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from playground.models.model import Model
from playground.prompt.conversation import Settings
from playground.prompt.overrides import SYSTEM, apart, words

_REPEAT = re.compile(r" · \d+ of \d+$")


@dataclass(frozen=True, slots=True)
class Column:
    """What a name is made from. `system` is a system prompt of its own."""

    model: Model
    settings: Settings
    system: str | None = None


def kinds(columns: Sequence[Column]) -> list[int]:
    """For each the place of the first that is like it: one contender that answers again, alike in all but the seed."""
    bare = [replace(one, settings=replace(one.settings, seed=None)) for one in columns]
    return [bare.index(one) for one in bare]


def labels(columns: Sequence[Column], common: Settings) -> list[str]:
    """A name for each, all different: the variant, what is otherwise than `common`, and where that leaves two models
    alike the server or the weights. Repeats are counted; what sets two apart may be cut short, then they are numbered.
    """
    names = [_settled(one, common) for one in columns]
    for tell in (_place, _weights):
        names = _told_apart(names, columns, tell)
    first = kinds(columns)
    made = []
    for at, name in enumerate(names):
        others = sorted({first[n] for n, one in enumerate(names) if one == name})
        repeats = [n for n, one in enumerate(first) if one == first[at]]
        if number := others.index(first[at]):
            name = f"{name} ({number + 1})"
        if len(repeats) > 1:
            name = f"{name} · {repeats.index(at) + 1} of {len(repeats)}"
        made.append(name)
    return made


def without_count(label: str) -> str:
    """What all repeats of a contender are called together."""
    return _REPEAT.sub("", label)


def _settled(column: Column, common: Settings) -> str:
    bare = replace(column.settings, seed=common.seed)
    said = [words(name, value) for name, value in apart(bare, common)]
    if column.system is not None:
        said.append(words(SYSTEM, column.system))
    return " · ".join([column.model.title, *said])


def _told_apart(
    names: Sequence[str], columns: Sequence[Column], tell: Callable[[Model], str]
) -> list[str]:
    """Where different models have one name, with what is told of each."""
    models: dict[str, list[Model]] = {}
    for name, column in zip(names, columns, strict=True):
        there = models.setdefault(name, [])
        if column.model not in there:
            there.append(column.model)
    return [
        " · ".join(filter(None, (name, tell(column.model)))) if len(models[name]) > 1 else name
        for name, column in zip(names, columns, strict=True)
    ]


def _place(model: Model) -> str:
    if model.server is not None:
        return model.server.name
    return "demo-sized" if model.demo else ""


def _weights(model: Model) -> str:
    return "" if model.demo else model.weights
