"""Line-ups that are kept by a name: open one, keep this one, forget one."""

from __future__ import annotations

import streamlit as st

from components import columns, shell
from components.compare.choosing import own
from components.words import plain
from playground.archive.archive import ArchiveError
from playground.archive.sets.lineups import LONGEST_NAME, Lineups
from playground.comparisons.lineup.entry import entries, written


def panel() -> None:
    """Folded; nothing where nothing is kept."""
    held = _mine()
    if held is None:
        return
    with st.expander("Kept line-ups", icon=":material/bookmarks:", key="kept", type="compact"):
        with shell.archive_faults():
            names = list(held.all())
            if names:
                with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
                    st.selectbox("Line-up", names, key="kept_name", format_func=plain)
                    st.button("Open", key="kept_open", on_click=_open)
                    st.button("Forget", key="kept_forget", on_click=_forget)
        with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
            st.text_input("Keep this one as", key="keep_as", max_chars=LONGEST_NAME)
            st.button("Keep", key="keep", icon=":material/bookmark_add:", on_click=_keep)


def _mine() -> Lineups | None:
    archive = shell.desk().archive
    return None if archive is None else Lineups(archive.media, shell.visitor())


def _open() -> None:
    held = _mine()
    try:
        text = held.all().get(st.session_state.kept_name, "") if held else ""
    except ArchiveError as error:
        st.toast(plain(str(error)), icon=":material/error:")
        return
    if text:
        columns.choose(entries(text))
        own.laid_anew()


def _keep() -> None:
    held, name = _mine(), str(st.session_state.keep_as or "")
    try:
        if held is not None:
            held.keep(name, written(columns.chosen(), whole=True))
            st.session_state.keep_as = ""
    except ArchiveError as error:
        st.toast(plain(str(error)), icon=":material/error:")


def _forget() -> None:
    held = _mine()
    try:
        if held is not None:
            held.forget(st.session_state.kept_name)
    except ArchiveError as error:
        st.toast(plain(str(error)), icon=":material/error:")
