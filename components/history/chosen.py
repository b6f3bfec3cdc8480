"""The comparisons that were ticked, what can be done with all of them at once, and what was just deleted."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from components import shell, taking_away
from components.history import beside
from playground.archive import keeping
from playground.archive.archive import Archive
from playground.archive.library import Entry

MOST_BESIDE = 6


def ids() -> list[str]:
    """Those that are ticked, in the order in which they were."""
    held: list[str] = st.session_state.setdefault("chosen", [])
    return held


def box(entry: Entry) -> None:
    """A box to tick one."""
    st.checkbox(
        f"Choose {entry.name or entry.question}"[:100],
        value=entry.id in ids(),
        key=f"chosen_{entry.id}",
        label_visibility="collapsed",
        on_change=_turn,
        args=(entry.id,),
    )


def bar(archive: Archive) -> None:
    """What was just deleted, to be taken back; and what can be done with those that are ticked."""
    _deleted(archive)
    held = ids()
    if not held:
        return
    with st.container(horizontal=True, vertical_alignment="center", key="chosen_bar"):
        st.markdown(f"**{len(held)} chosen**", width="content")
        st.button(
            "Lay beside each other",
            key="lay_beside",
            icon=":material/view_column_2:",
            disabled=not 2 <= len(held) <= MOST_BESIDE,
            help=f"Two to {MOST_BESIDE} comparisons",
            on_click=beside.lay,
            args=(tuple(held),),
        )
        taking_away.popover(lambda: held, len(held), "take_away")
        st.button(
            "Delete",
            key="delete_chosen",
            icon=":material/delete:",
            type="tertiary",
            on_click=delete,
            args=(tuple(held),),
        )
        st.button(
            "Choose none",
            key="choose_none",
            icon=":material/deselect:",
            type="tertiary",
            on_click=_leave,
            args=(tuple(held),),
        )


def delete(gone: Sequence[str]) -> None:
    """For callbacks: delete them; `bar` offers to take them back."""
    with shell.archive_faults():
        shell.desk().remove(gone)
        st.session_state.deleted = tuple(gone)
        _leave(gone)
        shown = st.session_state.get("comparison")
        if shown is not None and shown.id in gone:
            st.session_state.comparison = None


def _deleted(archive: Archive) -> None:
    gone: tuple[str, ...] = st.session_state.get("deleted", ())
    if not gone:
        return
    with st.container(horizontal=True, vertical_alignment="center", key="deleted_bar"):
        what = "A comparison is" if len(gone) == 1 else f"{len(gone)} comparisons are"
        st.markdown(f":material/delete: {what} deleted.", width="content")
        undo, close = st.container(width="content"), st.container(width="content")
        undo.button(
            "Undo",
            key="undo",
            icon=":material/undo:",
            on_click=_restore,
            args=(archive, gone),
        )
        close.button("Close", key="close_deleted", type="tertiary", on_click=_forget)


def _restore(archive: Archive, gone: Sequence[str]) -> None:
    with shell.archive_faults():
        with archive.writing() as connection:
            keeping.restore(connection, gone)
        _forget()


def _forget() -> None:
    st.session_state.deleted = ()


def _turn(id: str) -> None:
    held = ids()
    if id in held:
        held.remove(id)
    else:
        held.append(id)


def _leave(gone: Sequence[str]) -> None:
    st.session_state.chosen = [id for id in ids() if id not in gone]
    for id in gone:
        st.session_state.pop(f"chosen_{id}", None)
