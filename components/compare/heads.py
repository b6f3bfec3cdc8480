"""Who the contenders are: once above all rounds, in the order of their columns."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from components import colours
from components.compare.contenders import takes
from components.words import plain
from playground.comparisons.contender import Contender
from playground.models.model import Model

NARROWEST = 300
"""Pixels below which a column of answers can't be read."""


def heads(contenders: Sequence[Contender], notes: Sequence[str]) -> None:
    """A head for each contender; `notes` says of each what sets it apart."""
    with st.container(key="heads"), st.grid(columns(len(contenders)), min_column_width=NARROWEST):
        for number, (contender, note) in enumerate(zip(contenders, notes, strict=True)):
            with st.container(gap=None, key=f"head_{number}"):
                title(contender)
                lines = (*provenance(contender.model), f":gray[{note}]" if note else "")
                st.markdown("  \n".join(f":small[{line}]" for line in lines if line))


def columns(count: int) -> int:
    """Side by side as far as an answer stays readable; five and six in two rows."""
    return count if count <= 4 else 3


def title(contender: Contender) -> None:
    """The contender's name in its variant's colour, and what it takes."""
    name = colours.text(contender.model.variant, f"**{plain(contender.label)}**")
    st.markdown(
        f"#### {name} :gray[:small[{takes(contender.model.capabilities)}]]",
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
