"""Memory of those who have left, given back to the machine. Knows Python's collector and glibc, and nobody else."""

from __future__ import annotations

import ctypes
import gc
from collections.abc import Iterable

LARGE = 1_000_000
"""Bytes of a block that goes back to the machine as soon as it is free."""

MMAP_THRESHOLD = -3
"""glibc's name for that in `mallopt`."""


def give_back_large_blocks() -> None:
    """To be called as the program starts. By itself glibc takes the first large file that is let go as a sign that as
    large ones will come again, and keeps their room, in each thread of its own.
    """
    if set_option := getattr(_glibc(), "mallopt", None):
        set_option(MMAP_THRESHOLD, LARGE)


def trim() -> None:
    """Give back what is free between blocks that are not."""
    if give_back := getattr(_glibc(), "malloc_trim", None):
        give_back(0)


def _glibc() -> object:
    """The library of C that Python runs on; one without these two, on other systems, needs neither."""
    try:
        return ctypes.CDLL(None)
    except (OSError, TypeError):
        return None


class Lasting:
    """What is taken for lasting is looked through for garbage no more, which takes a third of a second each time.
    Sessions that were open then were taken for it too: once the last of them has gone, all is looked through anew.
    """

    def __init__(self) -> None:
        self._open: set[str] = set()

    def take(self, sessions: Iterable[str]) -> None:
        """Whatever there is now lasts, but for these sessions."""
        self._open = set(sessions)
        gc.freeze()

    def gone(self, sessions: Iterable[str], still_open: Iterable[str]) -> None:
        """These have left: give back what they held."""
        before, self._open = self._open, self._open - set(sessions)
        if before and not self._open:
            gc.unfreeze()
            gc.collect()
            self.take(still_open)
        else:
            gc.collect()  # a session refers to itself, and nothing else may come for hours
        trim()
