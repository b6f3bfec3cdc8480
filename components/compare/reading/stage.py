"""A place on the page whose old content goes at once when it comes to be about something else."""

from __future__ import annotations

from collections.abc import Hashable
from typing import TYPE_CHECKING

import streamlit as st

if TYPE_CHECKING:
    from streamlit.delta_generator import DeltaGenerator


def stage(name: str, about: Hashable) -> DeltaGenerator:
    """A container, keyed by what it is `about`.

    Streamlit keeps what stood at a container's position until the script ends, and a page that draws a running
    comparison does not end for a while: leftovers of the last content would stand faded beneath the new one. So there
    are two positions, used in turn; the one not in use is emptied.
    """
    key = f"stage_{name}"
    before, side = st.session_state.get(key, (about, 0))
    if before != about:
        side = 1 - side
    st.session_state[key] = (about, side)
    if side == 0:
        place = st.container()
        st.empty()
    else:
        st.empty()
        place = st.container()
    return place
