"""Halves of letters: JSON can spell them, programs that cut texts send them, and no text and no page holds them.

Knows nothing else.
"""

from __future__ import annotations

import re
from typing import Any

HALF = re.compile("[\ud800-\udfff]")


def mended(text: str) -> str:
    """The text with halves that belong together joined, and a mark in the place of each that is alone."""
    if not HALF.search(text):
        return text
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def cleaned(value: Any) -> Any:
    """A JSON value whose texts and keys are mended."""
    if isinstance(value, str):
        return mended(value)
    if isinstance(value, list):
        return [cleaned(one) for one in value]
    if isinstance(value, dict):
        return {cleaned(name): cleaned(one) for name, one in value.items()}
    return value
