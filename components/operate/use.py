"""Who is here, and what they have left of what they may."""

from __future__ import annotations

import streamlit as st

from components import shell, web
from playground.config import read
from playground.hosting.allowance import Allowance

SHOWN = 200


def panel() -> None:
    """A row a visitor whose page is open; the limits stand in the heads of the columns."""
    limits = web.limits(shell.desk())
    visitors = web.sessions.visitors()
    if limits is None or not limits.allowed:
        st.markdown(f":gray[{len(visitors):,} here. There are no limits.]")
        return
    rows = []
    for key, one in list(visitors.items())[:SHOWN]:
        row: dict[str, object] = {"visitor": web.called(key), "operator": one.operator}
        row |= {_head(left.allowance): left.amount for left in limits.left(key)}
        rows.append(row)
    st.markdown(f":gray[{len(visitors):,} here; what each has left:]")
    if rows:
        st.dataframe(
            rows,
            hide_index=True,
            placeholder="no limit",
            alt="What each visitor has left",
            height="content" if len(rows) < 8 else 300,
        )
    held = read()
    models = ", ".join(held.models) or "all"
    precisions = ", ".join(held.precisions) or "as they are stored"
    st.caption(
        f"Models that visitors may ask: {models}. Precisions that they choose: {precisions}."
    )


def _head(one: Allowance) -> str:
    return one.words
