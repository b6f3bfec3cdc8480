"""Until something holds: that a comparison has ended, that a program has come up."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Callable
from contextlib import AbstractContextManager

from playground.comparisons.comparison import Comparison

PATIENCE_S = 60.0


def until(
    true: Callable[[], object],
    seconds: float = PATIENCE_S,
    watched: Comparison | None = None,
    pause: float = 0.005,
) -> None:
    """Return once it is true. `watched` is looked at meanwhile, as by a page."""
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, f"not so after {seconds:g} s"
        if watched is not None:
            watched.watch()
        time.sleep(pause)


def ended(comparison: Comparison, seconds: float = PATIENCE_S) -> Comparison:
    """The same comparison, once it has ended."""
    until(lambda: comparison.ended, seconds, comparison)
    return comparison


def come_up(
    process: subprocess.Popen[bytes],
    opened: Callable[[], AbstractContextManager[object]],
    said: Callable[[], str],
    seconds: float = PATIENCE_S,
) -> None:
    """Return once a program lets itself be `opened`; `said` tells what it said if it ends instead."""

    def open() -> bool:
        assert process.poll() is None, said()
        try:
            with opened():
                return True
        except OSError:
            return False

    until(open, seconds, pause=0.05)
