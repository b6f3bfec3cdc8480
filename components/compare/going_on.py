"""An answer that was begun for the model, or cut and gone on with: how that is shown, and the button that goes on."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from components.words import plain
from playground.comparisons.answer import Answer
from playground.comparisons.going_on import was_cut, why_not
from playground.prompt.mend import Mend

GO_ON = Mend("go_on")
"""Stands for going on where a contender's act is a mend."""

SHOWN = 120
"""Characters of a beginning that stand above the answer; all of it stands in the answer."""


def marks(answer: Answer) -> None:
    """What of an answer is not the model's own, or not of one piece."""
    begun = answer.contender.settings.begun
    if begun.strip():
        line = " ".join(begun.split())
        words = line if len(line) <= SHOWN else f"{line[:SHOWN]}…"
        st.markdown(f":small[:gray[:material/edit: Begun by you: “{plain(words)}”]]")
    cuts = sum(not step.calls for step in answer.steps[:-1])
    if cuts:
        times = "once" if cuts == 1 else f"{cuts} times"
        st.markdown(f":small[:gray[:material/line_start_arrow: Was cut and went on, {times}]]")


def control(index: int, answer: Answer, act: Callable[[str, Mend | None], None]) -> None:
    """The button that lets a cut answer go on, or why it can't."""
    if not was_cut(answer):
        return
    if why := why_not(answer):
        st.markdown(f":small[:gray[{plain(why)}]]", width="content")
        return
    st.button(
        "Continue",
        key=f"go_on_{index}",
        icon=":material/play_arrow:",
        type="tertiary",
        help=f"Let {plain(answer.contender.label)} go on where its answer ended",
        on_click=act,
        args=(answer.contender.id, GO_ON),
    )
