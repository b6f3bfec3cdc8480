"""Who is asked: the models that were named, each with what it does otherwise, swept and repeated."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from math import prod
from typing import Any

from playground.comparisons.lineup.entry import Entry, numbered
from playground.comparisons.lineup.sweep import Sweep, parse, swept
from playground.engines.roster import specs
from playground.models.precision import PRECISIONS
from playground.prompt import overrides
from playground.prompt.limits import LIMITS
from playground.prompt.overrides import Unfit
from playground.questions.faults import BadCall
from playground.questions.files import Opened
from playground.questions.schemas import schema
from playground.questions.tools import wanted

MOST = 200
"""Names, settings of single ones, or sweeps of one question."""


@dataclass(frozen=True, slots=True)
class Lineup:
    """Entries in order, and the sweeps that they came from."""

    entries: tuple[Entry, ...]
    sweeps: tuple[Sweep, ...]


def lineup(given: Mapping[str, Any], opened: Opened | None = None) -> Lineup:
    """From `on`, `set`, `sweep` and `repeat`; `opened` reads the files that they name. Raises BadCall."""
    repeat = given.get("repeat", 1)
    for name in ("on", "set", "sweep"):
        if len(given.get(name, ())) > MOST:
            raise BadCall(f"{name} has {len(given[name]):,} of them; {MOST} are the most.")
    try:
        entries = numbered(Entry(spec) for spec in given.get("on", ()))
        for wish in given.get("set", ()):
            entries = _set(entries, wish, opened)
        sweeps = tuple(parse(text) for text in given.get("sweep", ()))
        # Counted before they are made: each sweep multiplies them.
        count = len(entries) * max(1, repeat) * prod(len(one.values) for one in sweeps)
        if count > LIMITS.answers:
            most = LIMITS.answers
            raise BadCall(
                f"that makes {_count(count)} answers to one question; {most} are the most."
            )
        for sweep in sweeps:
            entries = swept(entries, sweep)
        entries = tuple(replace(one, repeats=repeat) for one in entries)
    except Unfit as error:
        raise BadCall(str(error)) from None
    return Lineup(entries, sweeps)


def _count(number: int) -> str:
    return str(number) if number < 10**6 else "more than a million"


def _set(entries: Sequence[Entry], wish: str, opened: Opened | None) -> tuple[Entry, ...]:
    """The entries after one wish: "E2B:thinking=on"; "E2B#2:..." is the second of that name. Raises BadCall, Unfit."""
    before, equals, value = wish.partition("=")
    whom, _, name = before.rpartition(":")
    if not equals or not whom:
        raise BadCall(f"{wish!r} is not as in E2B:image-tokens=280.")
    spec, _, number = whom.rpartition("#")
    meant = [
        one
        for one in entries
        if whom in (one.spec, one.id) or (spec == one.spec and number == str(one.number))
    ]
    if not meant:
        there = ", ".join(one.id for one in entries) or "nobody"
        raise BadCall(f"{whom!r} is not asked; there is {there}.")
    made = [_changed(one, name, value, opened) if one in meant else one for one in entries]
    return numbered(made)


def _changed(entry: Entry, name: str, value: str, opened: Opened | None) -> Entry:
    if name == "precision":
        if value not in PRECISIONS:
            raise BadCall(f"there is no precision {value!r}; there are {', '.join(PRECISIONS)}.")
        return replace(entry, spec=f"{entry.spec}@{value}")
    if name == "drafter":
        if value not in ("on", "off"):
            raise BadCall(f"drafter is on or off, not {value!r}.")
        off = f"{entry.spec}@{specs.UNDRAFTED}"
        return entry if value == "on" else replace(entry, spec=off)
    own = overrides.parse(f"{name}={_spelled(name, value, opened)}")
    return replace(entry, own=entry.own.with_(*own))


def _spelled(name: str, value: str, opened: Opened | None) -> str:
    """Tools and a schema as JSON, also where they are given by names or in a file. Raises BadCall."""
    readers: dict[str, Callable[[Any, Opened | None], Any]] = {"tools": wanted, "schema": schema}
    said = value.strip()
    if name not in readers or said == overrides.OWN:
        return value
    try:
        held = json.loads(said) if said.startswith(("[", "{")) else said
    except (ValueError, RecursionError):
        raise BadCall(f"{name} is no JSON.") from None
    return overrides.write(name, readers[name](held, opened))
