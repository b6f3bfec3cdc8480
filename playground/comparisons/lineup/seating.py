"""Entries and the models that they lead to, made into contenders; and a contender's repeats, found again."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from playground.comparisons.contender import Contender
from playground.comparisons.lineup.entry import Entry
from playground.comparisons.lineup.naming import Column, kinds, labels, without_count
from playground.models.model import Model
from playground.prompt.conversation import Settings

MOST_SEED = 2**53
"""Seeds that are derived lie below it: numbers that browsers and servers carry whole."""


@dataclass(frozen=True, slots=True)
class Group:
    """A contender with all its repeats, in order; mostly it is one."""

    label: str
    contenders: tuple[Contender, ...]

    @property
    def first(self) -> Contender:
        """Who stands for all."""
        return self.contenders[0]


def seat(
    entries: Sequence[tuple[Entry, Model]],
    common: Settings,
    seeded: Callable[[Settings, Model], Settings] = lambda settings, _: settings,
) -> tuple[Contender, ...]:
    """The contenders in order, an entry's repeats one after another; entries that come to the same are repeats too.

    `seeded` may give a seed to settings without one. Repeats count on from a seed, so that no two are the same. Raises
    Unfit.
    """
    columns: list[Column] = []
    ids: list[str] = []
    for entry, model in entries:
        settings = seeded(entry.own.apply(common), model)
        columns += [Column(model, settings, entry.own.system)] * entry.repeats
        ids += [f"{entry.id}#{n + 1}" if n else entry.id for n in range(entry.repeats)]
    used: set[tuple[int, int]] = set()
    names = labels(columns, common)
    seats = []
    for column, kind, id, name in zip(columns, kinds(columns), ids, names, strict=True):
        seed = column.settings.seed
        while seed is not None and (kind, seed) in used:
            seed = (seed + 1) % MOST_SEED
        if seed is not None:
            used.add((kind, seed))
        settings = replace(column.settings, seed=seed)
        seats.append(Contender(column.model, settings, name, id, column.system))
    return tuple(seats)


def groups(contenders: Sequence[Contender]) -> tuple[Group, ...]:
    """The contenders with their repeats together, in the order of the first of each."""
    columns = [Column(one.model, one.settings, one.system) for one in contenders]
    found: dict[int, list[Contender]] = {}
    for one, kind in zip(contenders, kinds(columns), strict=True):
        found.setdefault(kind, []).append(one)
    return tuple(
        Group(without_count(each[0].label) if len(each) > 1 else each[0].label, tuple(each))
        for each in found.values()
    )


def standing(contenders: Sequence[Contender]) -> tuple[Contender, ...]:
    """Who stands for each group: its first, called as all of them together."""
    return tuple(replace(one.first, label=one.label) for one in groups(contenders))
