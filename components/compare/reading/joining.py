"""Who comes late and who leaves: what happens with them in the next round, and the ways back."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import streamlit as st

from components.compare.asking import composer
from components.words import plain
from playground.comparisons.comparison import Comparison
from playground.comparisons.contender import Contender

CATCHES_UP = "catches_up"


def choice(on: Comparison | None, columns: Sequence[Contender]) -> None:
    """For those who were not asked before: whether they begin with the next question or answer the others first."""
    late = _late(on, columns)
    if on is None or not late or composer.edited(on) is not None:
        return
    most = max(len(on.missed(one.id)) for one in late)
    names = ", ".join(plain(one.label) for one in late)
    with st.container(
        horizontal=True, vertical_alignment="center", gap="small", width="content", key="joining"
    ):
        st.caption(f":material/person_add: {names}", width="content")
        st.segmented_control(
            f"What {names} begins with",
            [False, True],
            format_func=lambda first: _words(first, most),
            default=False,
            required=True,
            key=CATCHES_UP,
            label_visibility="collapsed",
            help="Whoever catches up is asked the earlier questions first, one after the other",
        )


def catching_up(on: Comparison | None, columns: Sequence[Contender]) -> Collection[str]:
    """The ids of those who answer the earlier questions first."""
    if not st.session_state.get(CATCHES_UP):
        return ()
    return [one.id for one in _late(on, columns)]


def _late(on: Comparison | None, columns: Sequence[Contender]) -> list[Contender]:
    return [one for one in columns if on is not None and on.missed(one.id)]


def _words(first: bool, most: int) -> str:
    if not first:
        return "begins here"
    return "catches up first" if most == 1 else f"catches up on {most} questions first"
