"""An answer of an earlier round: its words and one line of figures, small."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from components.compare import figures
from components.compare.answering.standing import ending, progress, remarks
from components.compare.answering.thinking import Thinking
from components.compare.schema.shown import Structured
from components.compare.step import place_of_words, structured
from components.compare.tooling.calls import Waiting
from components.copying import copy_button
from components.prose import written
from components.words import plain
from playground.comparisons.answer import Answer
from playground.comparisons.contender import Contender
from playground.comparisons.findings.thought import whole
from playground.models.sizes import counted

if TYPE_CHECKING:
    from streamlit.delta_generator import DeltaGenerator


class Earlier:
    """The place of one answer; `draw` brings it up to date as long as its contender still catches up.

    Most have ended: those are drawn at once, in no more pieces than they need. The browser draws all of them anew each
    time the page runs, before the words of the last round that come meanwhile.
    """

    def __init__(self, key: str, round: int, answer: Answer, mine: bool) -> None:
        self.answer = answer
        self._key = key
        self._round = round
        self.settled = answer.ended
        with st.container(border=True, key=key, gap="xsmall"):
            if self.settled:
                self._draw_whole()
                return
            self._thinking = Thinking()
            self._text = place_of_words(answer)
            self._waiting = Waiting(key, mine)
            with _below():
                self._foot, self._copy = st.empty(), st.empty()

    def _draw_whole(self) -> None:
        answer = self.answer
        if found := whole(answer):
            Thinking().draw(found, answer.thinking)
        if structured(answer):
            Structured(answer).draw(answer.text, growing=False)
        else:
            written(answer.text)
        with _below():
            st.markdown(_foot(answer))
            if answer.text:
                self._copy_button()

    def draw(self) -> None:
        """One tick."""
        if self.settled:
            return
        answer = self.answer
        self.settled = answer.ended
        self._thinking.draw(whole(answer), answer.thinking)
        self._text.draw(answer.text, growing=not self.settled)
        self._waiting.draw((answer,))
        self._foot.markdown(_foot(answer) if self.settled else progress(answer))
        if self.settled and answer.text:
            with self._copy:
                self._copy_button()

    def _copy_button(self) -> None:
        whose = f"{self.answer.contender.label}'s answer in round {self._round}"
        copy_button(f"copy_{self._key}", self.answer.text, whose)


def _below() -> DeltaGenerator:
    """The line below the words."""
    return st.container(horizontal=True, vertical_alignment="center", gap="small", wrap=False)


def absent(key: str, contender: Contender) -> None:
    """The place of a contender that was not asked in that round."""
    with st.container(border=True, key=key):
        st.markdown(f":small[:gray[{plain(contender.label)} was not asked.]]")


def _foot(answer: Answer) -> str:
    """ "50 ms · 184 tok/s · 12 tokens", and how it ended where that needs a word."""
    known = answer.figures()
    said = []
    if known.ttft_s is not None:
        said.append(f"TTFT {figures.seconds(known.ttft_s)}")
    if known.output_tps is not None:
        said.append(f"{figures.rate(known.output_tps)} tok/s")
    if known.output_tokens is not None:
        said.append(counted(known.output_tokens.total, "token"))
    if known.calls:
        said.append(f"{counted(known.calls, 'call')} of tools")
    name = plain(answer.contender.label)
    words = f":small[:gray[{' · '.join([name, *said])}]]"
    if answer.state == "refused":
        return f":small[:gray[{name}] · :material/block: {plain(answer.reason)}]"
    end = ending(answer)
    return "  \n".join([words, *([f":small[{end}]"] if end else []), *remarks(answer)])
