"""Where figures come from, in words, and a chart with the table that stands behind it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from components import colours
from playground.models.catalog import Catalog, catalog


def shades(held: Catalog) -> dict[str, str]:
    """Each member's colour on this visitor's page."""
    return {one.name: colours.chart(one.name) for one in held.variants}


def dark() -> bool:
    """Whether this visitor's page is."""
    return st.context.theme.type == "dark"


def named(source: str) -> dict[str, str]:
    """Two columns of a table: the source and its kind."""
    found = catalog().sources[source]
    return {"Source": found.title, "Kind": found.kind}


def link(source: str) -> str:
    """A source as Markdown with its kind, as a link where there is one."""
    found = catalog().sources[source]
    title = f"[{found.title}]({found.link})" if found.link else found.title
    return f"{found.kind}: {title}"


def note(words: str) -> None:
    """A line below something; a caption of Streamlit's own is too pale to be read by everybody."""
    st.markdown(f":small[{words}]")


def charted(
    spec: dict[str, Any], rows: Sequence[Mapping[str, Any]], alt: str, key: str, words: str = ""
) -> None:
    """A chart, what it shows for those who don't see it, and its numbers as a table."""
    st.vega_lite_chart(spec, width="stretch", alt=alt, key=f"chart_{key}")
    if words:
        note(words)
    with st.expander("These numbers as a table", icon=":material/table:", key=f"numbers_{key}"):
        st.dataframe(
            rows, hide_index=True, placeholder="–", alt=f"The numbers of this chart: {alt}"
        )


def listed(held: Catalog) -> None:
    """All sources that anything on the page names."""
    with st.expander("Sources", icon=":material/menu_book:"):
        st.markdown("\n".join(f"- {link(name)}" for name in held.sources))
