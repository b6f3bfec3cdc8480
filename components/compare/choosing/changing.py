"""For callbacks: what happens to one entry of the line-up, which is named by its id.

Presses may come two at a time, before the page shows what the first one did: the entry may be gone, or at its end.
"""

from __future__ import annotations

import streamlit as st

from components import columns
from playground.comparisons.lineup.entry import Entry

WHICH = "lineup_which"
"""Where the session keeps the id of the entry that is being set."""


def find(id: str) -> Entry | None:
    """The entry of that id; None where it was left out."""
    return next((one for one in columns.chosen() if one.id == id), None)


def put(id: str, entry: Entry) -> None:
    """An entry in the place of the one of that id; it is the one that is being set from now on."""
    at = [one.id for one in columns.chosen()].index(id)
    columns.choose(entry if one.id == id else one for one in columns.chosen())
    st.session_state[WHICH] = columns.chosen()[at].id


def move(id: str, step: int) -> None:
    """So many places to the right, or to the left, as far as there are some."""
    entries = list(columns.chosen())
    at = next((n for n, one in enumerate(entries) if one.id == id), None)
    if at is not None and 0 <= at + step < len(entries):
        entries[at], entries[at + step] = entries[at + step], entries[at]
        columns.choose(entries)


def add(entry: Entry) -> None:
    """One more, at the end."""
    columns.choose((*columns.chosen(), entry))
    st.session_state[WHICH] = columns.chosen()[-1].id
