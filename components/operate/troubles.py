"""What went wrong lately."""

from __future__ import annotations

from datetime import UTC, datetime

import streamlit as st

from components import shell, web


def panel() -> None:
    """A table, the newest first; times are UTC."""
    troubles = web.troubles(shell.desk())
    last = troubles.last() if troubles is not None else ()
    if not last:
        st.markdown(":gray[None since it was started.]")
        return
    rows = [
        {
            "when (UTC)": datetime.fromtimestamp(one.at, UTC).strftime("%Y-%m-%d %H:%M:%S"),
            "where": one.where,
            "what": one.words,
        }
        for one in last
    ]
    st.dataframe(
        rows,
        hide_index=True,
        alt="The last troubles",
        height="content" if len(rows) < 8 else 300,
    )
