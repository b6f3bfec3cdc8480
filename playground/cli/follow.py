"""A comparison from a desk of its own, followed to its end while a view shows it."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

from playground.cli.calls import answer_calls
from playground.cli.display.notes import View, say
from playground.cli.interrupts import Interruption
from playground.comparisons.comparison import Comparison
from playground.desk import Desk, open_desk
from playground.questions.faults import BadCall

TICK_S = 0.1
"""Drawing takes the models' own time."""


@contextmanager
def desk(save: bool = True) -> Iterator[Desk]:
    """A desk for one command; at its end it tells what could not be kept.

    Raises BadCall when the operator's settings make no sense.
    """
    try:
        opened = open_desk()
    except ValueError as error:
        raise BadCall(str(error)) from None
    archive = opened.archive = opened.archive if save else None
    try:
        yield opened
    finally:
        opened.close()
        if archive is not None and archive.fault:
            say(archive.fault)


def follow(comparison: Comparison, view: View, interruption: Interruption) -> None:
    """Wait for every answer; an interruption stops them and keeps what came."""
    try:
        while not comparison.ended:
            if interruption.code:
                comparison.stop()
            comparison.watch()
            answer_calls(comparison, view, interruption)
            view.draw(comparison)
            time.sleep(TICK_S)
    finally:
        view.clear()
    view.end(comparison)


def answered(comparison: Comparison) -> bool:
    """Whether anybody did."""
    return any(answer.state == "done" for answer in comparison.answers)
