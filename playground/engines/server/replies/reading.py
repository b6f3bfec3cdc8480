"""How far llama.cpp's server has come with a prompt, as it tells before the first token. Knows no stream."""

from __future__ import annotations

from typing import Any

from playground.engines.events import Progress
from playground.engines.server.replies.usage import tokens


def reading(piece: Any, at: float, since: float) -> Progress | None:
    """What a piece tells of a prompt that is not read yet, in tokens that were not kept from a request before; None
    where it tells nothing. `since`: when the request went out.
    """
    told = piece.get("prompt_progress") if isinstance(piece, dict) else None
    if not isinstance(told, dict):
        return None
    total, done = tokens(told.get("total")), tokens(told.get("processed"))
    kept = tokens(told.get("cache")) or 0
    if total is None or done is None or not kept <= done < total:
        return None
    return Progress(at, "prompt", done - kept, total - kept, since)
