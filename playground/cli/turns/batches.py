"""A file of questions, one JSON object a line: each is answered by itself, and a bad one costs nothing else."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from itertools import chain
from pathlib import Path
from typing import Any, BinaryIO

from playground.cli import interrupts
from playground.cli.display import output
from playground.cli.display.notes import notes, say
from playground.cli.follow import answered, desk, follow
from playground.cli.question import question
from playground.desk import Desk
from playground.models.model import Model
from playground.questions.faults import BadCall
from playground.questions.question import Question, known
from playground.questions.record import record

NAMED = 10
"""So many of the lines that were not answered are named at the end."""

Line = tuple[int, bytes]
"""A line's number, counted from 1, and its bytes."""


def answer(
    name: str,
    wishes: Mapping[str, Any],
    all_at_once: bool,
    save: bool,
    begun: Callable[[], None],
    interruption: interrupts.Interruption,
) -> int:
    """Answer every line, `wishes` being what a line does not say itself; returns the exit code. `begun` is called
    before the first line is asked. Raises BadCall.

    0 when every line was answered by somebody, 1 when one was not; a signal stops the line that runs and ends here.
    """
    with interrupts.raised(interruption), opened(name) as stream:
        rest = lines(name, stream)
        first = next(rest, None)
        if first is None:
            raise BadCall(f"{name} has no lines.")
        with desk(save) as held:
            begun()
            return _Batch(held, wishes, all_at_once).run(chain([first], rest))


class _Batch:
    """The lines of one call, and how they ended."""

    def __init__(self, desk: Desk, wishes: Mapping[str, Any], all_at_once: bool) -> None:
        self._desk = desk
        self._wishes = wishes
        self._all_at_once = all_at_once
        self._found: dict[str, Model] = {}
        self._answered = 0
        self._failed: list[int] = []

    def run(self, lines: Iterable[Line]) -> int:
        code = 0
        try:
            for number, line in lines:
                code = self._line(number, line)
                if code:
                    break
        except interrupts.Interrupted as interrupted:
            code = interrupted.code
        self._sum_up("Stopped: " if code else "")
        return code or (1 if self._failed else 0)

    def _line(self, number: int, line: bytes) -> int:
        """Answer one line and write its object; returns the exit code of an interruption, else 0."""
        try:
            asked = asked_in(line, self._wishes, self._found)
        except BadCall as bad:
            self._failed.append(number)
            say(f"line {number}: {bad}")
            output.write_json({"line": number, "error": str(bad)})
            return 0
        for words in asked.choices:
            say(f"line {number}: {words}")
        with interrupts.noticed() as interruption:
            now = datetime.now().astimezone()
            comparison = self._desk.start(asked.conversation, asked.contenders, self._all_at_once)
            follow(comparison, notes(f"line {number}: "), interruption)
            told = {"line": number, **record(asked, comparison, now)}
            output.write_json(told, computed=True)
        if answered(comparison):
            self._answered += 1
        else:
            self._failed.append(number)
        return interruption.code

    def _sum_up(self, before: str) -> None:
        lines = self._answered + len(self._failed)
        words = f"{before}{self._answered} of {lines} lines were answered"
        if self._failed:
            more = len(self._failed) - NAMED
            named = ", ".join(map(str, self._failed[:NAMED])) + (
                f" and {more} more" if more > 0 else ""
            )
            words += f"; not {named}"
        say(f"{words}.")


def asked_in(line: bytes, wishes: Mapping[str, Any], found: dict[str, Model]) -> Question:
    """What one line asks, of the models that were `found` for those before it. Raises BadCall."""
    try:
        held = json.loads(line.decode())
    except UnicodeDecodeError:
        raise BadCall("it is not UTF-8 text.") from None
    except ValueError:
        raise BadCall("it is not JSON.") from None
    except RecursionError:
        raise BadCall("it is nested too deeply.") from None
    if not isinstance(held, dict):
        raise BadCall("it is not a JSON object.")
    known(held)
    said = {key: value for key, value in held.items() if value is not None}
    return question({**wishes, **said}, kept=found)


def opened(name: str) -> BinaryIO:
    """The file, or standard input. Raises BadCall."""
    if name == "-":
        if sys.stdin is None:
            raise BadCall("there is no standard input to read.")
        return sys.stdin.buffer
    try:
        return Path(name).open("rb")
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise BadCall(f"{name} can't be read: {reason}.") from None


def lines(name: str, stream: BinaryIO) -> Iterator[Line]:
    """The lines that hold something. They end at \\n alone: JSON strings may hold every other sign that ends lines."""
    for number, line in enumerate(stream, 1):
        if number == 1:
            if line.startswith((b"\xff\xfe", b"\xfe\xff")):
                raise BadCall(f"{name} is UTF-16 text; save it as UTF-8.")
            line = line.removeprefix(b"\xef\xbb\xbf")
        if line.strip():
            yield number, line
