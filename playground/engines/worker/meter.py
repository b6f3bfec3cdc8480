"""Tells how far something is, a few times a second, and nothing of what is over at once. Knows no models."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread

from playground.engines.events import Progress, Work
from playground.engines.worker.weights import mapped

Tell = Callable[[Progress], None]

EVERY_S = 0.2
"""Seconds from one telling to the next, and from the beginning to the first."""


def untold(_: Progress) -> None:
    """For those who do not ask how far it is."""


class Meter:
    """Is called with what is done and how much it is in all, and tells it now and then."""

    def __init__(self, what: Work, tell: Tell) -> None:
        self._what = what
        self._tell = tell
        self._since = self._told = time.perf_counter()

    def __call__(self, done: int, total: int) -> None:
        """So much is done."""
        now = time.perf_counter()
        if now - self._told >= EVERY_S:
            self._told = now
            self._tell(Progress(now, self._what, min(done, total), total, self._since))


@contextmanager
def weights_read(path: Path, tell: Tell) -> Iterator[None]:
    """While it lasts, tell how many bytes of a checkpoint's files have come into memory, where the system counts."""
    total = sum(file.stat().st_size for file in path.glob("*.safetensors"))
    meter, over = Meter("weights", tell), Event()
    before = mapped.touched()

    def watch() -> None:
        most = 0
        while not over.wait(EVERY_S / 2):
            most = max(most, mapped.touched() - before)
            meter(most, total)

    watching = Thread(target=watch, name="weights read", daemon=True)
    if mapped.COUNTED:
        watching.start()
    try:
        yield
    finally:
        over.set()
        if mapped.COUNTED:
            watching.join()
