"""The family: what each member is, takes and costs, and which of it this machine has."""

import streamlit as st

from components import shell
from components.variants import family, fit
from playground.engines import roster
from playground.models.catalog import catalog

shell.enter()

st.title("The Gemma 4 family")
st.markdown(
    "Five models with open weights. The small ones hear, the mixture reads a part of its weights for each token, "
    "the dense one is the most accurate. The figures are published ones; each names its source."
)
shell.keep_watching()

held = catalog()
here = [*roster.installed(), *roster.damaged()]

with st.grid(3, min_column_width=320, gap="medium"):
    for member in held.variants:
        family.card(member, here)
    family.shared_facts(held)

fits, cards, figures = st.tabs(["Does it fit here?", "Side by side", "Published results"])
with fits:
    fit.table()
with cards:
    family.table(held)
with figures:
    family.results(held)

family.sources(held)
