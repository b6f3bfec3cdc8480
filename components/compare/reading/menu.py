"""How the answers are laid out, for the whole page; and the list of keys."""

from __future__ import annotations

import streamlit as st

from components.compare.reading import order
from components.compare.reading.view import view
from playground.comparisons.comparison import Comparison

SCROLLING = {
    "page": "with the page",
    "alone": "each by itself",
    "linked": "together",
}

KEYS = (
    ("Enter", "sends what stands in the box; Shift+Enter begins a new line"),
    ("Ctrl+Enter", "sends it from anywhere"),
    ("Esc, Alt+S", "stops every answer"),
    ("1 to 6", "goes to a column"),
    ("J, K", "goes to the next column, to the one before"),
    ("F6", "goes from the box to the answers and back"),
    ("/", "goes to the box; on History to the search"),
    ("?", "opens this list"),
)
"""What components/keys.js does; one letter counts only where nothing is being written."""


def button(shown: Comparison | None) -> None:
    """A button that opens the layout and the list of keys."""
    with st.popover(
        "View and keys",
        icon=":material/view_column:",
        key="view_menu",
        help="Layout, and what keys do",
    ):
        st.segmented_control(
            "Columns scroll",
            list(SCROLLING),
            format_func=SCROLLING.__getitem__,
            default="page",
            required=True,
            key="scrolling",
            persist_state="session",
        )
        st.toggle("Full width", key="wide", persist_state="session")
        order.choice()
        if shown is not None:
            _open_and_fold(shown)
        rows = [f"| **{key}** | {does} |" for key, does in KEYS]
        st.markdown("\n".join(["| Key | What it does |", "|:--|:--|", *rows]))


def _open_and_fold(shown: Comparison) -> None:
    held = view(shown)
    if held.columns:
        st.button(
            "Open all columns",
            key="open_columns",
            icon=":material/view_column:",
            type="tertiary",
            on_click=held.open_all,
        )
    if len(shown.rounds) > 1:
        all_folded = {round.id for round in shown.rounds[:-1]} <= held.rounds
        st.button(
            "Open all rounds" if all_folded else "Fold all rounds but the last",
            key="fold_rounds",
            icon=f":material/unfold_{'more' if all_folded else 'less'}:",
            type="tertiary",
            on_click=held.fold_earlier,
            args=(shown,),
        )


def layout() -> str:
    """The key of the container of all rounds: page.css knows it by that."""
    scrolling = st.session_state.get("scrolling") or "page"
    return f"scrolling_{scrolling}{'_wide' if st.session_state.get('wide') else ''}"
