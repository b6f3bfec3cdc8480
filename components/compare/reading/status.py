"""What a comparison has come to, in one line beside Stop: it changes when an answer begins or ends, never in between.

What stands there is told to screen readers by the page's one status region (components/keys.js).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from components.compare import figures
from components.words import plain
from playground.comparisons.answer import Answer
from playground.comparisons.round import Round

if TYPE_CHECKING:
    from streamlit.delta_generator import DeltaGenerator

ENDS = {"done": "finished", "stopped": "stopped", "refused": "skipped", "failed": "failed"}


class Status:
    """The line of one round; `draw` brings it up to date. Nothing stands there for a round that had ended before."""

    def __init__(self, where: DeltaGenerator, round: Round) -> None:
        self._where = where
        self._round = round
        self._ended = {answer.contender.id for answer in round.answers if answer.ended}
        self._drawn = ""
        self._last = ""
        if not round.ended:
            self._write(self._count())

    def draw(self) -> None:
        """One tick."""
        for answer in self._round.answers:
            if answer.ended and answer.contender.id not in self._ended:
                self._ended.add(answer.contender.id)
                self._last = _end(answer)
        if self._last:
            self._write(f"{self._last} · {self._count()}")

    def _write(self, words: str) -> None:
        if words != self._drawn:
            self._drawn = words
            self._where.caption(words, width="content")

    def _count(self) -> str:
        return f"{len(self._ended)} of {len(self._round.answers)} done"


def place() -> DeltaGenerator:
    """Where the line goes, before there is one."""
    with st.container(key="status", width="content"):
        return st.empty()


def _end(answer: Answer) -> str:
    """ "E2B finished after 2.1 s"."""
    took = answer.figures().e2e_s
    after = f" after {figures.seconds(took)}" if took is not None else ""
    return f"{plain(answer.contender.label)} {ENDS[answer.state]}{after}"
