"""What a visitor may still have, above the box: the scarcest in words, all of it when one points at it."""

from __future__ import annotations

import streamlit as st

from components import shell, signing_in, web

SCARCE = 0.2
"""Of an allowance; with less left the line is no longer grey."""


def may_ask() -> bool:
    """Whether this visitor may ask, or has to sign in first: then nothing is foreseen, and the way in has the line."""
    return web.who().asks


def draw() -> None:
    """One line; nothing where there are no limits, and the way to sign in for who has to."""
    if not may_ask():
        signing_in.button("Sign in to ask.")
        return
    limits = web.limits(shell.desk())
    if limits is None or not limits.allowed:
        return
    left = limits.left(web.visitor())
    if not left:
        return
    scarcest = min(left, key=lambda one: one.share)
    colour = "orange" if scarcest.share < SCARCE else "gray"
    with st.container(key="left", width="content"):
        st.markdown(
            f":{colour}[:small[:material/hourglass: {scarcest.words}]]",
            help="\n".join(f"- {one.words}" for one in left),
        )
