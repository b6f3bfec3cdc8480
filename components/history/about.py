"""What a person adds to a comparison: a name, a note, labels, and a judgement on each answer."""

from __future__ import annotations

import streamlit as st

from components import colours, shell
from components.history.filters import owner
from components.words import plain
from playground.archive import keeping, library
from playground.archive.archive import Archive
from playground.archive.library import Entry
from playground.config import read
from playground.hosting.people import consent

THUMBS = {0: -1, 1: 1, None: None}
"""What the thumbs give, and what the archive keeps."""


@st.dialog("About this comparison")
def dialog(archive: Archive, entry: Entry) -> None:
    """All of it in one form; closed without saving, it changes nothing."""
    with archive.reading() as connection:
        labels = library.known_labels(connection, owner())
    with st.form("about", border=False):
        st.text_input("Name", entry.name, max_chars=keeping.LONGEST["name"], key="new_name")
        st.text_area("Note", entry.note, max_chars=keeping.LONGEST["note"], key="new_note")
        st.multiselect(
            "Labels",
            sorted({*labels, *entry.labels}),
            default=list(entry.labels),
            accept_new_options=True,
            key="new_labels",
            placeholder="Choose or write one",
        )
        _ratings(entry)
        if said := consent.judging(read()):
            st.caption(said)
        saved = st.form_submit_button(
            "Save", type="primary", key="save_about", on_click=_save, args=(archive, entry)
        )
    if saved:
        st.rerun()  # closes the dialog


def _ratings(entry: Entry) -> None:
    """Thumbs for every answer of the round that is shown."""
    for index, line in enumerate(entry.lines):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(colours.text(line.variant, plain(line.label)))
            before = {-1: 0, 1: 1}.get(line.rating or 0)
            st.feedback("thumbs", default=before, key=f"rate_{index}")


def _save(archive: Archive, entry: Entry) -> None:
    said = st.session_state
    with shell.archive_faults(), archive.writing() as connection:
        keeping.rename(connection, entry.id, said.new_name)
        keeping.annotate(connection, entry.id, said.new_note)
        keeping.label(connection, entry.id, said.new_labels)
        for index, line in enumerate(entry.lines):
            keeping.rate(connection, line.round, line.contender, THUMBS[said[f"rate_{index}"]])
