"""Answers side by side on a terminal, while they come and when all is said."""

from __future__ import annotations

import time
from collections.abc import Sequence
from itertools import pairwise

from rich.console import Console, Group
from rich.live import Live
from rich.text import Text

from playground.cli.display import output
from playground.cli.display.output import clean
from playground.cli.display.pane import (
    Marks,
    about,
    called,
    doing,
    ending,
    facts,
    marks,
)
from playground.comparisons.answer import Answer
from playground.comparisons.comparison import Comparison
from playground.comparisons.steps import whole

NARROWEST = 28
"""Columns of text below which answers stand one after the other instead of side by side."""

DRAWN_EVERY_S = 0.2
"""A full screen takes 15 to 30 ms of a processor that models compute on."""

ENDINGS = {"refused": "yellow", "failed": "red", "stopped": "yellow"}


def fit(count: int) -> bool:
    """Whether so many answers fit side by side."""
    if count < 2 or not output.on_terminal():
        return False
    console = Console()
    return not console.is_dumb_terminal and _width(console.width, count) >= NARROWEST


class Columns:
    """While answers come the last lines of each are shown; at the end everything, which then stays."""

    def __init__(self) -> None:
        self._console = Console()
        self._marks = marks()
        self._live: Live | None = None
        self._due = 0.0

    def draw(self, comparison: Comparison) -> None:
        """Show how things stand."""
        if time.monotonic() < self._due:
            return
        self._due = time.monotonic() + DRAWN_EVERY_S
        height = self._console.height - 1
        if self._live is None:
            self._live = Live(console=self._console, auto_refresh=False, transient=True)
            self._live.start()
        shown = side_by_side(comparison, self._console, self._marks, height)
        self._live.update(shown, refresh=True)

    def clear(self) -> None:
        """Take away what was shown meanwhile."""
        if self._live is not None:
            self._live.stop()
            self._live = None

    def end(self, comparison: Comparison) -> None:
        """Write everything. Raises Unwritable."""
        with self._console.capture() as whole:
            self._console.print(side_by_side(comparison, self._console, self._marks))
        output.write(whole.get(), computed=True)


def side_by_side(
    comparison: Comparison, console: Console, marks: Marks, height: int | None = None
) -> Group:
    """All answers in columns; of more than `height` lines the last ones of each answer, under its heading."""
    width = _width(console.width, len(comparison.answers))
    panes = [_pane(answer, width, console, marks, height) for answer in comparison.answers]
    bar = (f" {marks.bar} ", "dim")
    rows = []
    for number in range(max(map(len, panes))):
        cells = [pane[number] if number < len(pane) else Text() for pane in panes]
        row = Text(no_wrap=True, overflow="ignore").append_text(cells[0])
        for before, cell in pairwise(cells):
            row.append(" " * (width - before.cell_len)).append(*bar).append_text(cell)
        rows.append(row)
    return Group(*rows)


def _width(whole: int, count: int) -> int:
    """Of one column, where three stand between two."""
    return (whole - 3 * (count - 1)) // count


def _pane(
    answer: Answer, width: int, console: Console, marks: Marks, height: int | None
) -> list[Text]:
    """The lines of one answer."""
    head = [Text(clean(answer.contender.label), style="bold"), Text(marks.rule * min(width, 40))]
    head += [*_lines(about(answer), width, console, "dim"), Text()]
    if not answer.ended and not answer.chunks:
        head.append(Text(doing(answer), style="dim"))
    foot: list[Text] = []
    if words := ending(answer):
        foot += _lines(words, width, console, ENDINGS.get(answer.state, ""))
    if words := facts(answer, marks.dot):
        foot += [Text(), *_lines(words, width, console, "dim")]
    room = None if height is None else max(1, height - len(head) - len(foot))
    return [*head, *_said(answer, width, console, room), *foot]


def _said(answer: Answer, width: int, console: Console, room: int | None) -> Sequence[Text]:
    """Thought and answer; only the last `room` lines of them, whose making takes no longer the longer they are."""
    most = None if room is None else -room * width
    lines: list[Text] = []
    for step in whole(answer.steps):
        if step.piece:
            lines += _lines(clean(f"[{step.piece}]"), width, console, "dim")
        if step.thinking.strip():
            thought = f"(thinks: {step.thinking.strip()})"
            lines += [*_lines(clean(thought[most:]), width, console, "dim italic"), Text()]
        for text in (step.text, "" if step.calls else step.tool_call):
            if text:
                lines += _lines(clean(text[most:].rstrip()), width, console)
        for call in step.calls:
            lines += [*_lines(called(call), width, console, "dim"), Text()]
    return lines if room is None else lines[-room:]


def _lines(text: str, width: int, console: Console, style: str = "") -> list[Text]:
    return list(Text(text, style=style).wrap(console, width, tab_size=4))
