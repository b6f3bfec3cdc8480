"""Tools in the terminal: those that a call names, and the calls that a person answers there."""

from __future__ import annotations

import json
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playground.cli.display.notes import View, on_terminal, say
from playground.cli.display.pane import called, clean
from playground.cli.faults import BadCall
from playground.cli.interrupts import Interrupted, Interruption, raised
from playground.comparisons.comparison import Comparison
from playground.tools import declared
from playground.tools.built_in import BUILT_IN
from playground.tools.mcp.asking import FROM, OutsideFault, outside

MOST_BYTES = declared.MOST * declared.LONGEST


def wanted(said: Any) -> tuple[dict[str, Any], ...]:
    """The tools of a file, of names with commas between, or of a list of names and declarations. Raises BadCall."""
    if isinstance(said, str):
        names = [name.strip() for name in said.split(",")]
        bare = all(name in BUILT_IN or name.startswith(FROM) for name in names)
        said = names if bare else _file(said)
    held = said if isinstance(said, list) else [said]
    try:
        return declared.several([one for tool in held for one in _those(tool)])
    except declared.DeclaredFault as fault:
        raise BadCall(f"{fault}") from None


def _those(tool: Any) -> Sequence[Any]:
    """A declaration, a built-in tool by its name, or all or one of a server's: mcp:files, mcp:files/read."""
    if not isinstance(tool, str):
        return [declared.unowned(tool)]
    if tool.startswith(FROM):
        return _served(tool)
    if tool not in BUILT_IN:
        known = ", ".join([*BUILT_IN, *(FROM + one.name for one in outside().set_up.servers)])
        raise BadCall(f"there is no tool called {tool!r} here; there are {known}.")
    return [BUILT_IN[tool].tool]


def _served(said: str) -> Sequence[Any]:
    server, _, name = said.removeprefix(FROM).partition("/")
    try:
        tools = outside().tools(server).tools
    except OutsideFault as fault:
        raise BadCall(str(fault)) from None
    found = [tool for tool in tools if not name or declared.name(tool) == name]
    if not found:
        known = ", ".join(map(declared.name, tools)) or "none"
        raise BadCall(f"{server} has no tool called {name!r}; it has {known}.")
    return found


def _file(name: str) -> Any:
    try:
        with Path(name).open("rb") as stream:
            data = stream.read(MOST_BYTES + 1)
        if len(data) > MOST_BYTES:
            raise BadCall(f"{name} is larger than tools can be.")
        return json.loads(data.decode("utf-8-sig"))
    except (OSError, ValueError) as error:
        if isinstance(error, UnicodeDecodeError):
            raise BadCall(f"{name} is not UTF-8 text.") from None
        if isinstance(error, OSError):
            raise BadCall(f"{name} can't be read: {error.strerror or error}.") from None
        raise BadCall(f"{name} is not JSON: {error}.") from None
    except RecursionError:
        raise BadCall(f"{name} is nested too deeply.") from None


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
