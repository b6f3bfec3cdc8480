"""What stands in the address by our own hand: a link says it, and the browser's history knows it.

Most widgets keep themselves there (`bind="query-params"`); these are the others.
"""

from __future__ import annotations

import streamlit as st


def came(name: str, usual: str = "") -> str | None:
    """What the address says, if it says something else than it was told last: a link was opened, or the visitor went
    back in the browser's history.
    """
    said = st.query_params.get(name, usual)
    return said if st.session_state.get(_told(name)) != said else None


def tell(name: str, value: str, usual: str = "") -> None:
    """Have the address say it. The usual is not written into an address that doesn't speak of it: each time that one
    changes is a step in the history.
    """
    if st.query_params.get(name, usual) != value:
        st.query_params[name] = value
    st.session_state[_told(name)] = value


def _told(name: str) -> str:
    return f"told_{name}"
