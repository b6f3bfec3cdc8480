"""One entry of a line-up: a model by its spec, what it does otherwise than all, and how often it answers.

Entries stand in the address and in saved sets as text: "E2B,E2B~thinking~t0.5,demo:31B~image_tokens=280~x3".
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import PurePath
from urllib.parse import quote_plus, unquote, unquote_plus

from playground.prompt.limits import LIMITS
from playground.prompt.overrides import Overrides, Unfit, read, write

LONGEST = 1800
"""Letters of a line-up in an address, as they are written there; servers refuse addresses above some 8,000."""

_THINKING = {"thinking": True, "no-thinking": False}
_ENDS = re.compile(r"[%~,+=\x00-\x1f\x7f]")
_SPEC_ENDS = re.compile(r"[%~,\x00-\x1f\x7f]")
_MAY_BE_EMPTY = ("system", "begun")


@dataclass(frozen=True, slots=True)
class Entry:
    """`number` tells entries of one spec apart, so that each keeps its history when others go. Raises Unfit."""

    spec: str
    own: Overrides = field(default_factory=Overrides)
    repeats: int = 1
    number: int = 1

    def __post_init__(self) -> None:
        if not 1 <= self.repeats <= LIMITS.repeats:
            raise Unfit(f"A contender answers 1 to {LIMITS.repeats} times, not {self.repeats}.")

    @property
    def id(self) -> str:
        """Whose column it is through all rounds: "E2B", "E2B (2)". No path of a disk stands in it."""
        spec = self.spec
        if (spec.startswith("local:") and PurePath(spec[6:]).is_absolute()) or len(spec) > 120:
            mark = hashlib.sha256(spec.encode()).hexdigest()[:8]
            spec = f"{spec.partition(':')[0]}:{PurePath(spec).name[:60]}-{mark}"
        return spec if self.number == 1 else f"{spec} ({self.number})"


def numbered(entries: Iterable[Entry]) -> tuple[Entry, ...]:
    """The same, each with a number that no other of its spec has; who has one keeps it."""
    taken: dict[str, set[int]] = {}
    made = []
    for one in entries:
        there = taken.setdefault(one.spec, set())
        number = one.number
        if number in there:
            number = next(n for n in range(1, len(there) + 2) if n not in there)
        there.add(number)
        made.append(one if number == one.number else replace(one, number=number))
    return tuple(made)


def written(entries: Sequence[Entry], whole: bool = False) -> str:
    """Entries as a link's text. What is too much for an address is left out, the longest values first, unless the
    `whole` is wanted.
    """
    return _joined(entries, () if whole else _too_much(entries))


def lacking(entries: Sequence[Entry]) -> frozenset[str]:
    """The ids of those of which a link lacks a part."""
    return frozenset(entries[at].id for at, _ in _too_much(entries))


Place = tuple[int, str]
"""A value's: the number of its entry, and its name."""


def _too_much(entries: Sequence[Entry]) -> set[Place]:
    """Which values an address has no room for."""
    out: set[Place] = set()
    there = [
        (len(quote_plus(_value(name, value), errors="replace")), at, name)
        for at, one in enumerate(entries)
        for name, value in one.own.values
    ]
    there.sort(key=lambda one: one[0])
    while there and len(quote_plus(_joined(entries, out), errors="replace")) > LONGEST:
        _, at, name = there.pop()
        out.add((at, name))
    return out


def _joined(entries: Sequence[Entry], out: Collection[Place]) -> str:
    seen: dict[str, int] = {}
    parts = []
    for at, one in enumerate(entries):
        seen[one.spec] = expected = seen.get(one.spec, 0) + 1
        mark = "" if one.number == expected else f"~n{one.number}"
        parts.append(_link(one, {name for place, name in out if place == at}) + mark)
    return ",".join(parts)


def entries(text: str) -> tuple[Entry, ...]:
    """The entries of a link's text; what nobody can have written is left out, as is what a question does not take."""
    seen: dict[str, int] = {}
    made = []
    for link in text.split(",", LIMITS.answers)[: LIMITS.answers]:
        if not link:
            continue
        named, *parts = link.split("~")
        spec = unquote(named)
        seen[spec] = expected = seen.get(spec, 0) + 1
        own, repeats, number = Overrides(), 1, expected
        for part in parts:
            if found := re.fullmatch(r"x(\d{1,3})", part):
                repeats = min(max(1, int(found[1])), LIMITS.repeats)
            elif found := re.fullmatch(r"n([1-9]\d?)", part):
                number = int(found[1])
            else:
                with suppress(Unfit):
                    own = _taken(own, part)
        made.append(Entry(spec, own, repeats, number))
    return numbered(made)


def _link(entry: Entry, out: Collection[str]) -> str:
    """ "demo:E2B~thinking~t0.5~image_tokens=280~x3", without the values that are `out`."""
    parts = [_escaped(_SPEC_ENDS, entry.spec)]
    for name, value in sorted(entry.own.values, key=lambda one: one[0] != "thinking"):
        if name in out:
            continue
        if name == "thinking":
            parts.append("thinking" if value else "no-thinking")
        elif name == "temperature" and value is not None:
            parts.append(f"t{write(name, value)}")
        else:
            parts.append(f"{name}={_value(name, value)}")
    if entry.repeats > 1:
        parts.append(f"x{entry.repeats}")
    return "~".join(parts)


def _taken(own: Overrides, part: str) -> Overrides:
    """With what one part of a link says. Raises Unfit."""
    if part in _THINKING:
        return own.with_("thinking", _THINKING[part])
    if re.fullmatch(r"t[0-2](\.\d{1,6})?", part):
        return own.with_("temperature", min(2.0, float(part[1:])))
    name, _, said = part.partition("=")
    if not said and name not in _MAY_BE_EMPTY:
        raise Unfit("There is no value.")
    return own.with_(name, read(name, unquote_plus(said)))


def _value(name: str, value: object) -> str:
    """A value in a link: nothing in it ends an entry or a part. Letters stay: the address writes them anew."""
    return _escaped(_ENDS, write(name, value)).replace(" ", "+")


def _escaped(ends: re.Pattern[str], text: str) -> str:
    return ends.sub(lambda found: f"%{ord(found[0]):02X}", text)
