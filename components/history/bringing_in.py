"""Comparisons from files: our own JSON, a zip of it, or OpenAI messages."""

from __future__ import annotations

import streamlit as st
from streamlit.typing import UploadedFile

from components import shell, uploads, web
from components.words import plain
from playground.archive.archive import Archive
from playground.archive.importing.file import read
from playground.archive.importing.own import ImportFault
from playground.archive.writing.taking_in import take_in
from playground.prompt import media

LARGEST_MB = 100


def button(archive: Archive) -> None:
    """A button that opens a place for files; each comes in by itself, and a bad one says why."""
    if not web.who().asks:
        return  # looking is free, keeping is not
    turn = st.session_state.setdefault("import_turn", 0)
    with st.popover("Import", icon=":material/upload:", type="tertiary", key="import"):
        files = st.file_uploader(
            "Comparisons that were exported as JSON, a zip of them, or OpenAI messages (JSONL)",
            type=["json", "jsonl", "zip"],
            accept_multiple_files=True,
            max_upload_size=LARGEST_MB,
            key=f"imported_{turn}",
        )
    if files:
        st.session_state.import_turn += 1
        st.session_state.import_faults = _take(archive, files)
        st.rerun()


def faults() -> None:
    """What did not come in, and why; until one leaves the page or brings in others."""
    if shell.returns():
        st.session_state.pop("import_faults", None)
    for fault in st.session_state.get("import_faults", ()):
        st.warning(plain(fault), icon=":material/upload:")


def _take(archive: Archive, files: list[UploadedFile]) -> list[str]:
    """Keep what is good; returns a sentence for each file that is not."""
    faults, came = [], 0
    with st.spinner("Reading…"), shell.archive_faults():
        for file in files:
            try:
                for one in read(file.name, uploads.take(file), media.read):
                    take_in(archive, one, shell.visitor())
                    came += 1
            except ImportFault as fault:
                faults.append(str(fault))
    if came:
        what = "One comparison is" if came == 1 else f"{came} comparisons are"
        st.toast(f"{what} in the list.", icon=":material/upload:")
    return faults
