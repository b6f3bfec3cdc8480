"""Who the contenders are: once above all rounds, in the order of their columns, in sight while one scrolls."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from functools import partial

import streamlit as st

from components import colours
from components.compare.contenders import takes
from components.compare.reading.stage import stage
from components.compare.reading.view import View
from components.words import plain
from playground.comparisons.contender import Contender
from playground.models.model import Model

NARROWEST = 300
"""Pixels below which a column of answers can't be read."""

Turn = Callable[[Contender], None]
"""Leave a contender out of what is asked next, or take it back in."""


def heads(
    contenders: Sequence[Contender],
    notes: Mapping[str, str],
    held: View,
    out: Collection[str],
    turn: Turn | None,
) -> None:
    """A head for each contender; `notes` says by its id what sets it apart, `out` has the ids of those who are not
    asked on. `turn` is None where nothing can be changed.
    """
    shown = held.open(contenders)
    about = tuple((one.id, one.id in held.columns, one.id in out) for one in contenders)
    with st.container(key="heads"), stage("heads", about):
        with st.grid(len(shown), min_column_width=NARROWEST, wrap=False):
            for number, contender in enumerate(contenders):
                if contender in shown:
                    with st.container(gap=None, key=f"head_{number}"):
                        _head(
                            number,
                            contender,
                            notes.get(contender.id, ""),
                            contenders,
                            held,
                            contender.id in out,
                            turn,
                        )
        folded = [one for one in contenders if one not in shown]
        if folded:
            _folded(folded, held)


def _head(
    number: int,
    contender: Contender,
    note: str,
    contenders: Sequence[Contender],
    held: View,
    out: bool,
    turn: Turn | None,
) -> None:
    with st.container(
        horizontal=True,
        horizontal_alignment="distribute",
        vertical_alignment="center",
        gap="xsmall",
    ):
        title(contender)
        acts: dict[str, Callable[[], None]] = {}
        if len(contenders) > 1:
            alone = held.open(contenders) == [contender]
            if alone:
                acts["Open all columns"] = held.open_all
            else:
                acts["Enlarge"] = partial(held.enlarge, contender.id, contenders)
                acts["Fold"] = partial(held.fold, contender.id)
        if turn is not None:
            acts["Take back in" if out else "Leave out"] = partial(turn, contender)
        if acts:
            key = f"column_{number}"
            st.menu_button(
                "Column",
                list(acts),
                key=key,
                type="tertiary",
                on_click=_act,
                args=(key, acts),
            )
    lines = [*provenance(contender.model), f":gray[{note}]" if note else ""]
    if out:
        lines.append(":orange[:material/person_off: left out of what is asked next]")
    st.markdown("  \n".join(f":small[{line}]" for line in lines if line))


def _act(key: str, acts: dict[str, Callable[[], None]]) -> None:
    chosen = st.session_state.get(key)
    if chosen in acts:
        acts[chosen]()


def _folded(folded: Sequence[Contender], held: View) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="folded"):
        st.caption("Folded", width="content")
        for number, contender in enumerate(folded):
            st.button(
                plain(contender.label),
                key=f"unfold_{number}",
                icon=":material/left_panel_open:",
                type="tertiary",
                help=f"Open {plain(contender.label)}'s column",
                on_click=held.fold,
                args=(contender.id,),
            )


def title(contender: Contender) -> None:
    """The contender's name in its variant's colour, and what it takes."""
    name = colours.text(contender.model.variant, f"**{plain(contender.label)}**")
    st.markdown(
        f"## {name} :gray[:small[{takes(contender.model.capabilities)}]]",
        width="content",
        anchors=False,
    )


def provenance(model: Model) -> tuple[str, ...]:
    """Which weights answer, where, and in which precision, in one or two lines."""
    who = ":orange-badge[demo-sized, not Gemma 4]" if model.demo else f"**{plain(model.weights)}**"
    place = plain(model.place)
    where = f":orange[sent to {place}]" if model.leaves_machine else place
    weights = (f"revision {model.revision}" if model.revision else "", model.precision)
    known = plain(" · ".join(word for word in weights if word))
    return (f"{who} · {where}", f":gray[{known}]") if known else (f"{who} · {where}",)
