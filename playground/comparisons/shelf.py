"""The comparisons that a running program holds: those that run, the newest that ended, and what somebody looks at."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Iterable
from weakref import WeakValueDictionary

from playground.comparisons.comparison import Comparison
from playground.prompt.conversation import weight

KEPT = 24
KEPT_BYTES = 500_000_000
"""Comparisons, and bytes of their media, that stay findable by their id after they ended; running
ones always are."""

KEPT_BYTES_TWICE = 20_000_000
"""The same where an archive has them too: the media of a crowd's questions, which nobody looks at any more, filled the
memory.
"""


class Shelf:
    """Any thread may call it."""

    def __init__(self) -> None:
        self._comparisons: OrderedDict[str, Comparison] = OrderedDict()
        self._unkept: set[str] = set()
        self._looked_at: WeakValueDictionary[str, Comparison] = WeakValueDictionary()
        self._changing = threading.Lock()

    def hold(self, comparison: Comparison) -> None:
        """It runs, or is about to."""
        with self._changing:
            self._comparisons[comparison.id] = self._looked_at[comparison.id] = comparison

    def add(self, comparison: Comparison, archived: bool, unkept: bool = False) -> None:
        """A new one; older ones that ended make room. `archived`: there is an archive; `unkept`: this one is not to
        come into it.
        """
        self.hold(comparison)
        with self._changing:
            if unkept:
                self._unkept.add(comparison.id)
            self._forget(KEPT_BYTES_TWICE if archived else KEPT_BYTES)

    def drop(self, ids: Iterable[str]) -> None:
        """They are gone."""
        with self._changing:
            for id in ids:
                self._comparisons.pop(id, None)
                self._looked_at.pop(id, None)
                self._unkept.discard(id)

    def get(self, id: str) -> Comparison | None:
        """The one of that id, as long as it is held for its own sake."""
        return self._comparisons.get(id)

    def looked_at(self, id: str) -> Comparison | None:
        """The same, or one that anybody else still holds."""
        return self._looked_at.get(id)

    def unkept(self, id: str) -> bool:
        """Whether it is not to come into the archive."""
        return id in self._unkept

    def running(self) -> tuple[Comparison, ...]:
        """Those of which more will come, the oldest first."""
        with self._changing:
            return tuple(one for one in self._comparisons.values() if not one.ended)

    def of(self, owner: str | None) -> tuple[Comparison, ...]:
        """All that are there of somebody; None: everybody's."""
        with self._changing:
            return tuple(one for one in self._looked_at.values() if owner in (None, one.owner))

    def _forget(self, most: int) -> None:
        """Let go what ended, but for the newest. Who still looks at one, or writes it down, holds it; it is found."""
        kept = self._comparisons
        size = sum(_size(comparison) for comparison in kept.values())
        for id, comparison in list(kept.items())[:-1]:
            if len(kept) <= KEPT and size <= most:
                return
            if comparison.ended:
                size -= _size(comparison)
                del kept[id]
                self._unkept.discard(id)


def _size(comparison: Comparison) -> int:
    """Bytes of its media."""
    return sum(weight(part) for round in comparison.every_round for part in round.asked.media())
