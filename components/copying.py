"""A button that copies a text in one press, on touch too. Streamlit has none that does not first show it all."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

HERE = Path(__file__).parent

_button = st.components.v2.component(
    "playground_copy",
    html='<button type="button"><span class="icon" aria-hidden="true">content_copy</span> '
    '<span class="words"></span></button>',
    css=(HERE / "copying.css").read_text("utf-8"),
    js=(HERE / "copying.js").read_text("utf-8"),
)


def copy_button(key: str, text: str, whose: str, label: str = "Copy") -> None:
    """The button for a text; `whose` text it is, is told to those who can't see where the button stands."""
    data = {"text": text, "name": f"Copy {whose}", "label": label}
    _button(key=key, data=data, width="content")
