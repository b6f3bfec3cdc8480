"""Characters that a server cut in half: JSON writes those beyond the first 65,536 as two halves, and a server may send
them in two pieces, or one of them alone.
"""

from __future__ import annotations

from playground.prompt.letters import mended


class Halves:
    """Follows one text as it comes."""

    def __init__(self) -> None:
        self._held = ""

    def take(self, text: str) -> str:
        """What is whole of it by now: a first half at its end waits for the second."""
        text, self._held = self._held + text, ""
        if "\ud800" <= text[-1:] <= "\udbff":
            text, self._held = text[:-1], text[-1]
        return mended(text)

    def rest(self) -> str:
        """A mark for a half that stayed alone, at the end."""
        held, self._held = self._held, ""
        return mended(held)
