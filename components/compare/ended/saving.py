"""A question with its media and settings saved as a sample of one's own with one press, and removed again."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from components import shell
from components.words import plain
from playground import config
from playground.comparisons.comparison import Comparison
from playground.prompt.samples import SampleFault
from playground.prompt.saving import LONGEST_TITLE, remove, save, saved


def popover(comparison: Comparison) -> None:
    """Its name, the button, and the samples that were saved; where nothing can be saved, why."""
    folder = config.read().samples
    with st.popover(
        "Save as a sample", icon=":material/bookmark_add:", type="tertiary", key="save_sample"
    ):
        if not shell.may_manage():
            st.caption("Only those who operate this playground can save samples in it.")
        elif folder is None:
            st.caption(
                "There is no folder for samples of your own: name one as `PLAYGROUND_SAMPLES` and start again."
            )
        else:
            _form(comparison, folder)


def _form(comparison: Comparison, folder: Path) -> None:
    field = f"sample_title_{comparison.last.id}"
    # As its default, not through the session: what is opened after the page ran again shows the default.
    st.text_input("Name", _title(comparison), LONGEST_TITLE, key=field)
    st.button(
        "Save",
        key="sample_save",
        type="primary",
        help="The question, its media, and the settings that all contenders have",
        on_click=_save,
        args=(comparison, folder, field),
    )
    try:
        names = [one.title for one in saved(folder)]
    except SampleFault as fault:
        st.warning(plain(str(fault)), icon=":material/error:")
        return
    if names:
        with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
            key = f"saved_of_{len(names)}"
            st.selectbox("Saved", names, len(names) - 1, format_func=plain, key=key)
            st.button("Remove", key="sample_remove", on_click=_remove, args=(folder, key))


def _title(comparison: Comparison) -> str:
    """The first words of the question, or what it is about."""
    asked = comparison.last.asked
    words = " ".join(asked.question.split()) or ", ".join(part.name for part in asked.media())
    return words[:LONGEST_TITLE]


def _save(comparison: Comparison, folder: Path, field: str) -> None:
    """Under what stands in the field now: a press may come together with the last letter."""
    title = str(st.session_state.get(field) or "")
    chosen = [one.settings for one in comparison.contenders]
    try:
        save(folder, title, comparison.last.asked, chosen)
    except SampleFault as fault:
        st.toast(plain(str(fault)), icon=":material/error:")
        return
    st.toast(f"{plain(title)} stands among the samples.", icon=":material/bookmark_added:")


def _remove(folder: Path, field: str) -> None:
    title = str(st.session_state.get(field) or "")
    try:
        remove(folder, title)
    except SampleFault as fault:
        st.toast(plain(str(fault)), icon=":material/error:")
        return
    st.toast(f"{plain(title)} is no sample any more.", icon=":material/bookmark_remove:")
