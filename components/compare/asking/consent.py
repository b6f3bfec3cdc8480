"""What is kept of what one sends, said where one sends it; nothing on one's own machine."""

from __future__ import annotations

import streamlit as st

from playground.config import read
from playground.hosting.people import consent


def line() -> None:
    """One sentence, and the rest when one points at it."""
    if words := consent.asking(read()):
        st.caption(words, help="\n".join(f"- {one}" for one in consent.more(read())))
