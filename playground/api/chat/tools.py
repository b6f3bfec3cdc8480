"""Tools that a client declares and runs itself, and its calls and results on their way in and out."""

from __future__ import annotations

import json
import secrets
from typing import Any

from playground.api.faults import wrong
from playground.prompt.conversation import ToolCall, ToolResult
from playground.tools import calls, declared, results


def tools(said: Any, choice: Any) -> tuple[dict[str, Any], ...]:
    """The tools that a model is told of: none where none may be called. Raises Fault."""
    if choice not in (None, "auto", "none"):
        how = "no engine here can be made to call a tool"
        raise wrong("tool_choice", f"tool_choice is auto or none: {how}.")
    if said is None:
        return ()
    if not isinstance(said, list):
        raise wrong("tools", "tools must be a list.")
    try:
        made = declared.several([declared.unowned(tool) for tool in said])
    except declared.DeclaredFault as fault:
        raise wrong("tools", str(fault)) from None
    return () if choice == "none" else made


def called(place: str, said: Any) -> tuple[str, ToolCall]:
    """A call that a model made earlier, with its id. Raises Fault."""
    match said:
        case {"id": str(id), "function": {"name": str(name), "arguments": str(arguments)}}:
            pass
        case _:
            raise wrong(place, f"{place} is no call of a function, with id, name and arguments.")
    try:
        held = json.loads(arguments or "{}")
        good = isinstance(held, dict) and results.plain(held) is held
    except (ValueError, RecursionError):
        good = False
    if not good or not declared.NAME.fullmatch(name):
        raise wrong(place, f"{place}: the arguments are no JSON object that can be told again.")
    return id, ToolCall(name, held)


def result(name: str, said: str) -> ToolResult:
    """What a client's tool gave: JSON where it is that, else words."""
    return ToolResult(name, results.typed(said))


def made(text: str, known: tuple[dict[str, Any], ...]) -> list[dict[str, Any]]:
    """The calls in what a model wrote, as clients take them; none where it can't be read."""
    found = calls.read(text) if known and text.strip() else ()
    if any(call.fault for call in found):
        return []
    return [
        {
            "id": f"call_{secrets.token_hex(12)}",
            "type": "function",
            "function": {
                "name": call.name,
                "arguments": json.dumps(call.arguments, ensure_ascii=False),
            },
        }
        for call in found
    ]
