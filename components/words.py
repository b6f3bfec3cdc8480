"""Words from outside (typed text, names of files and models) as Markdown that shows them as they are."""

from __future__ import annotations

MARKS = frozenset("\\`*_{}[]()#+-.!|<>~$^\"'&")
JOINER = "\u2060"


def plain(text: str) -> str:
    """In one line, with nothing in it that Streamlit would take for a mark, a picture or a directive."""
    flat = " ".join(text.split())
    escaped = "".join(f"\\{letter}" if letter in MARKS else letter for letter in flat)
    return escaped.replace(":", f":{JOINER}")
