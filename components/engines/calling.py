"""The API on the Engines page: where it is, and the visitor's tokens for it."""

from __future__ import annotations

import time

import streamlit as st

from components import shell, web
from components.words import plain
from playground.archive.archive import Archive
from playground.config import read
from playground.hosting.tokens import Token, Tokens

NEW = "new_token"
"""In the session: the token that was just made, until another page or press."""


def panel() -> None:
    """Nothing where the API is off."""
    held = read()
    if held.api == "off":
        return
    st.header("API", anchor=False)
    base = web.base()
    st.markdown(
        f"Programs call `{base}/api`, and OpenAI's clients `{base}/v1`: "
        f"[what there is]({base}/api/docs). *Use from code* below a comparison writes the call."
    )
    archive = shell.desk().archive
    if held.api == "here":
        st.caption(
            "From this machine alone, without a token; `PLAYGROUND_API=1` opens it to others with tokens."
        )
    elif archive is None:
        st.caption(
            "Tokens are kept with the comparisons, and nothing is kept here: `PLAYGROUND_ARCHIVE` is off."
        )
    else:
        with shell.archive_faults():
            _tokens(archive)


def _tokens(archive: Archive) -> None:
    tokens, owner = Tokens(archive.media), shell.visitor()
    made: str | None = st.session_state.pop(NEW, None)
    if made is not None:
        st.success("Copy it now: it is shown this once.", icon=":material/key:")
        st.code(made, language=None)
    for one in tokens.of(owner):
        _row(archive, owner, one)
    form = st.form("make_token", border=False, clear_on_submit=True)
    with form, st.container(horizontal=True, vertical_alignment="bottom"):
        st.text_input("What it is for", key="token_name", max_chars=60, placeholder="evaluation")
        st.form_submit_button(
            "Make a token", icon=":material/key:", on_click=_make, args=(archive, owner)
        )
    st.caption(
        "What is asked with a token is yours and counts as yours. Of a token only a hash is kept."
    )


def _row(archive: Archive, owner: str, one: Token) -> None:
    used = "never used" if one.used is None else f"used {_when(one.used)}"
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(
            f":material/key: **{plain(one.name)}** :gray[:small[{one.id} · made {_when(one.made)} · {used}]]",
            width="content",
        )
        st.button(
            "Revoke",
            key=f"revoke_{one.id}",
            type="tertiary",
            help=f"{plain(one.name)} opens nothing from then on",
            on_click=_revoke,
            args=(archive, owner, one.id),
        )


def _make(archive: Archive, owner: str) -> None:
    with shell.archive_faults():
        name = str(st.session_state.token_name or "")
        st.session_state[NEW] = Tokens(archive.media).make(owner, name)


def _revoke(archive: Archive, owner: str, id: str) -> None:
    with shell.archive_faults():
        Tokens(archive.media).revoke(owner, id)


def _when(moment: float) -> str:
    """A day, of today the minutes since."""
    passed = time.time() - moment
    if passed < 3600:
        return f"{max(0, round(passed / 60))} min ago"
    return time.strftime("%Y-%m-%d", time.gmtime(moment))
