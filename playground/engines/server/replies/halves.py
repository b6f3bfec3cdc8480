"""Characters that a server cut in half: JSON writes those beyond the first 65,536 as two halves, and a server may send
them in two pieces, or one of them alone. No page, no file and no other server takes half of one.
"""

from __future__ import annotations

LONE = "\N{REPLACEMENT CHARACTER}"


def whole(text: str) -> str:
    """The text with two halves in one, and a sign for each that is alone."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


class Halves:
    """Follows one text as it comes."""

    def __init__(self) -> None:
        self._held = ""

    def take(self, text: str) -> str:
        """What is whole of it by now: a first half at its end waits for the second."""
        if not self._held and text.isascii():  # nearly always
            return text
        text, self._held = self._held + text, ""
        if "\ud800" <= text[-1:] <= "\udbff":
            text, self._held = text[:-1], text[-1]
        return whole(text)

    def rest(self) -> str:
        """A sign for a half that stayed alone, at the end."""
        held, self._held = self._held, ""
        return LONE if held else ""
