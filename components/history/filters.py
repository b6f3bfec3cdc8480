"""Which comparisons are wanted: words, and what narrows further."""

from __future__ import annotations

from datetime import timedelta

import streamlit as st

from components import shell
from components.history import when
from playground.archive import library
from playground.archive.archive import Archive
from playground.archive.library import Wanted
from playground.models.catalog import variants

KINDS = {"image": "a picture", "video": "a clip", "audio": "sound", "document": "a text"}
STATES = ("done", "stopped", "refused", "failed")
KEYS = ("words", "variant", "kind", "state", "label", "days")
PAGE = "history_page"


def owner() -> str | None:
    """Whose comparisons are listed; None: everybody's, on one's own machine."""
    return shell.visitor() or None


def choose(archive: Archive) -> Wanted:
    """The search box, and the filters behind a button that says how many are set."""
    with archive.reading() as connection:
        labels = library.known_labels(connection, owner())
    with st.container(horizontal=True, vertical_alignment="bottom", key="history_search"):
        words = st.text_input(
            "Search",
            key="history_words",
            placeholder="Words of a question or an answer",
            icon=":material/search:",
            label_visibility="collapsed",
            on_change=_from_the_start,
            persist_state="session",
        )
        narrowed = sum(bool(st.session_state.get(f"history_{name}")) for name in KEYS[1:])
        name = f"Filters ({narrowed})" if narrowed else "Filters"
        with st.popover(name, icon=":material/filter_alt:", key="history_filters"):
            variant = _one_of("variant", "Who answered", [one.name for one in variants()])
            kind = _one_of("kind", "Asked with", list(KINDS), KINDS)
            state = _one_of("state", "An answer was", list(STATES))
            label = _one_of("label", "Label", list(labels))
            days = st.date_input(
                "Days",
                value=(),
                key="history_days",
                on_change=_from_the_start,
                help="The first and the last day",
                persist_state="session",
            )
    return Wanted(
        owner=owner(),
        words=words,
        variant=variant,
        kind=kind,
        state=state,
        label=label,
        after=when.begins(days[0]) if days else None,
        before=when.begins(days[-1] + timedelta(days=1)) if days else None,
    )


def clear() -> None:
    """For callbacks: nothing narrows any more."""
    for name in KEYS:
        st.session_state.pop(f"history_{name}", None)
    _from_the_start()


def _one_of(key: str, title: str, options: list[str], names: dict[str, str] | None = None) -> str:
    """One of these, or nothing."""
    said: str | None = st.selectbox(
        title,
        options,
        index=None,
        format_func=lambda option: (names or {}).get(option, option),
        key=f"history_{key}",
        placeholder="whatever",
        on_change=_from_the_start,
        persist_state="session",
    )
    return said or ""


def _from_the_start() -> None:
    st.session_state[PAGE] = 1
