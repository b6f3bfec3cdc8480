"""One step of an answer in its pane: what was thought, said and called. Most answers have one."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING

import streamlit as st

from components.compare import figures
from components.compare.schema.shown import Structured
from components.compare.tooling.calls import Calls
from components.prose import Prose
from playground.comparisons.answer import Answer
from playground.comparisons.steps import Called, Step
from playground.engines.events import Chunk

if TYPE_CHECKING:
    from streamlit.elements.lib.mutable_status_container import StatusContainer


class StepView:
    """The place of a step; `draw` brings it up to date."""

    def __init__(self, key: str, answer: Answer, mine: bool) -> None:
        self._thinking = _Thinking()
        self._text = place_of_words(answer)
        self._raw = st.empty()
        self._calls = Calls(key, answer, mine)
        self._raw_drawn = ""
        self._settled = False

    def draw(self, step: Step, calls: Sequence[Called], over: bool, thinks: bool) -> None:
        """One tick. `over`: nothing more will come of it; `thinks`: a thought is what comes."""
        if self._settled:
            return
        self._settled = over
        self._thinking.draw(step, over or not thinks)
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
    """The place of what it says: as text, or as what a schema made of it."""
    if answer.settings.schema is not None and not answer.tool_call:
        return Structured(answer)
    return Prose(st.container(gap="xsmall"))


class _Thinking:
    """The thought of a step, folded; nothing where there is none."""

    def __init__(self) -> None:
        self._where = st.empty()
        self._status: StatusContainer | None = None
        self._label = ""

    def draw(self, step: Step, over: bool) -> None:
        if not step.thinking.strip():
            return
        label = thought(step.chunks) if over else ":shimmer[Thinking]"
        if self._status is None:
            self._status = self._where.status(
                label, state="complete" if over else "running", type="compact"
            )
            self._text = Prose(self._status.container(gap="xsmall"))
        elif label != self._label:
            self._status.update(label=label, state="complete" if over else "running")
        self._label = label
        self._text.draw(step.thinking, growing=not over)


def thought(chunks: Sequence[Chunk]) -> str:
    """ "Thought for 0.4 s · 22 tokens"."""
    thoughts = [chunk for chunk in chunks if chunk.channel == "thinking"]
    count = sum(chunk.tokens for chunk in thoughts)
    after = (chunk.at for chunk in chunks if chunk.channel != "thinking" and chunk.text)
    took = figures.seconds(next(after, thoughts[-1].at) - thoughts[0].at)
    return f"Thought for {took}" + (f" · {count:,} tokens" if count else "")
