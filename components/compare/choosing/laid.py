"""Widgets whose values the program changes: laid anew with them, under another key.

A tab knows nothing of what was put into a widget that is not on the screen just then, as in a popover that was closed.
It goes on sending what the old one said, which would be taken for a change by the visitor.
"""

from __future__ import annotations

from typing import Any

import streamlit as st


def key(name: str) -> str:
    """The key of the widget of that name as it stands now."""
    laid = st.session_state.get(_count(name), 0)
    return f"{name}_{laid}" if laid else name


def said(name: str) -> Any:
    """What it says; None before it was first drawn or filled."""
    return st.session_state.get(key(name))


def put(name: str, value: Any) -> None:
    """Have it say that. Before it is drawn in this run of the page."""
    anew(name)
    st.session_state[key(name)] = value


def anew(name: str) -> None:
    """From now on it is another widget, or all are whose keys begin with the key of that name."""
    st.session_state[_count(name)] = st.session_state.get(_count(name), 0) + 1


def _count(name: str) -> str:
    return f"{name}_laid"
