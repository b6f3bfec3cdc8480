"""The popover of the line-up: one contender at a time to move, repeat, set and leave out; and one more."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from components import columns, servers
from components.compare.choosing import here, kept, own, sweeping
from components.compare.choosing.changing import WHICH, add, find, move, put
from components.compare.contenders import MOST, drop, words
from components.words import plain
from playground.comparisons.lineup.entry import Entry, lacking
from playground.prompt.limits import LIMITS


def button() -> None:
    """The button; what it opens is made when it is open."""
    popover = st.popover("Contenders", icon=":material/groups:", key="lineup", on_change="rerun")
    if not popover.open:
        return
    with popover.container(width=460, gap="small"):
        entries = columns.chosen()
        if entries:
            one = _which(entries)
            _place(one, entries)
            own.editor(one)
            if one.id in lacking(entries):
                st.caption(
                    ":material/link_off: Too long for the address: a link lacks a part of it."
                )
            sweeping.panel(one)
        _more(len(entries))
        kept.panel()


def _which(entries: tuple[Entry, ...]) -> Entry:
    """The entry that is being set."""
    by_id = {one.id: one for one in entries}
    if st.session_state.get(WHICH) not in by_id:
        st.session_state[WHICH] = entries[0].id
    id = st.pills(
        "Which one",
        list(by_id),
        format_func=lambda id: plain(words(by_id[id])) if id in by_id else id,
        key=WHICH,
        required=True,
        wrap=True,
    )
    return by_id[str(id)]


def _place(one: Entry, entries: tuple[Entry, ...]) -> None:
    """Its place among the columns, and how often it answers."""
    at = entries.index(one)
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        for step, icon, side in ((-1, "arrow_back", "left"), (1, "arrow_forward", "right")):
            st.button(
                f"Move {side}",
                key=f"lineup_{side}",
                icon=f":material/{icon}:",
                disabled=not 0 <= at + step < len(entries),
                on_click=move,
                args=(one.id, step),
            )
        st.button(
            "Leave out",
            key="lineup_drop",
            icon=":material/close:",
            on_click=drop,
            args=(one.id,),
        )
    key = f"repeats_{one.id}"
    st.session_state[key] = one.repeats
    st.number_input(
        "Answers how often",
        1,
        LIMITS.repeats,
        key=key,
        help="Each time with another seed. The answers that differ are counted, and figures get a 95 % interval.",
        on_change=_repeat,
        args=(one.id, key),
    )


def _repeat(id: str, key: str) -> None:
    wished = int(st.session_state[key] or 1)
    if (one := find(id)) is not None:
        put(id, replace(one, repeats=min(max(1, wished), LIMITS.repeats)))


def _more(count: int) -> None:
    """One more contender, which then is the one that is being set."""
    specs = [model.spec for model in here.models()] + servers.specs()
    if not specs:
        st.caption("There are no models on this machine.")
        return
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        st.selectbox("One more", specs, key="extra_spec")
        st.button(
            "Add",
            key="extra_add",
            icon=":material/add:",
            disabled=count >= MOST,
            on_click=_add,
        )


def _add() -> None:
    add(Entry(st.session_state.extra_spec))
