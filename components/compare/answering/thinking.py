"""A thought, folded, under its own clock and count; it never stands in the answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from components.compare.figures import seconds
from components.prose import Prose
from playground.comparisons.findings.thought import Thought
from playground.models.sizes import counted

if TYPE_CHECKING:
    from streamlit.elements.lib.mutable_status_container import StatusContainer


class Thinking:
    """The place of one thought; nothing stands there where there is none."""

    def __init__(self) -> None:
        self._where = st.empty()
        self._status: StatusContainer | None = None
        self._label = ""

    def draw(self, found: Thought | None, text: str) -> None:
        """One tick: its words that came, its clock, its tokens."""
        if found is None:
            return
        label, state = words(found), "running" if found.going else "complete"
        if found.seconds is None:
            if label != self._label:
                self._where.caption(label)
        elif self._status is None:
            self._status = self._where.status(label, state=state, type="compact")
            self._text = Prose(self._status.container(gap="xsmall"))
        elif label != self._label:
            self._status.update(label=label, state=state)
        self._label = label
        if self._status is not None:
            self._text.draw(text, growing=found.going)


def words(found: Thought) -> str:
    """ "Thinking · 0.4 s · 22 tokens", "Thought for 0.4 s · 22 tokens, cut short"."""
    if found.seconds is None:
        return f"Thought unseen: the server shows none of its {counted(found.hidden, 'token')}."
    count = f" · {counted(found.tokens, 'token')}" if found.tokens else ""
    if found.going:
        return f":shimmer[Thinking] · {seconds(found.seconds)}{count}"
    return f"Thought for {seconds(found.seconds)}{count}{', cut short' if found.cut else ''}"
