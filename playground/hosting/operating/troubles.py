"""What went wrong lately, for operators: warnings of the program's log, and answers that failed.

Kept in memory, the last ones only; what was asked stands in none of them.
"""

from __future__ import annotations

import logging
import time
from collections import deque
from dataclasses import dataclass

from playground.comparisons.answer import Answer
from playground.comparisons.comparison import Comparison
from playground.comparisons.witnesses.witness import Witness

MOST = 50
LONGEST = 500


@dataclass(frozen=True, slots=True)
class Trouble:
    """When (seconds since 1970), where, and what, in one line."""

    at: float
    where: str
    words: str


class Troubles(Witness, logging.Handler):
    """Takes what the logging of Python hands it, and sees answers end."""

    def __init__(self) -> None:
        logging.Handler.__init__(self, logging.WARNING)
        self._held: deque[Trouble] = deque(maxlen=MOST)

    def emit(self, record: logging.LogRecord) -> None:
        """One line of the log."""
        try:
            words = record.getMessage()
        except Exception:  # who wrote the line was wrong about it, and must not break for that
            words = str(record.msg)
        if record.exc_info and record.exc_info[1] is not None:
            words = f"{words}: {record.exc_info[1]!r}"
        self._add(record.created, record.name, words)

    def ended(self, comparison: Comparison, answer: Answer) -> None:
        """An answer that failed."""
        if answer.state == "failed":
            model = answer.contender.model
            self._add(time.time(), f"{model.title} on {model.place}", answer.reason)

    def last(self) -> tuple[Trouble, ...]:
        """The newest first."""
        return tuple(reversed(self._held))

    def _add(self, at: float, where: str, words: str) -> None:
        self._held.append(Trouble(at, where, " ".join(words.split())[:LONGEST]))
