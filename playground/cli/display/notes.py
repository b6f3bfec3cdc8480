"""What is being done, on standard error: a line that is drawn over on a terminal, a line for each change elsewhere."""

from __future__ import annotations

import contextlib
import sys
import threading
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Protocol

from playground.cli.display.output import clean
from playground.models.sizes import counted

if TYPE_CHECKING:
    from rich.live import Live

    from playground.comparisons.answer import Answer
    from playground.comparisons.comparison import Comparison


PROGRAM = "playground"

PATIENCE_S = 0.2
"""A beginning that takes longer is told of."""

_unfinished = threading.Event()
"""Whether the last line on standard error waits for its end."""


class View(Protocol):
    """Shows a comparison while it runs. Called by one thread."""

    def draw(self, comparison: Comparison) -> None:
        """Show how things stand now."""
        ...

    def clear(self) -> None:
        """Take away what does not stay; `draw` may be called again."""
        ...

    def end(self, comparison: Comparison) -> None:
        """Everything is said: show what is to stay."""
        ...


def say(words: str, end: str = "\n") -> None:
    """One line that stays. A standard error that can't be written is nobody's fault."""
    with contextlib.suppress(OSError, ValueError, AttributeError):
        sys.stderr.write(clean(words) + end)
        sys.stderr.flush()


def fault(words: str) -> None:
    """What went wrong, on one line, whatever is in the words; if a beginning was told of, at the end of its line."""
    before = "" if _unfinished.is_set() else f"{PROGRAM}: "
    _unfinished.clear()
    say(before + " ".join(words.split()))


def finish() -> None:
    """End the line of a beginning, if one was told of."""
    if _unfinished.is_set():
        _unfinished.clear()
        say("")


@contextlib.contextmanager
def beginning(words: str, quiet: bool) -> Iterator[Callable[[], None]]:
    """Say that something was begun, if it takes a while to get going; gives the function to call when it is going.

    What goes wrong before that is said on the same line: a bad call is one line.
    """

    def tell() -> None:
        _unfinished.set()
        say(f"{PROGRAM}: {words}", end=" ... ")

    timer = threading.Timer(PATIENCE_S, tell)

    def over() -> None:
        timer.cancel()
        timer.join()
        finish()

    if not quiet:
        timer.start()
    try:
        yield over if not quiet else lambda: None
    finally:
        timer.cancel()
        if not quiet:
            timer.join()


def on_terminal() -> bool:
    """Whether a person looks at standard error."""
    return sys.stderr is not None and sys.stderr.isatty()


def notes(name: str = "", quiet: bool = False) -> View:
    """How a comparison is told of on standard error; `name` begins every line. Quiet: only on a terminal."""
    if on_terminal():
        return Line(name)
    return Silence() if quiet else Changes(name)


class Silence:
    """Says nothing."""

    def draw(self, comparison: Comparison) -> None:
        """Nothing."""

    def clear(self) -> None:
        """Nothing."""

    def end(self, comparison: Comparison) -> None:
        """Nothing."""


class Changes:
    """A line whenever a contender comes to another state: for logs."""

    def __init__(self, name: str = "") -> None:
        self._name = name
        self._said: dict[str, str] = {}

    def draw(self, comparison: Comparison) -> None:
        """Say what changed."""
        for answer in comparison.answers:
            label, state = answer.contender.label, answer.state
            if state != self._said.get(label, "waiting"):
                say(f"{self._name}{label}: {state}")
            self._said[label] = state

    def clear(self) -> None:
        """What was said stays."""

    def end(self, comparison: Comparison) -> None:
        """Say the last changes."""
        self.draw(comparison)


class Line:
    """One line in its own place: what each contender does, and for how long."""

    def __init__(self, name: str = "") -> None:
        self._name = name
        self._live: Live | None = None

    def draw(self, comparison: Comparison) -> None:
        """Say how things stand."""
        self.show("  ".join(map(_standing, comparison.answers)))

    def show(self, words: str) -> None:
        """Put these words in place of those before."""
        from rich.console import Console
        from rich.live import Live
        from rich.text import Text

        text = Text(clean(self._name + words), no_wrap=True, overflow="ellipsis")
        if self._live is None:
            self._live = Live(console=Console(stderr=True), auto_refresh=False, transient=True)
            self._live.start()
        self._live.update(text, refresh=True)

    def clear(self) -> None:
        """Take the line away."""
        if self._live is not None:
            self._live.stop()
            self._live = None

    def end(self, comparison: Comparison) -> None:
        """Nothing stays."""


def _standing(answer: Answer) -> str:
    from playground.cli.display.pane import doing  # brings much along, and is wanted later

    words = f"{answer.contender.label}: {answer.state if answer.ended else doing(answer)}"
    if count := sum(chunk.tokens for chunk in tuple(answer.chunks)):
        return f"{words}, {counted(count, 'token')}"
    # A server counts at the end only, and a piece of its may hold several tokens.
    return words + (f", {counted(len(answer.chunks), 'piece')}" if answer.chunks else "")
