"""What articles said of the family, whether it holds, and the comparison that shows it."""

from __future__ import annotations

import streamlit as st

from components import columns
from components.variants.sources import link
from components.words import plain
from playground.models.catalog import Catalog
from playground.models.family.published import Claim

COLOURS = {"confirmed": "green", "contradicted": "red", "can't be checked": "gray"}


def draw(held: Catalog) -> None:
    """The claims of each article, those of the chosen verdicts."""
    claims = held.published.claims
    counts = {name: sum(one.verdict == name for one in claims) for name in COLOURS}
    chosen = st.pills(
        "Verdict",
        list(COLOURS),
        selection_mode="multi",
        format_func=lambda name: f"{name} ({counts[name]})",
        key="claims_verdict",
    )
    shown = [one for one in claims if not chosen or one.verdict in chosen]
    for article in dict.fromkeys(one.article for one in shown):
        st.subheader(article, anchor=False)
        for one in shown:
            if one.article == article:
                _claim(one, claims.index(one))


def _claim(one: Claim, number: int) -> None:
    with st.container(border=True, key=f"claim_{number}", gap="xsmall"):
        colour = COLOURS[one.verdict]
        found = f" {plain(one.found)}" if one.found else ""
        st.markdown(f"**{plain(one.said)}**  \n:{colour}-badge[{one.verdict}]{found}")
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.markdown(f":small[{link(one.source)}]", width="content")
            if one.measure is not None and st.button(
                "Measure it",
                key=f"measure_{number}",
                icon=":material/compare:",
                type="tertiary",
                help=plain(one.measure.prompt),
            ):
                measure = one.measure
                columns.hand(measure.on, measure.prompt, measure.file, measure.thinking)
                st.switch_page("pages/compare.py")
