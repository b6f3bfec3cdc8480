"""The hardware that is reckoned with: this machine's, unless something else is typed."""

from __future__ import annotations

import streamlit as st

from components.words import plain
from playground.models.device import Kind, device
from playground.models.family import hardware
from playground.models.family.hardware import Hardware

KINDS: dict[Kind, str] = {"cuda": "GPU", "mps": "Apple", "cpu": "CPU"}


def choose(key: str) -> Hardware:
    """A box for the memory and a choice of the device; this machine's own where nothing is typed."""
    here = hardware.here()
    said = st.text_input(
        "Memory",
        key=f"memory_{key}",
        placeholder=f"this machine: {here.words}",
        help="Such as 16 GB, or 2 x 24 GB. Empty: what is free here now.",
        max_chars=40,
        width=220,
    )
    kind = st.segmented_control(
        "Device",
        list(KINDS),
        default=device().kind,
        required=True,
        format_func=KINDS.__getitem__,
        key=f"device_{key}",
    )
    chosen: Kind = kind or device().kind
    if said and said.strip():
        try:
            return hardware.typed(said, chosen)
        except ValueError as error:
            st.markdown(f":orange[:material/error: {plain(str(error))}]")
    return here if chosen == here.kind else Hardware(here.each, chosen)
