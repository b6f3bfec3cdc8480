"""Which sessions there are, whose they are, and which have nobody in them any more.

A tab is gone for good when it did not come back for a while.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from playground.hosting.people.visitor import Visitor

AWAY_S = 50.0
"""A tab whose connection broke may come back for so long, and finds everything as it was. Less than what Streamlit
keeps of it (`server.disconnectedSessionTTL`), for it closes nothing that it has let go."""


class Sessions:
    """The sessions that pages were drawn for. Pages tell of them in threads of their own."""

    def __init__(self, away_s: float = AWAY_S) -> None:
        self._away_s = away_s
        self._present: dict[str, float] = {}
        self._whose: dict[str, Visitor] = {}
        self._changing = threading.Lock()

    def seen(self, session: str, visitor: Visitor) -> None:
        """A page is drawn for it, and looked at by this visitor."""
        with self._changing:
            self._present[session] = time.monotonic()
            self._whose[session] = visitor

    def visitor(self, session: str) -> Visitor | None:
        """Whose session it is; None where no page was drawn for it."""
        return self._whose.get(session)

    def visitors(self) -> dict[str, Visitor]:
        """All who are here, by their keys."""
        with self._changing:
            return {one.key: one for one in self._whose.values()}

    @property
    def open(self) -> frozenset[str]:
        """Which there are."""
        with self._changing:
            return frozenset(self._present)

    @property
    def count(self) -> int:
        """How many there are."""
        return len(self._present)

    def gone(self, connected: Callable[[str], bool]) -> list[str]:
        """Those that were not connected for so long, once each. To be asked every few seconds."""
        now = time.monotonic()
        with self._changing:
            for session in self._present:
                if connected(session):
                    self._present[session] = now
            late = [one for one, at in self._present.items() if now - at > self._away_s]
            for session in late:
                del self._present[session], self._whose[session]
            return late
