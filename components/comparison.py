"""The drawing loop: attaches to a comparison, running or ended, and draws it until its end."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import streamlit as st

from components import composer, figures, shell
from components.answer import Act, Pane, refusal
from components.asked import asked
from components.media import NOUNS
from playground.comparison import Answer, Comparison, Contender
from playground.conversation import Conversation, Settings
from playground.mend import Mend

if TYPE_CHECKING:
    from streamlit.delta_generator import DeltaGenerator

TICK_S = 0.1
"""Measured: 10 Hz shows a token within 0.15 s (p95) at a third of the work of 20 Hz."""


def start(prompt: Conversation, columns: Sequence[Contender], all_at_once: bool) -> None:
    """Put the prompt to the contenders; this visitor's last comparison makes room if it still runs."""
    _stop_mine()
    comparison = shell.desk().start(prompt, columns, all_at_once)
    st.session_state.mine = comparison
    shell.show(comparison)


def new_button() -> None:
    """A button that leaves the comparison and clears the tray; the settings stay."""
    st.button(
        "New", key="new", icon=":material/add_circle:", help="Begin anew", on_click=_begin_anew
    )


def _stop_mine() -> None:
    """The one on the screen may be somebody else's, opened by its link."""
    mine: Comparison | None = st.session_state.get("mine")
    if mine is not None:
        mine.stop()


def _begin_anew() -> None:
    _stop_mine()
    shell.show(None)
    composer.fill("", ())


def gone() -> None:
    """For an address whose comparison is no longer known."""
    st.info(
        "The comparison in this address is gone: only recent ones are kept, and a restart of the "
        "program forgets them. Ask again below, or begin anew.",
        icon=":material/history:",
    )


def draw(comparison: Comparison, stop: DeltaGenerator) -> None:
    """Prompt, answers, figures; the button that stops all goes into `stop` for as long as it runs.

    Blocks while it runs, so nothing may come after it on the page.
    """
    models = [contender.model for contender in comparison.contenders]
    asked(comparison.conversation, sorted({m.place for m in models if m.leaves_machine}))
    if not comparison.ended:
        stop.button(
            "Stop all",
            key="stop_all",
            icon=":material/stop_circle:",
            help="Stop every answer, keep what came",
            shortcut="Alt+S",
            on_click=comparison.stop,
        )

    def again(index: int, mend: Mend | None) -> None:
        shell.desk().again(comparison, index, mend)

    panes = _panes(comparison, again)
    below = st.container()
    while True:
        comparison.watch()
        for pane in panes:
            pane.draw()
        if all(pane.settled for pane in panes):
            break
        time.sleep(TICK_S)
    stop.empty()
    with below:
        _figures([answer for answer in comparison.answers if answer.state != "refused"])


def _panes(comparison: Comparison, again: Act) -> list[Pane]:
    """The answers in their order, then, in a row of their own, those who were not asked."""
    numbered = list(enumerate(comparison.answers))
    asked_ones = [(index, answer) for index, answer in numbered if answer.state != "refused"]
    refused = [(index, answer) for index, answer in numbered if answer.state == "refused"]
    notes = _differences(comparison)
    panes = []
    if asked_ones:
        with st.grid(_columns(len(asked_ones)), min_column_width=300, key="answers"):
            for index, answer in asked_ones:
                panes.append(Pane(index, answer, notes[index], again))
    if refused:
        with st.grid(_columns(len(refused)), min_column_width=300, key="refused"):
            for index, answer in refused:
                refusal(index, answer, again)
    return panes


def _columns(count: int) -> int:
    """Side by side as far as an answer stays readable; five and six in two rows."""
    return count if count <= 4 else 3


def _differences(comparison: Comparison) -> list[str]:
    """For each contender what sets it apart: settings in which they differ, and what was left out for it."""
    names: dict[str, Callable[[Settings], str]] = {
        "thinking": lambda s: "thinking" if s.thinking else "no thinking",
        "temperature": lambda s: _or_own("temperature", s.temperature),
        "top_p": lambda s: _or_own("top-p", s.top_p),
        "top_k": lambda s: _or_own("top-k", s.top_k),
        "image_tokens": lambda s: f"{s.image_tokens or 'the usual'} tokens a picture",
        "max_tokens": lambda s: f"at most {s.max_tokens:,} tokens",
    }
    every = [answer.settings for answer in comparison.answers]
    different = [name for name in names if len({getattr(one, name) for one in every}) > 1]
    sent = {part.kind for part in comparison.conversation.media()}
    notes = []
    for answer in comparison.answers:
        got = {part.kind for part in answer.conversation.media()}
        words = [names[name](answer.settings) for name in different]
        words += [f"without the {NOUNS[kind]}" for kind in sorted(sent - got)]
        notes.append(" · ".join(words))
    return notes


def _or_own(name: str, value: float | None) -> str:
    return f"its server's {name}" if value is None else f"{name} {value:g}"


def _figures(answers: list[Answer]) -> None:
    """The table of all contenders and the two charts, once they are done."""
    if not any(answer.chunks for answer in answers):
        return
    compare, went, over = st.tabs(["All figures", "Where the time went", "Tokens over time"])
    with compare:
        figures.table(answers)
    with went:
        chart = figures.time_chart(answers)
        if chart is not None:
            st.altair_chart(chart, alt="Where each contender's time went, stage by stage")
    with over:
        chart = figures.token_chart(answers)
        if chart is not None:
            st.altair_chart(chart, alt="Tokens of each contender over time")
