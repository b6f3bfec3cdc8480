"""Tools in the terminal: the calls that a person answers there."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from playground.cli.display.notes import View, on_terminal, say
from playground.cli.display.output import clean
from playground.cli.display.pane import called
from playground.cli.interrupts import Interrupted, Interruption, raised
from playground.comparisons.comparison import Comparison


def answer_calls(comparison: Comparison, view: View, interruption: Interruption) -> None:
    """Ask whoever sits here for the calls that wait; where nobody does, the answers end at them."""
    for answer in comparison.answers:
        for number, call in enumerate(answer.calling):
            if call.standing != "waiting" or answer.ended:
                continue
            if not (on_terminal() and sys.stdin is not None and sys.stdin.isatty()):
                answer.leave()
                break
            view.clear()
            say(f"{answer.contender.label} calls {called(call)}")
            say("What it gives back, as words or JSON (nothing refuses): ", end="")
            with _watched(comparison):
                try:
                    with raised(interruption):
                        typed = sys.stdin.readline().strip()
                except Interrupted as interrupted:
                    interruption.code = interrupted.code
                    return
            if typed:
                answer.give(number, clean(typed))
            else:
                answer.decline(number)


@contextmanager
def _watched(comparison: Comparison) -> Iterator[None]:
    """Within, the comparison goes on though nobody draws it."""
    over = threading.Event()

    def watch() -> None:
        while not over.wait(5.0):
            comparison.watch()

    threading.Thread(target=watch, name="watching", daemon=True).start()
    try:
        yield
    finally:
        over.set()
