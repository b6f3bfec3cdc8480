"""JSON from elsewhere: whether all of it can be written down again and reckoned with."""

from __future__ import annotations

import math
from typing import Any

LARGEST = 10**300
"""Whole numbers beyond this are no float any more."""


def values(data: bytes) -> int:
    """How many values a text of JSON may hold at most: a small one can become a thousand times as large in memory."""
    return 1 + sum(map(data.count, (b",", b"[", b"{")))


def fault(held: Any, deepest: int) -> str:
    """What is wrong with a value, as the end of a sentence about what holds it ("holds half of a character"); empty
    when nothing is. `deepest` is how many levels it may have.
    """
    if deepest < 0:
        return "is nested too deeply"
    match held:
        case str():
            try:
                held.encode()
            except UnicodeEncodeError:
                return "holds half of a character"
        case bool():
            pass
        case float() if not math.isfinite(held):
            return "holds a number that is too large"
        case int() if abs(held) > LARGEST:
            return "holds a number that is too large"
        case dict():
            for name, one in held.items():
                if said := fault(name, deepest) or fault(one, deepest - 1):
                    return said
        case list():
            for one in held:
                if said := fault(one, deepest - 1):
                    return said
    return ""
