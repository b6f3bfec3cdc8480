"""One colour for each variant, the same in text and in charts; the values stand in the theme."""

from __future__ import annotations

import streamlit as st

NAMES = {"E2B": "blue", "E4B": "green", "12B": "red", "26B-A4B": "violet", "31B": "orange"}
"""Streamlit's names, whose values `.streamlit/config.toml` sets."""


def text(variant: str, words: str) -> str:
    """Markdown for words in the variant's colour."""
    name = NAMES.get(variant)
    return f":{name}[{words}]" if name else words


def css(variant: str) -> str:
    """The variant's colour in the styles of a component, which follow the page's theme by themselves."""
    return f"var(--st-{NAMES.get(variant, 'blue')}-text-color)"


def chart(variant: str) -> str:
    """The variant's colour for a chart on this visitor's page, as #rrggbb."""
    mode = "dark" if st.context.theme.type == "dark" else "light"
    colour = st.get_option(f"theme.{mode}.{NAMES.get(variant, 'blue')}TextColor")
    return str(colour)
