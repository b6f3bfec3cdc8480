"""What everybody who is measured is asked, and what one answer took."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from playground.prompt.conversation import Image


@dataclass(frozen=True, slots=True)
class Task:
    """What all are asked: a prompt, maybe with a picture, and how many tokens they answer."""

    prompt: str
    tokens: int
    picture: Path | None = None
    part: Image | None = None
    """The same picture as the engine takes it."""


@dataclass(frozen=True, slots=True)
class Run:
    """One answer: seconds from request to first token, tokens a second after it, the engine's reading speed too."""

    ttft_s: float
    output_tps: float
    prefill_tps: float = 0.0
