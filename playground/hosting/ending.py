"""How the program ends when it is asked to: answers may go on for a while, then what there is of them is kept.

Knows comparisons, and of the server only what it does with a signal.
"""

from __future__ import annotations

import asyncio
import contextlib
import signal
import time
from collections.abc import Callable, Iterator, Sequence
from types import FrameType

from playground.comparisons.comparison import Comparison

LOOK_S = 0.1
HANGS_S = 5.0
"""A connection that does not end by itself holds the end up for so long."""


def wait(running: Callable[[], Sequence[Comparison]], limit_s: float) -> None:
    """Return when nothing runs any more, or the limit is over."""
    until = time.monotonic() + limit_s
    while running() and time.monotonic() < until:
        time.sleep(LOOK_S)


@contextlib.contextmanager
def on_sigterm(end: Callable[[], None]) -> Iterator[None]:
    """Within, SIGTERM runs `end` in a thread of its own, and what was done with the signal before comes after it. Who
    sends it once more does not want to wait. To be entered in the main thread, in the server's event loop.
    """
    before = signal.getsignal(signal.SIGTERM)
    loop = asyncio.get_running_loop()
    ending: list[asyncio.Task[None]] = []

    def pass_on(number: int) -> None:
        if callable(before):
            before(number, None)
        else:
            raise SystemExit(128 + number)

    async def end_and_pass_on() -> None:
        await asyncio.to_thread(end)
        pass_on(signal.SIGTERM)
        await asyncio.sleep(HANGS_S)
        pass_on(signal.SIGINT)  # as a second Ctrl-C: what still hangs is let go

    def begin() -> None:
        if not ending:
            ending.append(loop.create_task(end_and_pass_on()))

    def take(number: int, frame: FrameType | None) -> None:
        if ending:
            pass_on(number)
        else:
            loop.call_soon_threadsafe(begin)

    signal.signal(signal.SIGTERM, take)
    try:
        yield
    finally:
        for task in ending:
            task.cancel()
        signal.signal(signal.SIGTERM, before)
