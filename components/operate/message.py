"""A message to all: a banner on every page."""

from __future__ import annotations

import streamlit as st

from components import shell, web
from playground.hosting.operating.notice import LONGEST


def panel() -> None:
    """A field with what is said now."""
    notice = web.notice(shell.desk())
    with (
        st.form("notice", border=False),
        st.container(horizontal=True, vertical_alignment="bottom"),
    ):
        st.text_input(
            "A message to all, on every page",
            notice.words,
            LONGEST,
            key="notice_words",
            placeholder="None; say, when you will restart it",
        )
        st.form_submit_button("Show it", on_click=_say)


def _say() -> None:
    with shell.archive_faults():
        web.notice(shell.desk()).say(st.session_state.notice_words)
