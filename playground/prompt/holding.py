"""Whether one more part fits into a prompt beside those that are there, by what a prompt may hold at most."""

from __future__ import annotations

from collections.abc import Sequence

from playground.prompt.conversation import Document, Media, weight
from playground.prompt.limits import LIMITS, Limits


def left_out(part: Media, there: Sequence[Media], limits: Limits = LIMITS) -> str:
    """Why the part has no place beside those that are there, in a sentence; empty where it has one."""
    if len(there) >= limits.files:
        return f"{part.name} was left out: a prompt may hold at most {limits.files} files."
    if sum(map(weight, there)) + weight(part) > limits.total_bytes:
        most = limits.total_bytes / 1e6
        return (
            f"{part.name} was left out: the files of a prompt may hold at most {most:,.0f} MB "
            "together."
        )
    words = sum(len(one.text) for one in (*there, part) if isinstance(one, Document))
    if isinstance(part, Document) and words > limits.all_characters:
        return (
            f"{part.name} was left out: the texts of a prompt may hold at most "
            f"{limits.all_characters:,} characters together."
        )
    return ""
