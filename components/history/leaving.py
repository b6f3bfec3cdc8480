"""The button that deletes all that is one's own, for good, after a question."""

from __future__ import annotations

import streamlit as st

from components import shell
from playground.archive import keeping
from playground.archive.archive import Archive
from playground.hosting.tokens import Tokens

DONE = "left"
"""In the session: how many comparisons were just deleted."""


def button(archive: Archive) -> None:
    """The button; what it opens asks first."""
    if st.button(
        "Delete all",
        key="leave",
        icon=":material/delete_forever:",
        type="tertiary",
        help="Delete everything that is yours here, for good",
    ):
        _dialog(archive)


@st.dialog("Delete all that is yours?")
def _dialog(archive: Archive) -> None:
    with archive.reading() as connection:
        count = keeping.own(connection, shell.viewer())
    what = "comparison" if count == 1 else "comparisons"
    st.markdown(
        f"**{count:,} {what}**, with all pictures, recordings, names, notes, labels and ratings, your kept "
        "line-ups and your tokens for the API. What runs is stopped, links open nothing any more. "
        "This can't be taken back."
    )
    with st.container(horizontal=True):
        st.button(
            f"Delete {count:,} {what}",
            key="leave_for_good",
            type="primary",
            icon=":material/delete_forever:",
            on_click=_delete,
            args=(archive,),
        )
        if st.button("Keep them", key="stay"):
            st.rerun()  # closes the dialog


def _delete(archive: Archive) -> None:
    with shell.archive_faults():
        gone = shell.desk().forget_own(shell.viewer())
        Tokens(archive.media).forget_all(shell.visitor())
        for key in ("comparison", "mine", "deleted", "chosen"):
            st.session_state.pop(key, None)
        st.session_state[DONE] = gone


def told() -> None:
    """That it was done, once."""
    gone: int | None = st.session_state.pop(DONE, None)
    if gone is not None:
        what = "comparison is" if gone == 1 else "comparisons are"
        st.info(f"{gone:,} {what} deleted for good.", icon=":material/delete_forever:")
