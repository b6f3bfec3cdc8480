"""Signing in and out: who did so stands in the menu, and who has to is asked to before anything is shown.

Streamlit leads to the provider and back; where somebody wanted to be is kept meanwhile (hosting/people/wishes.py).
"""

from __future__ import annotations

from typing import Any

import streamlit as st

from components import web
from components.words import plain
from playground.config import read
from playground.hosting.people.wishes import REFUSED, SAID

CAME_BACK = "came_back"
"""In the session: somebody came back from the provider and is not signed in."""

PLACE = "place"
"""In the session: the page that is shown and its query, for who leaves it by the menu in order to sign in."""


def menu(pages: list[Any]) -> dict[str, list[Any]] | list[Any]:
    """The menu with the way in or out: under the name of who is signed in. A proxy's visitors have theirs elsewhere."""
    visitor, held = web.who(), read().sign_in
    if not held.needed or held.header:
        return pages
    if visitor.signed_in:
        leave = st.Page(_leave, title="Sign out", url_path="sign-out")
        return {"": pages, visitor.name: [leave]}
    return [*pages, st.Page(_come, title="Sign in", url_path="sign-in")]


def enter() -> None:
    """For every page: shows nothing of it to who has to sign in first."""
    if st.query_params.get(SAID) == REFUSED:
        st.session_state[CAME_BACK] = True
        del st.query_params[SAID]
    st.session_state[PLACE] = (st.session_state.get("page", ""), st.query_params.to_dict())
    if not web.who().looks:
        st.title("Gemma 4 playground")
        button("Sign in to see it.")
        st.stop()


def button(why: str) -> None:
    """One sentence, and the button that leads to the provider."""
    why_not = web.who().why_not
    if not why_not and st.session_state.get(CAME_BACK):
        why_not = "You were not signed in."
    with st.container(horizontal=True, vertical_alignment="center", key="sign_in_here"):
        st.markdown(f":material/lock: {plain(f'{why_not} {why}'.strip())}", width="content")
        if not read().sign_in.header:
            st.button("Sign in", key="sign_in", type="primary", on_click=_go)


def _go() -> None:
    page, _ = st.session_state.get(PLACE, ("", {}))
    web.wishes.remember(web.browser(), page, st.query_params.to_dict())
    st.login()


def _come() -> None:
    page, query = st.session_state.get(PLACE, ("", {}))
    web.wishes.remember(web.browser(), page, query)
    st.login()


def _leave() -> None:
    st.logout()
