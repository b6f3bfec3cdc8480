"""The thought of an answer: how long it took by its own clock, how many tokens it has, and whether it was cut short.

Knows no screen. What a server left of a thought in an answer's text is no thought here: it is said beside the answer.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass

from playground.comparisons.answer import Answer
from playground.engines.events import Chunk, OutputTokens


@dataclass(frozen=True, slots=True)
class Thought:
    """`seconds` of all stretches together, None where none was seen; `tokens` None where nobody counted. `going` while
    it is being written, `cut` when it ended before anything followed it, `hidden` tokens of it were never shown.
    """

    seconds: float | None
    tokens: int | None
    going: bool = False
    cut: bool = False
    hidden: int = 0


def whole(answer: Answer) -> Thought | None:
    """That of an answer with all its steps, as far as it has come."""
    output = answer.figures().output_tokens if answer.ended else None
    return thought(tuple(answer.chunks), answer.ended, output)


def thought(
    chunks: Sequence[Chunk], over: bool, output: OutputTokens | None = None
) -> Thought | None:
    """That among some chunks, None where there is none. `over`: nothing more will come; `output` is what was counted
    at the end, for pieces without a count of their own.
    """
    total, begun, last, counted, seen = 0.0, None, 0.0, 0, False
    for chunk in chunks:
        if chunk.channel == "thinking":
            counted += chunk.tokens
            seen = seen or bool(chunk.text.strip())
            if chunk.text:
                begun, last = chunk.at if begun is None else begun, chunk.at
        elif chunk.text and begun is not None:
            total, begun = total + chunk.at - begun, None
    hidden = output.hidden if output else 0
    if not seen:
        return Thought(None, hidden, hidden=hidden) if hidden else None
    unended = begun is not None
    if begun is not None:
        total += (last if over else time.perf_counter()) - begun
    tokens = counted or (output.thinking if output else 0) or None
    return Thought(total, tokens, not over and unended, over and unended, hidden)
