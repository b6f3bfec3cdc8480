"""The models on this machine, looked up once in each run of the page: every look reads their files anew."""

from __future__ import annotations

import streamlit as st

from playground.engines.roster import installed
from playground.models.model import Model

HERE = "models_here"


def look() -> None:
    """At the start of a run: see what is there now."""
    st.session_state[HERE] = installed.models()


def models() -> tuple[Model, ...]:
    """What was there at the start of the run."""
    if HERE not in st.session_state:
        look()
    found: tuple[Model, ...] = st.session_state[HERE]
    return found
