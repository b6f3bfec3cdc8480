"""What a prompt costs, in tokens by kind, and who counted them. Knows no model."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, get_args

Source = Literal["measured", "reported", "estimated"]
"""Who says a number: this program, the server, or a formula. The surest first."""


def least_sure(sources: Iterable[Source]) -> Source:
    """Who says what is made of several numbers: whoever says the least sure of them."""
    return max(sources, key=get_args(Source).index)


@dataclass(frozen=True, slots=True)
class PromptTokens:
    """What a prompt costs, in tokens by kind. `text` includes the chat template's own tokens.

    A picture's, a recording's or a frame's tokens include the two that open and close it; the time
    stamps between a clip's frames are text. `cached` of the total were not computed again; None where nobody can know.
    """

    text: int
    image: int = 0
    audio: int = 0
    video: int = 0
    cached: int | None = 0
    source: Source = "measured"

    @property
    def total(self) -> int:
        """All kinds together."""
        return self.text + self.image + self.audio + self.video
