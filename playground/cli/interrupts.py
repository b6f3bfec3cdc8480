"""Ctrl-C, SIGTERM, SIGHUP while there is something to lose: noticed, so that work can end in order, or raised."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

NUMBERS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Interrupted(BaseException):
    """Somebody asked the program to end. Not an Exception: nobody is to take it for a fault."""

    def __init__(self, number: int) -> None:
        super().__init__(signal.Signals(number).name)
        self.code = 128 + number


class Interruption:
    """Whether somebody asked to end, and the exit code that follows from it (0 as long as nobody did)."""

    def __init__(self) -> None:
        self.code = 0


@contextmanager
def noticed() -> Iterator[Interruption]:
    """Within, the first signal is only noted, and nothing is torn; the second one raises Interrupted."""
    interruption = Interruption()

    def note(number: int) -> None:
        if interruption.code:
            raise Interrupted(number)
        interruption.code = 128 + number

    with _handled(note):
        yield interruption


@contextmanager
def raised(before: Interruption | None = None) -> Iterator[None]:
    """Within, a signal raises Interrupted, so that what was opened is closed; one noticed before does so now."""

    def end(number: int) -> None:
        raise Interrupted(number)

    if before is not None and before.code:
        raise Interrupted(before.code - 128)
    with _handled(end):
        yield


@contextmanager
def _handled(handle: Callable[[int], None]) -> Iterator[None]:
    def handler(number: int, frame: FrameType | None) -> None:
        handle(number)

    # What whoever started this program had ignored (nohup, a shell's background) stays so.
    heard = [number for number in NUMBERS if signal.getsignal(number) is not signal.SIG_IGN]
    before = [signal.signal(number, handler) for number in heard]
    try:
        yield
    finally:
        for number, handler_before in zip(heard, before, strict=True):
            signal.signal(number, handler_before)
