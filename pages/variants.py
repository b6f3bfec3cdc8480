"""The family: how each member is built, what is published of it, which one suits, what fits, and what was said."""

import streamlit as st

from components import shell
from components.variants import build, claims, family, fit, results, sources, which
from playground.engines.roster import installed
from playground.models.catalog import catalog

shell.enter()

st.title("The Gemma 4 family")
st.markdown(
    "Five models with open weights. The small ones hear, the mixture reads a part of its weights for each token, "
    "the dense one is the most accurate. The figures are published ones or counted; each names its source."
)
shell.keep_watching()

held = catalog()
here = [*installed.models(), *installed.damaged()]

TABS = (
    "Members",
    "How they are built",
    "Published results",
    "Which one?",
    "Does it fit?",
    "What was said",
)
# Not bound to the address: Streamlit refuses to leave for Compare from a page that has a bound widget.
asked = st.query_params.get("tab")
members, built, published, choice, fits, said = st.tabs(
    TABS, default=asked if asked in TABS else None, key="tab", on_change="rerun"
)

if members.open:
    with members:
        st.header("The members", anchor=False)
        with st.grid(3, min_column_width=320, gap="medium"):
            for member in held.variants:
                family.card(member, here, held.family.licence)
            family.shared_facts(held)
        st.subheader("Side by side", anchor=False)
        family.table(held)

if built.open:
    with built:
        st.header("How they are built", anchor=False)
        build.drawings(held)
        st.subheader("Weights stored and read", anchor=False)
        build.parameters(held)
        st.subheader("What a token reads from memory", anchor=False)
        build.reads(held)

if published.open:
    with published:
        st.header("Published results", anchor=False)
        results.table(held)
        st.subheader("Quality against weights read a token", anchor=False)
        results.quality(held)
        st.subheader("Long context", anchor=False)
        results.long_context(held)
        st.subheader("Tokens for a picture against accuracy", anchor=False)
        results.budgets(held)
        st.subheader("Speeds", anchor=False)
        results.published_speeds(held)

if choice.open:
    with choice:
        st.header("Which one?", anchor=False)
        which.ask(held)

if fits.open:
    with fits:
        st.header("Does it fit?", anchor=False)
        fit.heat_map()

if said.open:
    with said:
        st.header("What was said, and what holds", anchor=False)
        claims.draw(held)

sources.listed(held)
