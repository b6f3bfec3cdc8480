"""What a contender's repeats give together: its distinct answers, how far they agree, and how far the figures spread.

Only answers that came to their end count. Knows no screen.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import cos, isfinite, pi, sin, sqrt, tan
from typing import Any

from playground.comparisons.answer import Answer
from playground.comparisons.figures import Figures
from playground.comparisons.findings.differences import agreement, distinct

MOST_COMPARED = 20_000
"""Characters of an answer that count towards agreement: every two are laid side by side."""

SPREAD = (
    "ttft_s",
    "ttfa_s",
    "tpot_ms",
    "output_tps",
    "prefill_tps",
    "e2e_s",
    "thinking_tokens",
    "answer_tokens",
)
"""Figures that a mean is taken of."""


@dataclass(frozen=True, slots=True)
class Spread:
    """The mean of n values; `half` is half the width of its 95 % interval (Student-t), None for a single value."""

    mean: float
    half: float | None
    n: int


@dataclass(frozen=True, slots=True)
class Together:
    """`asked` answers were asked for and `n` came to their end. `distinct` are those that differ in their words, each
    with how often it came, the most frequent first; `agreement` is the mean share of words that two have in common.
    """

    asked: int
    n: int
    distinct: tuple[tuple[str, int], ...]
    agreement: float | None
    figures: Mapping[str, Spread]

    def as_dict(self) -> dict[str, Any]:
        """Plain data for JSON."""
        return {
            "asked": self.asked,
            "n": self.n,
            "distinct": [{"text": text, "count": count} for text, count in self.distinct],
            "agreement": self.agreement,
            "figures": {
                name: {"mean": one.mean, "half_of_95_percent": one.half, "n": one.n}
                for name, one in self.figures.items()
            },
        }


def together(answers: Sequence[Answer], texts: bool = True) -> Together:
    """Of one contender's answers to one question; without their `texts` the figures alone."""
    whole = [answer for answer in answers if answer.state == "done"]
    said = [answer.text.strip() or answer.tool_call.strip() for answer in whole if texts]
    figures = [_values(answer.figures()) for answer in whole]
    spreads = {}
    for name in SPREAD:
        known = [value for one in figures if (value := one.get(name)) is not None]
        if found := spread(known):
            spreads[name] = found
    compared = [text[:MOST_COMPARED] for text in said]
    return Together(len(answers), len(whole), distinct(said), agreement(compared), spreads)


def spread(values: Sequence[float]) -> Spread | None:
    """The mean of some values and its 95 % interval; None of none."""
    n = len(values)
    if not n or not all(isfinite(value) for value in values):
        return None
    mean = sum(values) / n
    if n == 1:
        return Spread(mean, None, 1)
    variance = sum((value - mean) ** 2 for value in values) / (n - 1)
    return Spread(mean, student(n - 1) * sqrt(variance / n), n)


def student(freedom: int, share: float = 0.95) -> float:
    """How many standard errors on each side hold that share of Student's t with so many degrees of freedom."""
    low, high = 0.0, pi / 2
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if _inside(middle, freedom) < share else (low, middle)
    return sqrt(freedom) * tan(low)


def _inside(angle: float, freedom: int) -> float:
    """The share of Student's t between -x and x, where x = sqrt(freedom) tan(angle) (Abramowitz and Stegun, 26.7.3 and
    26.7.4: a finite sum for whole degrees of freedom).
    """
    odd = freedom % 2
    term = cos(angle) if odd else 1.0
    total = 0.0 if freedom == 1 else term
    for k in range(2 + odd, freedom - 1, 2):
        term *= cos(angle) ** 2 * (k - 1) / k
        total += term
    if odd:
        return 2 / pi * (angle + sin(angle) * total)
    return sin(angle) * total


def _values(figures: Figures) -> dict[str, float | None]:
    output = figures.output_tokens
    own: dict[str, float | None] = {
        name: getattr(figures, name) for name in SPREAD if hasattr(figures, name)
    }
    own["thinking_tokens"] = (output.thinking or None) if output else None
    own["answer_tokens"] = output.answer if output else None
    return own
