"""One question asked and answered: as columns, as text that streams, or as JSON."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from playground.cli.display import columns, output
from playground.cli.display.notes import View, notes, say
from playground.cli.display.repeats import summary
from playground.cli.display.stream import Stream
from playground.cli.follow import answered, desk, follow
from playground.cli.interrupts import Interruption, raised
from playground.cli.question import question
from playground.prompt.limits import LIMITS
from playground.questions.faults import BadCall
from playground.questions.question import Question
from playground.questions.record import record


def answer(
    wishes: Mapping[str, Any],
    all_at_once: bool,
    save: bool,
    json: bool,
    begun: Callable[[], None],
    interruption: Interruption,
) -> int:
    """Ask, show, and return the exit code. `begun` is called when the models are at work. Raises BadCall."""
    if wishes.get("prompt") == "-":
        wishes = {**wishes, "prompt": standard_input(interruption)}
    asked = question(wishes)
    tell(asked)
    with desk(save) as opened:
        now = datetime.now().astimezone()
        comparison = opened.start(asked.conversation, asked.contenders, all_at_once)
        begun()
        view = notes(quiet=True) if json else view_of(len(asked.contenders))
        follow(comparison, view, interruption)
        if json:
            output.write_json(record(asked, comparison, now), computed=True)
        elif said := summary(comparison):
            output.write(said, computed=True)
    return interruption.code or (0 if answered(comparison) else 1)


def tell(asked: Question) -> None:
    """Which weights answer for names that could mean several, and why."""
    for words in asked.choices:
        say(words)


def standard_input(interruption: Interruption) -> str:
    """All text on standard input. Raises BadCall."""
    if sys.stdin is None:
        raise BadCall("there is no standard input to read.")
    try:
        with raised(interruption):  # a terminal may be waited for without end
            text = sys.stdin.buffer.read(4 * LIMITS.characters + 4).decode("utf-8-sig")
    except UnicodeDecodeError:
        raise BadCall("standard input is not UTF-8 text.") from None
    return text.removesuffix("\n").removesuffix("\r")


def view_of(contenders: int) -> View:
    """Columns where they fit, else text that streams."""
    return columns.Columns() if columns.fit(contenders) else Stream(notes())
