"""The family: what each member is, takes and costs, and which of it this machine has."""

import streamlit as st

from components import fit, shell, variants
from playground import models
from playground.catalog import catalog

shell.enter()

st.title("The Gemma 4 family")
st.markdown(
    "Five models with open weights. The small ones hear, the mixture reads a part of its weights for each token, "
    "the dense one is the most accurate. The figures are published ones; each names its source."
)
shell.keep_watching()

held = catalog()
here = [*models.installed(), *models.damaged()]

with st.grid(3, min_column_width=320, gap="medium"):
    for member in held.variants:
        variants.card(member, here)
    variants.shared_facts(held)

fits, cards, figures = st.tabs(["Does it fit here?", "Side by side", "Published results"])
with fits:
    fit.table()
with cards:
    variants.table(held)
with figures:
    variants.results(held)

variants.sources(held)
