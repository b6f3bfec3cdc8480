"""What others published of the family: results, what a picture's budget buys, speeds, and claims with verdicts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from playground.models.family.reading import CatalogError, made

REFERENCE = "Gemma 3 27B"
"""The older model that results are put beside."""

Kind = Literal[
    "model card", "report", "documentation", "announcement", "configuration", "source code",
    "counted", "third party", "anecdote",
]  # fmt: skip

Verdict = Literal["confirmed", "contradicted", "can't be checked"]


@dataclass(frozen=True, slots=True)
class Source:
    """Where a number comes from, and what kind of witness that is. `link` is empty where there is none to give."""

    title: str
    kind: Kind
    link: str


@dataclass(frozen=True, slots=True)
class Result:
    """One benchmark: by member (and REFERENCE) what it reached. `sources` names those of single members."""

    key: str
    title: str
    group: str
    unit: str
    better: Literal["higher", "lower"]
    values: Mapping[str, float]
    source: str
    sources: Mapping[str, str] = field(default_factory=dict)
    note: str = ""

    def source_of(self, name: str) -> str:
        """The source of that member's value."""
        return self.sources.get(name, self.source)


@dataclass(frozen=True, slots=True)
class Budget:
    """A benchmark at so many soft tokens for a picture."""

    result: str
    tokens: int
    values: Mapping[str, float]
    source: str


@dataclass(frozen=True, slots=True)
class Speed:
    """A published speed: tokens a second, but milliseconds for "ttft" and a factor for "speedup". `precision` is empty
    where nobody said it.
    """

    variant: str
    what: Literal["decode", "prefill", "throughput", "ttft", "speedup"]
    value: float
    engine: str
    hardware: str
    source: str
    precision: str = ""
    note: str = ""

    @property
    def unit(self) -> str:
        """In what `value` counts."""
        return {"ttft": "ms", "speedup": "times"}.get(self.what, "tok/s")


@dataclass(frozen=True, slots=True)
class Demo:
    """A demo-sized sister of a member. Not Gemma 4."""

    variant: str
    stored: int
    layers: int
    hidden: int
    context: int
    source: str


@dataclass(frozen=True, slots=True)
class Measure:
    """A comparison that shows it: columns by their specs, a prompt, a sample's file, with thinking or not."""

    on: tuple[str, ...]
    prompt: str
    file: str = ""
    thinking: bool | None = None


@dataclass(frozen=True, slots=True)
class Claim:
    """What an article said, whether it holds, and by whom. `measure` is None where this program can't show it."""

    article: str
    said: str
    verdict: Verdict
    source: str
    found: str = ""
    measure: Measure | None = None


@dataclass(frozen=True, slots=True)
class Published:
    """All of it, each in the catalogue's order."""

    results: tuple[Result, ...]
    budgets: tuple[Budget, ...]
    speeds: tuple[Speed, ...]
    demos: tuple[Demo, ...]
    claims: tuple[Claim, ...]

    def result(self, key: str) -> Result:
        """The benchmark of that key. Raises KeyError."""
        for one in self.results:
            if one.key == key:
                return one
        raise KeyError(key)


def read(held: Mapping[str, Any], members: set[str], sources: Mapping[str, Any]) -> Published:
    """The published part of the catalogue. Raises CatalogError, also for a member that there is not."""
    results = tuple(
        made(Result, one, f"result {one.get('key', '?')}", sources)
        for one in held.get("result", [])
    )
    budgets = tuple(made(Budget, one, "budget", sources) for one in held.get("budget", []))
    speeds = tuple(made(Speed, one, "speed", sources) for one in held.get("speed", []))
    demos = tuple(made(Demo, one, "demo", sources) for one in held.get("demo", []))
    claims = tuple(_claim(one, sources) for one in held.get("claim", []))
    named = {name for one in results for name in one.values}
    named |= {name for one in budgets for name in one.values}
    named |= {one.variant for one in speeds} | {one.variant for one in demos}
    if stray := named - members - {REFERENCE}:
        raise CatalogError(f"{', '.join(sorted(stray))}: published of, and no member.")
    known = {one.key for one in results}
    if stray := {one.result for one in budgets} - known:
        raise CatalogError(f"{', '.join(sorted(stray))}: budgets of a result that there is not.")
    return Published(results, budgets, speeds, demos, claims)


def _claim(values: Mapping[str, Any], sources: Mapping[str, Any]) -> Claim:
    where = f"claim {values.get('said', '?')!r}"
    whole = dict(values)
    if "measure" in whole:
        whole["measure"] = made(Measure, whole["measure"], f"{where}.measure", sources)
    return made(Claim, whole, where, sources)
