"""How one answer uses its tools: which calls it made, who answers them, and when it is enough. Knows no engine."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from playground.comparisons.steps import Called, Standing
from playground.prompt.conversation import Settings
from playground.tools import calls, results
from playground.tools.built_in import Luck
from playground.tools.toolbox import Stop, Toolbox, find, looked_at, wrong

MOST_STEPS = 8
"""Times that an answer may go on after calls."""

MOST_SECONDS = 300.0
"""That the tools of an answer may take together, a person's time apart."""

MOST_CHARACTERS = 64_000
"""That all results of an answer may have together."""


class ToolTurn:
    """The calls of one answer, in its own thread; `enough` is why it may call nothing more, empty as long as it may.
    `before` were made in it before it was cut: no dice fall the same way again.
    """

    def __init__(self, settings: Settings, toolbox: Toolbox, before: int = 0) -> None:
        self.enough = ""
        self._settings = settings
        self._toolbox = toolbox
        self._steps = self._characters = 0
        self._calls = before
        self._seconds = 0.0

    def made(self, text: str, now: float) -> tuple[Called, ...]:
        """The calls in what the model wrote: wrong ones are answered already, those for a person wait."""
        self._steps += 1
        if self._steps > MOST_STEPS:
            self.enough = f"It called tools {MOST_STEPS} times, the most in one answer."
            return ()
        return tuple(self._called(call, now) for call in calls.read(text))

    def run(self, called: Called, stop: Stop) -> Called:
        """Answer a call that runs by itself."""
        tool = self._tool(called.name)
        if self._seconds > MOST_SECONDS:
            outcome = wrong("The tools took too long; answer without them.")
        elif tool is None:
            outcome = wrong(f"There is no tool called {called.name[:64]}.")
        else:
            self._calls += 1
            begun = time.perf_counter()
            luck = Luck(self._settings.seed, self._calls)
            call = calls.Call(called.name, called.arguments)
            outcome = self._toolbox.run(tool, call, luck, stop)
            self._seconds += time.perf_counter() - begun
        standing: Standing = "wrong" if outcome.wrong else "given"
        return called.given(outcome.result, standing, time.perf_counter())

    def counted(self, called: Called) -> Called:
        """A call with its result, as far as the answer has room for it."""
        result = called.result
        length = len(result) if isinstance(result, str) else len(json.dumps(result))
        if self._characters + length > MOST_CHARACTERS:
            told = wrong("The results of this answer are too long together; answer without it.")
            return replace(called, result=told.result, standing="wrong")
        self._characters += length
        return called

    def _called(self, call: calls.Call, now: float) -> Called:
        if fault := looked_at(call, self._settings.tools):
            return Called(
                call.name,
                {} if call.fault else call.arguments,
                "wrong",
                now,
                results.fault(fault),
                now,
            )
        tool = self._tool(call.name)
        by_hand = self._settings.by_hand or tool is None or not self._toolbox.runs(tool)
        return Called(
            call.name, call.arguments, "waiting" if by_hand else "running", now, by_hand=by_hand
        )

    def _tool(self, name: str) -> Mapping[str, Any] | None:
        return find(name, self._settings.tools)
