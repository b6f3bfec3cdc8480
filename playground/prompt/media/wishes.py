"""How a file is to be read where there is a choice. Knows no format and no screen."""

from __future__ import annotations

from dataclasses import dataclass

from playground.models.capabilities import IMAGE_BUDGETS
from playground.prompt.conversation import FRAME_TOKENS

MOST_FRAMES = 60
"""One a second of the longest clip that Gemma 4 watches."""


@dataclass(frozen=True, slots=True)
class Wish:
    """How many `frames` of a clip (0: one a second, at most 32), and tokens for each; `still`: of a moving picture the
    first one.

    `pages` of a PDF as people write them ("1-3, 7"), empty for the first few; `as_text` for its words in the place
    of pictures.
    """

    pages: str = ""
    as_text: bool = False
    frames: int = 0
    frame_tokens: int = FRAME_TOKENS
    still: bool = False

    def __post_init__(self) -> None:
        if not 0 <= self.frames <= MOST_FRAMES:
            raise ValueError(f"a clip goes as 1 to {MOST_FRAMES} frames")
        if self.frame_tokens not in IMAGE_BUDGETS:
            choices = ", ".join(map(str, IMAGE_BUDGETS[:-1]))
            raise ValueError(f"a frame takes {choices} or {IMAGE_BUDGETS[-1]} tokens")


USUAL = Wish()
