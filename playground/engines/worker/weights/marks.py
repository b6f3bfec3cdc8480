"""The token ids that Gemma 4's format gives a meaning of their own."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Marks:
    """Token ids with a meaning of their own; None where the tokenizer has no such token."""

    thought_opens: int | None
    thought_closes: int | None
    call_opens: int | None
    call_closes: int | None
    ends: frozenset[int]
    turn_opens: int | None
    call_ends: int | None
    """The token on which generation stops because a tool's result is wanted."""
