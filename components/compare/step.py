"""One step of an answer in its pane: what was thought, said and called. Most answers have one."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import streamlit as st

from components.compare.answering.thinking import Thinking
from components.compare.schema.shown import Structured
from components.compare.tooling.calls import Calls
from components.prose import Prose
from playground.comparisons.answer import Answer
from playground.comparisons.findings.thought import thought
from playground.comparisons.steps import Called, Step


class StepView:
    """The place of a step; `draw` brings it up to date."""

    def __init__(self, key: str, answer: Answer, mine: bool) -> None:
        self._thinking = Thinking()
        self._answer = answer
        self._place = st.empty()
        with self._place.container(gap="xsmall"):
            self._text = place_of_words(answer)
        self._raw = st.empty()
        self._calls = Calls(key, answer, mine)
        self._raw_drawn = ""
        self._settled = False

    def draw(self, step: Step, calls: Sequence[Called], over: bool) -> None:
        """One tick. `over`: nothing more will come of it."""
        if self._settled:
            return
        self._settled = over
        output = step.last.output if step.last else None
        self._thinking.draw(thought(step.chunks, over, output), step.thinking)
        if over and not calls and isinstance(self._text, Prose) and _held(self._answer):
            # The last words of one that might have called.
            with self._place.container(gap="xsmall"):
                self._text = Structured(self._answer)
        self._text.draw(step.text, growing=not over)
        raw = "" if calls else step.tool_call.strip()
        if raw != self._raw_drawn:
            self._raw_drawn = raw
            if raw:
                self._raw.code(raw, None, wrap_lines=True)
            else:
                self._raw.empty()
        self._calls.draw(calls)

    def mark(self, different: Collection[str]) -> None:
        """Mark the fields in which it differs from others."""
        if isinstance(self._text, Structured):
            self._text.mark(different)


def place_of_words(answer: Answer) -> Prose | Structured:
    """The place of what it says: as text, or as what a schema made of it. Before a call it may say anything."""
    return Structured(answer) if structured(answer) else Prose(st.container(gap="xsmall"))


def structured(answer: Answer) -> bool:
    """Whether all that it says is held to a schema."""
    return _held(answer) and not answer.settings.tools


def _held(answer: Answer) -> bool:
    """Whether its last words are held to a schema."""
    return answer.settings.schema is not None and not answer.steps[-1].tool_call
