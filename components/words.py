"""Words from outside (typed text, names of files and models) as Markdown that shows them as they are."""

from __future__ import annotations

import re

from playground.comparisons.markdown.line import literal, plain_start

WITHIN = re.compile(r"(?<=\w)\\_(?=\w)")


def plain(text: str) -> str:
    """In one line, with nothing in it that Streamlit would take for a mark, a picture or a directive."""
    return plain_start(literal(" ".join(text.split())))


def label(text: str) -> str:
    """In the label of a field, which Streamlit shows as Markdown but reads out as it is written.

    What has to be escaped is left out, but an underscore within a word needs no escape.
    """
    return " ".join(re.sub(r"\\.|&#?\w+;", " ", WITHIN.sub("_", plain(text))).split())
