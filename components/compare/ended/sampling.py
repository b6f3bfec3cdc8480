"""A comparison's question put into a data set with one press."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from components import shell
from components.words import plain
from playground.archive.archive import Archive
from playground.archive.export import samples
from playground.comparisons.comparison import Comparison
from playground.config import may_manage, read


def popover(comparison: Comparison) -> None:
    """On one's own machine: which data set, and what answer is expected."""
    archive = shell.desk().archive
    if not may_manage() or archive is None:
        return
    folder = read().data_sets
    with st.popover(
        "Add to a data set", icon=":material/dataset:", type="tertiary", key="add_sample"
    ):
        there = samples.names(folder)
        st.selectbox(
            "Data set",
            there or ["my samples"],
            accept_new_options=True,
            key="sample_set",
            help="A folder with samples.jsonl and its media",
        )
        st.text_area(
            "Expected answer",
            height=68,  # with more, the button below would lie outside of most screens
            key="sample_target",
            placeholder="Left empty: none is expected",
        )
        st.button(
            "Add",
            key="sample_add",
            type="primary",
            on_click=_add,
            args=(archive, folder, comparison.id),
        )


def _add(archive: Archive, folder: Path, id: str) -> None:
    """What stands in the fields now: a press may come together with the last word."""
    name, target = str(st.session_state.sample_set or ""), str(st.session_state.sample_target)
    with shell.archive_faults():
        kept = archive.record(id)
        if kept is None:
            st.toast("It is not kept, so that it can't become a sample.", icon=":material/dataset:")
            return
        try:
            samples.add(folder, name, kept, archive.store.get, target)
            st.toast(f"It is in {plain(name)}.", icon=":material/dataset:")
        except samples.SampleFault as fault:
            st.toast(plain(str(fault)), icon=":material/dataset:")
