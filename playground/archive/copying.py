"""A comparison of somebody else made one's own: a copy that its new owner can go on with."""

from __future__ import annotations

from secrets import token_urlsafe

from playground.archive import recording
from playground.archive.importing.own import renamed
from playground.archive.restoring import again
from playground.comparisons.comparison import Comparison


def copy(of: Comparison, owner: str) -> Comparison:
    """The same rounds under ids of their own; what has not ended is cut there. Names and notes stay with the first."""
    kept = renamed(recording.comparison(of, recording.now()), token_urlsafe(9))
    return again.comparison(kept, recording.media(of).__getitem__, owner)
