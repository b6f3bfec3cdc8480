"""What an operator lets each visitor have in an hour and a day, and how it is said.

Knows nobody's use of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from playground.config import Config

Resource = Literal["runs", "tokens", "upload_mb", "minutes"]

SECONDS = {"hour": 3600, "day": 86_400}

NAMES: dict[Resource, str] = {
    "runs": "questions",
    "tokens": "tokens",
    "upload_mb": "MB of uploads",
    "minutes": "minutes of computing",
}

UNITS: dict[Resource, int] = {"runs": 1, "tokens": 1, "upload_mb": 1_000_000, "minutes": 60}
"""What it is counted in, by one of what is said: bytes for megabytes, seconds for minutes."""


@dataclass(frozen=True, slots=True)
class Allowance:
    """So much of a resource in an hour or a day, which begin with the first use of it."""

    resource: Resource
    amount: int
    period: str

    @property
    def counted(self) -> int:
        """All of it, counted as UNITS say."""
        return self.amount * UNITS[self.resource]

    @property
    def name(self) -> str:
        """ "questions"."""
        return NAMES[self.resource]

    @property
    def words(self) -> str:
        """ "30 questions an hour"."""
        return f"{self.amount:,} {self.name} {'an' if self.period == 'hour' else 'a'} {self.period}"


@dataclass(frozen=True, slots=True)
class Left:
    """What a visitor has left of an allowance: `counted` as UNITS say, bytes and seconds; `back_s` seconds on all of it
    is there again.
    """

    allowance: Allowance
    counted: int
    back_s: float

    @property
    def share(self) -> float:
        """Between 0 and 1."""
        return self.counted / self.allowance.counted

    @property
    def amount(self) -> float:
        """Megabytes, minutes, questions or tokens: a tenth exactly, and never more than there is."""
        return self.counted * 10 // UNITS[self.allowance.resource] / 10

    @property
    def words(self) -> str:
        """ "12 of 30 questions left this hour, all of them again in 23 min"."""
        one = self.allowance
        when = "today" if one.period == "day" else "this hour"
        again = f", all of them again {soon(self.back_s)}" if self.counted < one.counted else ""
        left = f"{self.amount:,.1f}".removesuffix(".0")
        if self.counted and not self.amount:
            left = "less than 0.1"
        return f"{left} of {one.amount:,} {one.name} left {when}{again}"


def allowed(config: Config) -> tuple[Allowance, ...]:
    """All that the operator set."""
    said: dict[Resource, tuple[tuple[int, str], ...]] = {
        "runs": config.most_runs,
        "tokens": config.most_tokens,
        "upload_mb": config.most_upload_mb,
        "minutes": config.most_minutes,
    }
    return tuple(Allowance(name, *one) for name, each in said.items() for one in each)


def soon(seconds: float) -> str:
    """ "in 40 s", "in 23 min", "in 5 h"."""
    if seconds < 90:
        return f"in {max(1, round(seconds))} s"
    return f"in {round(seconds / 60)} min" if seconds < 5400 else f"in {round(seconds / 3600)} h"
