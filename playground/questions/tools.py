"""The tools that a question names: built-in ones, those of the operator's servers, and what is declared in it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from playground.questions.faults import BadCall
from playground.questions.files import Opened, text
from playground.tools import declared
from playground.tools.built_in import BUILT_IN
from playground.tools.mcp.asking import FROM, OutsideFault, outside

MOST_BYTES = declared.MOST * declared.LONGEST


def wanted(said: Any, opened: Opened | None = None) -> tuple[dict[str, Any], ...]:
    """The tools of names with commas between, of a list of names and declarations, or of a file where one can be
    `opened`. Raises BadCall.
    """
    if isinstance(said, str):
        names = [name.strip() for name in said.split(",")]
        bare = all(name in BUILT_IN or name.startswith(FROM) for name in names)
        said = names if bare or opened is None else _file(said, opened)
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


def _file(name: str, opened: Opened) -> Any:
    held = text(name, opened, MOST_BYTES + 1)
    if len(held.encode()) > MOST_BYTES:
        raise BadCall(f"{name} is larger than tools can be.")
    try:
        return json.loads(held)
    except ValueError as error:
        raise BadCall(f"{name} is not JSON: {error}.") from None
    except RecursionError:
        raise BadCall(f"{name} is nested too deeply.") from None
