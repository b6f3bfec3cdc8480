"""Who answers, as a visitor chose it, in the session and in the address: also what other pages hand to Compare."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import streamlit as st

from components import shell
from playground.comparisons.lineup.entry import Entry, numbered
from playground.prompt.overrides import Overrides

LINK = "on"
"""The query parameter that names the contenders: "E2B,31B,demo:E2B~thinking" (comparisons/lineup/entry.py)."""


ENTRIES = "entries"
"""Where the session keeps the line-up: entries in their order."""


def chosen() -> tuple[Entry, ...]:
    """The line-up as it stands."""
    held: tuple[Entry, ...] = st.session_state.get(ENTRIES, ())
    return held


def choose(entries: Iterable[Entry]) -> None:
    """Another line-up; entries of one spec are told apart by their numbers."""
    st.session_state[ENTRIES] = numbered(entries)


def hand(specs: Sequence[str], prompt: str, file: str = "", thinking: bool | None = None) -> None:
    """Leave these columns, with a prompt for the box and a sample's file for the tray, for a new comparison."""
    shell.show(None)
    own = Overrides() if thinking is None else Overrides.of(thinking=thinking)
    choose(Entry(spec, own) for spec in specs)
    st.session_state.handed = (prompt, file)


def handed() -> tuple[str, str] | None:
    """The prompt that another page left for Compare and the sample's file, once; empty: a prompt without one."""
    left: tuple[str, str] | None = st.session_state.pop("handed", None)
    return left


def only(spec: str) -> None:
    """Leave a single column, of that model."""
    choose([Entry(spec)])
