"""How long one will probably wait in the line: from how long recent answers took.

Knows answers and the line, and nobody who waits.
"""

from __future__ import annotations

from collections import deque
from statistics import median

from playground.comparisons.answer import Answer
from playground.comparisons.comparison import Comparison
from playground.comparisons.witnesses.witness import Witness
from playground.models.model import Model

RECENT = 20
"""Answers of a model that are looked at."""


class Waits(Witness):
    """Remembers how long each model's last answers took, loading included."""

    def __init__(self) -> None:
        self._took: dict[Model, deque[float]] = {}

    def ended(self, comparison: Comparison, answer: Answer) -> None:
        """One more, if it came to its own end."""
        line = answer.timeline
        if answer.state == "done" and line.started is not None and line.finished is not None:
            took = self._took.setdefault(answer.contender.model, deque(maxlen=RECENT))
            took.append(line.finished - line.started)

    def expected_s(self, answer: Answer) -> float | None:
        """Seconds until the turn of one that waits: for each that comes before it the median of its model's recent
        answers. None where it does not wait, or its model gave none yet.
        """
        took = tuple(self._took.get(answer.contender.model, ()))
        ahead = answer.ahead
        return ahead * median(took) if ahead and took else None
