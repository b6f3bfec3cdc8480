"""What a page needs of the browser that Streamlit has no parameter for: one small component without a frame."""

from __future__ import annotations

import json
from pathlib import Path

import streamlit as st

from playground.prompt.limits import LIMITS, MEGABYTE

HERE = Path(__file__).parent

ROUND = "asked_round"
"""In the session: the id of the round that was asked last, for the page to go to it."""

_page = st.components.v2.component(
    "playground_page",
    html='<div class="said" role="alert" hidden></div><div class="told" role="status"></div>',
    css=(HERE / "browser.css").read_text("utf-8"),
    js="\n".join((HERE / name).read_text("utf-8") for name in ("keys.js", "browser.js")),
)


def watch(key: str = "browser") -> str:
    """Put it on the page, once, where it shall say what went wrong; returns the words in the box so far."""
    known = st.session_state.get(key, {}).get("draft", "")
    data = {
        "most_mb": LIMITS.file_bytes // MEGABYTE,
        "draft": known,
        "round": st.session_state.get(ROUND, ""),
    }
    said = _page(key=key, data=data, on_draft_change=lambda: None)
    return _words(said.draft)


def _words(draft: object) -> str:
    """The words of a draft as browser.js tells it: a list as JSON, of the words and then of each file."""
    try:
        words, *_ = json.loads(str(draft or '[""]'))
    except (ValueError, TypeError):
        return ""
    return words if isinstance(words, str) else ""
