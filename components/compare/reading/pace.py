"""How often a comparison that runs is drawn: twenty times a second while few are watched, four times while many are.

Now and then a rest is longer. A part of the page that the browser shows for the first time (a menu, the settings) is
built by React with what time the drawings leave it, and from the start again with each drawing: on a slow machine it
never ended, and a menu that was opened while answers came stayed empty until the last one was there.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import chain, repeat

QUICKEST_S, SLOWEST_S = 0.05, 0.25

EACH_S = 0.01
"""For each comparison that is watched: all of them together are drawn a hundred times a second, however many."""


LONG_S = 0.15
LONG_AFTER_S = (1.0, 2.5)
"""Rests until the next long one, the last for good: with 2.5 s fewer than one word in 20 comes later by them."""


class Pace:
    """Counts who is watched. `tick_s` is how long a drawing loop rests between two drawings, but for the long rests."""

    def __init__(self) -> None:
        self._watched = 0
        self._counting = threading.Lock()

    @property
    def tick_s(self) -> float:
        """In seconds; shorter the fewer there are."""
        return min(max(QUICKEST_S, EACH_S * self._watched), SLOWEST_S)

    @contextmanager
    def watched(self) -> Iterator[Iterator[float]]:
        """One more, for as long as it is drawn. The rests between its drawings, in seconds."""
        with self._counting:
            self._watched += 1
        try:
            yield self._rests()
        finally:
            with self._counting:
                self._watched -= 1

    def _rests(self) -> Iterator[float]:
        for after in chain(LONG_AFTER_S, repeat(LONG_AFTER_S[-1])):
            rested = 0.0
            while rested < after:
                tick = self.tick_s
                rested += tick
                yield tick
            yield max(LONG_S, self.tick_s)


pace = Pace()
"""The one of this process: its visitors share a processor."""
