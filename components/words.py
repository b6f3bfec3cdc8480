"""Words from outside (typed text, names of files and models) as Markdown that shows them as they are."""

from __future__ import annotations

from playground.comparisons.markdown.line import literal, plain_start


def plain(text: str) -> str:
    """In one line, with nothing in it that Streamlit would take for a mark, a picture or a directive."""
    return plain_start(literal(" ".join(text.split())))
