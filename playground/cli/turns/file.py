"""A file of questions that are one conversation: a line is a round, every contender goes on with its own history."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any

from playground.cli import interrupts
from playground.cli.asking import tell, view_of
from playground.cli.display import output
from playground.cli.display.notes import notes
from playground.cli.display.output import clean
from playground.cli.follow import answered, desk, follow
from playground.cli.question import question
from playground.cli.turns.batches import asked_in, lines, opened
from playground.comparisons.comparison import Comparison
from playground.models.model import Model
from playground.questions.faults import BadCall
from playground.questions.question import Question
from playground.questions.record import record

MOST = 200
"""Rounds of one file."""


def answer(
    name: str,
    wishes: Mapping[str, Any],
    all_at_once: bool,
    save: bool,
    json: bool,
    begun: Callable[[], None],
    interruption: interrupts.Interruption,
) -> int:
    """Ask every line as a round, show, and return the exit code. A line that can't be asked is told before any is.

    0 when every round was answered by somebody. Raises BadCall.
    """
    if wishes.get("prompt"):
        raise BadCall("the questions come from the file of --turns: leave the prompt out.")
    turns = list(_turns(name, wishes, interruption))
    if not turns:
        raise BadCall(f"{name} has no lines.")
    kept: list[dict[str, Any]] = []
    every = True
    comparison: Comparison | None = None
    with desk(save) as opened_desk:
        for asked in turns:
            tell(asked)
            now = datetime.now().astimezone()
            if comparison is None:
                comparison = opened_desk.start(asked.conversation, asked.contenders, all_at_once)
                begun()
            else:
                opened_desk.ask_on(comparison, asked.conversation, asked.contenders)
            if not json:
                output.write(f"{_quoted(asked)}\n\n")
            view = notes(quiet=True) if json else view_of(len(asked.contenders))
            follow(comparison, view, interruption)
            kept.append(record(asked, comparison, now))
            every = every and answered(comparison)
            if interruption.code:
                break
            if not json:
                output.write("\n")
    if json:
        told = {"id": comparison.id if comparison else "", "rounds": kept}
        output.write_json(told, computed=True)
    return interruption.code or (0 if every else 1)


def _turns(
    name: str, wishes: Mapping[str, Any], interruption: interrupts.Interruption
) -> Iterator[Question]:
    """What each line asks: words as they stand, or an object as in a batch."""
    found: dict[str, Model] = {}
    with interrupts.raised(interruption), opened(name) as stream:
        for count, (number, line) in enumerate(lines(name, stream), 1):
            if count > MOST:
                raise BadCall(f"{name} has more than {MOST} questions.")
            try:
                yield _turn(line, wishes, found)
            except BadCall as bad:
                raise BadCall(f"line {number}: {bad}") from None


def _turn(line: bytes, wishes: Mapping[str, Any], found: dict[str, Model]) -> Question:
    if line.lstrip().startswith(b"{"):
        return asked_in(line, wishes, found)
    try:
        words = line.decode().strip()
    except UnicodeDecodeError:
        raise BadCall("it is not UTF-8 text.") from None
    return question({**wishes, "prompt": words}, kept=found)


def _quoted(asked: Question) -> str:
    """The question as its round's heading."""
    words = asked.conversation.question or ", ".join(file.name for file in asked.files)
    return "\n".join(f"> {clean(line)}" for line in words.split("\n"))
