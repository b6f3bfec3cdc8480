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

HELD = "status"
"""In the session: the id of the round, the ids of those that had ended, and what was said last."""

ENDS = {"done": "finished", "stopped": "stopped", "refused": "refused", "failed": "failed"}


class Status:
    """The line of one round; `draw` brings it up to date. Nothing stands there for a round that had ended before it was
    first drawn; when the page runs again in between, it goes on where it was.
    """

    def __init__(self, where: DeltaGenerator, round: Round) -> None:
        self._where = where
        self._round = round
        of, ended, last = st.session_state.get(HELD, ("", frozenset(), ""))
        if of != round.id:
            ended, last = frozenset(_ended(round)), ""
            st.session_state[HELD] = (round.id, ended, last)
        self._ended: frozenset[str] = ended
        self._last: str = last
        if last or not round.ended:
            self._write()
        self.draw()

    def draw(self) -> None:
        """One tick."""
        ended = _ended(self._round)
        new = [answer for id, answer in ended.items() if id not in self._ended]
        if not new:
            return
        self._ended, self._last = self._ended | set(ended), _end(new[-1])
        st.session_state[HELD] = (self._round.id, self._ended, self._last)
        self._write()

    def _write(self) -> None:
        count = f"{len(self._ended)} of {len(self._round.answers)} done"
        self._where.caption(" · ".join(filter(None, (self._last, count))), width="content")


def _ended(round: Round) -> dict[str, Answer]:
    return {answer.contender.id: answer for answer in round.answers if answer.ended}


def place() -> DeltaGenerator:
    """Where the line goes, before there is one."""
    with st.container(key="status", width="content"):
        return st.empty()


def _end(answer: Answer) -> str:
    """ "E2B finished after 2.1 s"."""
    took = answer.figures().e2e_s
    after = f" after {figures.seconds(took)}" if took is not None else ""
    return f"{plain(answer.contender.label)} {ENDS[answer.state]}{after}"
