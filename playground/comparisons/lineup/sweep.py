"""One setting over several values: "image-tokens=70,140,280" as entries, one for each value."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from playground.comparisons.lineup.entry import Entry, numbered
from playground.models.capabilities import IMAGE_BUDGETS
from playground.prompt.overrides import Unfit, read, spoken, write

USUAL = {
    "image_tokens": ",".join(map(str, IMAGE_BUDGETS)),
    "temperature": "0,0.5,1,1.5",
    "thinking": "off,on",
    "max_tokens": "64,256,1024",
    "top_p": "0.5,0.9,1",
    "top_k": "1,16,64",
    "seed": "1,2,3",
}
"""Settings that are swept in practice, and values to begin with."""

MOST = 12
"""Values of one sweep."""


@dataclass(frozen=True, slots=True)
class Sweep:
    """A setting and the values that it takes, in order."""

    name: str
    values: tuple[Any, ...]

    @property
    def plain(self) -> dict[str, Any]:
        """As JSON: the setting's name and its values."""
        return {"setting": self.name, "values": list(self.values)}


def parse(text: str) -> Sweep:
    """ "image-tokens=70,140,280". Raises Unfit."""
    name, equals, rest = text.partition("=")
    name = name.strip().replace("-", "_")
    if not equals or not rest.strip():
        raise Unfit(f"{text!r} lacks its values: write it as in image-tokens=70,140,280.")
    if name not in USUAL:
        raise Unfit(f"{spoken(name)} can't be swept; {', '.join(map(spoken, USUAL))} can.")
    said = [one for one in rest.split(",") if one.strip()]
    if len(said) > MOST:
        raise Unfit(f"A sweep has at most {MOST} values, not {len(said)}.")
    values = tuple(dict.fromkeys(write(name, read(name, one)) for one in said))
    return Sweep(name, tuple(read(name, one) for one in values))


def swept(entries: Iterable[Entry], sweep: Sweep) -> tuple[Entry, ...]:
    """Each entry once for every value."""
    return numbered(
        replace(entry, own=entry.own.with_(sweep.name, value))
        for entry in entries
        for value in sweep.values
    )
