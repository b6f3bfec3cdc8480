"""Whose answers run and wait for what, and the button that stops a comparison."""

from __future__ import annotations

import streamlit as st

from components import shell, web
from components.words import plain
from playground.comparisons.answer import Answer
from playground.comparisons.comparison import Comparison

SHOWN = 50


@st.fragment(run_every=2.0)
def panel() -> None:
    """A box a comparison, the first asked first."""
    running = sorted(shell.desk().running(), key=lambda one: one.last.answers[0].timeline.accepted)
    if not running:
        st.markdown(":gray[Nothing runs.]")
    for comparison in running[:SHOWN]:
        _one(comparison)
    if len(running) > SHOWN:
        st.caption(f"And {len(running) - SHOWN:,} more.")


def _one(comparison: Comparison) -> None:
    with st.container(
        border=True, horizontal=True, vertical_alignment="center", key=f"running_{comparison.id}"
    ):
        lines = [f"**{plain(web.called(comparison.owner))}**"]
        lines += [_words(answer) for answer in comparison.answers if not answer.ended]
        st.markdown("  \n".join(lines), width="stretch")
        st.button(
            "Stop",
            key=f"stop_{comparison.id}",
            icon=":material/stop_circle:",
            on_click=comparison.stop,
        )


def _words(answer: Answer) -> str:
    """ "E2B on this machine: waiting, 2 before it, about 40 s"."""
    model = answer.contender.model
    state = str(answer.state)
    if ahead := answer.ahead:
        expected = shell.desk().waits.expected_s(answer)
        about = f", about {expected:.0f} s" if expected else ""
        state = f"{state}, {ahead} before it{about}"
    return f":small[{plain(answer.contender.label)} on {plain(model.place)}: {state}]"
