"""How often a comparison that runs is drawn: twenty times a second while few are watched, four times while many are."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

QUICKEST_S, SLOWEST_S = 0.05, 0.25

EACH_S = 0.01
"""For each comparison that is watched: all of them together are drawn a hundred times a second, however many."""


class Pace:
    """Counts who is watched. `tick_s` is how long a drawing loop rests between two drawings."""

    def __init__(self) -> None:
        self._watched = 0
        self._counting = threading.Lock()

    @property
    def tick_s(self) -> float:
        """In seconds; shorter the fewer there are."""
        return min(max(QUICKEST_S, EACH_S * self._watched), SLOWEST_S)

    @contextmanager
    def watched(self) -> Iterator[None]:
        """One more, for as long as it is drawn."""
        with self._counting:
            self._watched += 1
        try:
            yield
        finally:
            with self._counting:
                self._watched -= 1


pace = Pace()
"""The one of this process: its visitors share a processor."""
