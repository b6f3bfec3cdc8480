"""Runs the tools that answers use by themselves. Whatever a tool does, what comes back is a result or a sentence."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from playground.tools import arguments, declared, results
from playground.tools.built_in import BUILT_IN, FROM, Luck, Wrong
from playground.tools.calls import Call

log = logging.getLogger(__name__)


class Stop(Protocol):
    """Asked while a tool works: should it end now?"""

    def is_set(self) -> bool:
        """True once somebody asked to stop."""
        ...


@dataclass(frozen=True, slots=True)
class Outcome:
    """What goes back to the model; `wrong` when that is a sentence about what went wrong."""

    result: Any
    wrong: bool = False


def wrong(words: str) -> Outcome:
    """A call that was not answered, and why."""
    return Outcome(results.fault(words), wrong=True)


class Outside(Protocol):
    """Tools that are run elsewhere: `mcp.asking` has those of servers."""

    def runs(self, tool: Mapping[str, Any]) -> bool:
        """Whether a declared tool is one of them."""
        ...

    def run(self, tool: Mapping[str, Any], arguments: dict[str, Any], stop: Stop) -> Outcome:
        """What it gives. Never raises."""
        ...


class Toolbox:
    """The tools of a running program: those that are built in, and others from outside."""

    def __init__(self, outside: Outside | None = None) -> None:
        self._outside = outside

    def runs(self, tool: Mapping[str, Any]) -> bool:
        """Whether a declared tool can be run here; a person answers the calls of the others."""
        if tool.get("from") == FROM:
            return declared.name(tool) in BUILT_IN
        return bool(tool.get("from")) and self._outside is not None and self._outside.runs(tool)

    def run(self, tool: Mapping[str, Any], call: Call, luck: Luck, stop: Stop) -> Outcome:
        """What a tool gives for a call whose arguments fit its schema. Never raises."""
        name = declared.name(tool)
        try:
            if tool.get("from") != FROM:
                if self._outside is None:
                    return wrong(f"{name} can't be run here.")
                return self._outside.run(tool, call.arguments, stop)
            return Outcome(results.plain(BUILT_IN[name].run(call.arguments, luck)))
        except Wrong as error:
            return wrong(str(error))
        except Exception:
            log.exception("the tool %s broke", name)
            return wrong(f"{name} broke.")


def looked_at(call: Call, tools: Sequence[Mapping[str, Any]]) -> str:
    """What is wrong with a call, one sentence for the model; empty when it can be run."""
    if call.fault:
        return call.fault
    tool = find(call.name, tools)
    if tool is None:
        known = ", ".join(map(declared.name, tools))
        return f"There is no tool called {call.name[:64]}; there are {known}."
    fault = arguments.fault(_schema(tool), call.arguments)
    return f"The arguments of {call.name} are wrong: {fault}" if fault else ""


def find(name: str, tools: Sequence[Mapping[str, Any]]) -> Mapping[str, Any] | None:
    """The declared tool of that name."""
    return next((tool for tool in tools if declared.name(tool) == name), None)


def _schema(tool: Mapping[str, Any]) -> dict[str, Any]:
    """What the arguments must be: a built-in tool's own schema, whatever was declared in its name."""
    own = BUILT_IN.get(declared.name(tool)) if tool.get("from") == FROM else None
    return declared.parameters(own.tool if own else tool)
