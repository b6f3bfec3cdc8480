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


class Toolbox:
    """The tools of a running program: those that are built in."""

    def runs(self, tool: Mapping[str, Any]) -> bool:
        """Whether a declared tool can be run here; a person answers the calls of the others."""
        return tool.get("from") == FROM and declared.name(tool) in BUILT_IN

    def run(self, tool: Mapping[str, Any], call: Call, luck: Luck, stop: Stop) -> Outcome:
        """What a tool gives for a call whose arguments fit its schema. Never raises."""
        name = declared.name(tool)
        try:
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
