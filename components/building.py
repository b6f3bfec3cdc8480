"""Pages are built one after the other: the interpreter builds no faster what it builds for many at once, and each would
have its page when the last one has.

A question is asked while its page is built. Of fifty that were built at once, words came long before the place was
there in which they are drawn.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

LONGEST_S = 1.0
"""A page that takes longer waits for something itself: a file that is read, a server. Then the next one begins."""


class _Turn:
    def __init__(self) -> None:
        self.began, self.ended = threading.Event(), threading.Event()


class Building:
    """The line of those whose pages are to be built, in the order in which they came."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._here = threading.local()
        self._last = _Turn()
        self._last.began.set()
        self._last.ended.set()

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Builds a page in the block, once it is this thread's turn."""
        self._begin()
        try:
            yield
        finally:
            self._here.turn.ended.set()
            self._here.turn = None

    def pause(self) -> None:
        """What this thread does from now on is no more than to draw what comes."""
        if (mine := self._mine()) is not None:
            mine.ended.set()

    def resume(self) -> None:
        """It builds on: waits for another turn after a pause."""
        if (mine := self._mine()) is not None and mine.ended.is_set():
            self._begin()

    def _begin(self) -> None:
        mine = self._here.turn = _Turn()
        with self._lock:
            before, self._last = self._last, mine
        before.began.wait()
        before.ended.wait(LONGEST_S)
        mine.began.set()

    def _mine(self) -> _Turn | None:
        """None where no page is built: in a part of one that runs alone."""
        return getattr(self._here, "turn", None)


building = Building()
"""The one of this process."""
