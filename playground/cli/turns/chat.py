"""Asking on and on: a person writes, everybody answers, each behind its own history."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any

from playground.cli import interrupts
from playground.cli.asking import tell, view_of
from playground.cli.display import output
from playground.cli.display.notes import say
from playground.cli.follow import desk, follow
from playground.cli.question import question
from playground.comparisons.comparison import Comparison
from playground.desk import Desk
from playground.models.model import Model
from playground.questions.faults import BadCall
from playground.questions.files import KINDS

HELP = """\
/image FILE, /audio FILE, /video FILE, /file FILE   goes along with the next question
/new                                                begins anew, without what was said so far
/quit, or Ctrl-D                                    ends
Ctrl-C stops the answers and keeps what came. A line that begins with // is a question that begins with /."""


def chat(
    wishes: Mapping[str, Any], all_at_once: bool, save: bool, begun: Callable[[], None]
) -> int:
    """Ask what is written until nothing more is; returns the exit code. Raises BadCall."""
    question({**wishes, "prompt": "?"})  # whoever can't be asked is told before the first question
    with desk(save) as opened:
        begun()
        if _by_hand():
            say("Write a question; /help says what else there is.")
        return _Chat(opened, wishes, all_at_once).run()


class _Chat:
    """One conversation, and what goes along with its next question."""

    def __init__(self, desk: Desk, wishes: Mapping[str, Any], all_at_once: bool) -> None:
        self._desk = desk
        self._wishes = wishes
        self._all_at_once = all_at_once
        self._comparison: Comparison | None = None
        self._along: dict[str, list[str]] = {}
        self._found: dict[str, Model] = {}

    def run(self) -> int:
        while (line := _line()) is not None:
            try:
                if line.startswith("/") and not line.startswith("//"):
                    if not self._do(line[1:]):
                        return 0
                elif line.strip() or self._along:
                    self._ask(line.removeprefix("/") if line.startswith("//") else line)
            except BadCall as bad:
                say(str(bad))
        return 0

    def _do(self, command: str) -> bool:
        """Carry a command out; False when it ends the chat. Raises BadCall."""
        word, _, rest = command.partition(" ")
        name = rest.strip()
        if word in ("quit", "exit"):
            return False
        if word == "new":
            self._comparison, self._along = None, {}
        elif word in KINDS and name:
            along = {**self._along, word: [*self._along.get(word, []), name]}
            question({**self._wishes, "prompt": "?", **along})  # told now if it can't be read
            self._along = along
            say(f"{name} goes along with the next question.")
        else:
            say(
                HELP
                if word == "help"
                else f"There is no /{word} here, or something is missing.\n{HELP}"
            )
        return True

    def _ask(self, words: str) -> None:
        asked = question({**self._wishes, "prompt": words, **self._along}, kept=self._found)
        tell(asked)
        self._along = {}
        with interrupts.noticed() as interruption:
            if self._comparison is None:
                self._comparison = self._desk.start(
                    asked.conversation, asked.contenders, self._all_at_once
                )
            else:
                self._desk.ask_on(self._comparison, asked.conversation, asked.contenders)
            follow(self._comparison, view_of(len(asked.contenders)), interruption)
        output.write("\n")


def _by_hand() -> bool:
    return sys.stdin is not None and sys.stdin.isatty() and output.on_terminal()


def _line() -> str | None:
    """The next line, None at the end."""
    if sys.stdin is None:
        raise BadCall("there is no standard input to read.")
    with interrupts.raised():
        if _by_hand():
            with suppress(ImportError):
                import readline  # noqa: F401  # arrows and earlier lines
            try:
                return input("> ")
            except EOFError:
                output.write("\n")
                return None
        line = sys.stdin.readline()
        return line.rstrip("\r\n") if line else None
