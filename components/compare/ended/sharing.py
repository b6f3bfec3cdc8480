"""A comparison's link: who can see it, and what somebody else can do with it."""

from __future__ import annotations

import streamlit as st

from components import shell, web
from components.copying import copy_button
from playground.archive import keeping
from playground.comparisons.comparison import Comparison


def not_yours(comparison: Comparison) -> None:
    """One line where one can only look, and the button that makes it one's own once it has ended."""
    with st.container(horizontal=True, vertical_alignment="center", key="not_yours"):
        if comparison.elsewhere:
            said = "It is answered in another window of this program; you see it as it comes."
        else:
            said = "Somebody else asked this. You can look at it, and go on with a copy."
        st.markdown(f":material/visibility: {said}", width="content")
        if comparison.ended and web.who().asks:
            st.button(
                "Make it mine",
                key="make_mine",
                icon=":material/content_copy:",
                help="A copy that you can ask on in; the first stays as it is",
                on_click=_make_mine,
                args=(comparison,),
            )


def popover(comparison: Comparison) -> None:
    """Where strangers come: the link to copy, and whether it opens for others."""
    archive = shell.desk().archive
    if shell.viewer() is None or archive is None:
        return
    with shell.archive_faults():
        there = archive.standing(comparison.id)
        withdrawn = there is not None and there.withdrawn
        name = "Link withdrawn" if withdrawn else "Share"
        icon = ":material/link_off:" if withdrawn else ":material/link:"
        with st.popover(name, icon=icon, type="tertiary", key="share"):
            if withdrawn:
                st.markdown("The link opens this comparison for you alone.")
            else:
                st.markdown(
                    "Whoever has the link can look at it and make a copy; only you can go on with it. Nobody can "
                    "guess it."
                )
                copy_button("copy_link", _link(comparison), "the link")
            st.button(
                "Let it open for others again" if withdrawn else "Withdraw the link",
                key="withdraw",
                icon=":material/link:" if withdrawn else ":material/link_off:",
                on_click=_withdraw,
                args=(comparison.id, not withdrawn),
            )


def _link(comparison: Comparison) -> str:
    return f"{str(st.context.url or '').partition('?')[0]}?{shell.RUN}={comparison.id}"


def _withdraw(id: str, withdrawn: bool) -> None:
    archive = shell.desk().archive
    if archive is not None:
        with shell.archive_faults(), archive.writing() as connection:
            keeping.withdraw(connection, id, withdrawn)


def _make_mine(comparison: Comparison) -> None:
    made = shell.desk().make_own(comparison, web.visitor())
    shell.show(made)
    st.session_state.mine = made
    st.toast("It is yours now: ask on below.", icon=":material/content_copy:")
