"""The call for what is on the screen, for programs: a dialog with a tab for each way to make it."""

from __future__ import annotations

import streamlit as st

from components import web
from playground.api.snippets import snippets
from playground.comparisons.comparison import Comparison
from playground.config import read


def button(comparison: Comparison) -> None:
    """A button that opens the dialog, where the API is on."""
    if read().api == "off":
        return
    if st.button(
        "Use from code",
        key="use_from_code",
        icon=":material/code:",
        type="tertiary",
        help="The call that asks this again, from a program of yours",
    ):
        _dialog(comparison)


@st.dialog("Use from code", width="large")
def _dialog(comparison: Comparison) -> None:
    base, token = web.base(), read().api == "tokens"
    calls = snippets(comparison.last, base, token)
    for tab, call in zip(st.tabs([one.name for one in calls]), calls, strict=True):
        with tab:
            st.code(call.text, language=call.language, height=360)
    notes = [f"All of it: [{base}/api/docs]({base}/api/docs)."]
    if token:
        notes.append("`PLAYGROUND_TOKEN` is a token; the Engines page makes one.")
    if comparison.last.asked.media():
        notes.append("Files are meant by their names, in the folder where it runs.")
    st.caption(" ".join(notes))
