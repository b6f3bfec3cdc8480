"""What goes back to a model for a call: any JSON value, as much of it as may go, in a form that chat formats have."""

from __future__ import annotations

import json
from typing import Any

from playground.tools.declared import KEY

LONGEST = 16_000
"""Characters of one result."""

DEEPEST = 24


def fault(words: str) -> dict[str, str]:
    """What a model is told instead of a result."""
    return {"error": words}


def typed(text: str) -> Any:
    """What a person typed as a result: JSON where it is that, else the words themselves."""
    try:
        return plain(json.loads(text, parse_constant=str))
    except (ValueError, RecursionError):
        return plain(text)


def plain(value: Any) -> Any:
    """A result that can go back: cut where it is too long, as JSON text where its keys are none for a chat format."""
    try:
        text = (
            value
            if isinstance(value, str)
            else json.dumps(value, ensure_ascii=False, allow_nan=False)
        )
        text.encode()
    except (TypeError, ValueError, RecursionError):
        return fault("The result is nothing that can be told.")
    if len(text) > LONGEST:
        left = len(text) - LONGEST
        return f"{text[:LONGEST]} [cut off: {left:,} more characters]"
    return value if isinstance(value, str) or _fits(value) else text


def _fits(value: Any, depth: int = 0) -> bool:
    if depth > DEEPEST:
        return False
    if isinstance(value, dict):
        return all(
            isinstance(key, str) and KEY.fullmatch(key) and _fits(held, depth + 1)
            for key, held in value.items()
        )
    if isinstance(value, list):
        return all(_fits(held, depth + 1) for held in value)
    return value is None or isinstance(value, str | bool | int | float)
