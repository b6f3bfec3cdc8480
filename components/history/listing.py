"""The list, a page at a time, and what to do where there is nothing to list."""

from __future__ import annotations

from functools import partial

import streamlit as st

from components import shell, taking_away
from components.history import card, filters
from playground.archive import library
from playground.archive.archive import Archive
from playground.archive.library import Wanted
from playground.models.sizes import counted

A_PAGE = 12


def draw(archive: Archive, wanted: Wanted) -> None:
    """Pinned ones first, then the newest."""
    with archive.reading() as connection:
        count = library.count(connection, wanted)
        pages = max(1, -(-count // A_PAGE))
        page = min(max(1, st.session_state.get(filters.PAGE, 1)), pages)
        found = library.entries(connection, wanted, A_PAGE, (page - 1) * A_PAGE)
    if not found:
        _nothing(wanted)
    for entry in found:
        card.draw(archive, entry)
    if count > 1:
        everything = wanted == Wanted(owner=wanted.owner)
        name = "Export everything" if everything else f"Export all {count:,}"
        taking_away.popover(partial(_every, archive, wanted), count, "take_all_away", name)
    if pages > 1:
        st.session_state[filters.PAGE] = page
        with st.container(horizontal=True, vertical_alignment="center"):
            st.pagination(pages, key=filters.PAGE)
            st.caption(counted(count, "comparison"), width="content")


def _every(archive: Archive, wanted: Wanted) -> tuple[str, ...]:
    with archive.reading() as connection:
        return library.ids(connection, wanted)


def off() -> None:
    """For a program that was told to keep nothing."""
    st.info(
        "Nothing is kept here: PLAYGROUND_ARCHIVE is off. Comparisons live until the program ends.",
        icon=":material/inventory_2:",
    )


def _nothing(wanted: Wanted) -> None:
    if wanted != Wanted(owner=wanted.owner):
        st.info("Nothing that is kept fits these words and filters.", icon=":material/search_off:")
        st.button("Show everything", key="show_everything", on_click=filters.clear)
        return
    st.info(
        "Nothing is kept yet. Whatever you ask on the Compare page will stand here, with its "
        "answers, figures and media.",
        icon=":material/history:",
    )
    st.page_link(shell.pages()[0], label="Ask something", icon=":material/compare:")
