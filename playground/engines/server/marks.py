"""Thoughts that a server left in the answer's text: `<|channel>thought\\n ... <channel|>`, told apart as they come.

Some servers do not know Gemma 4's marks and send them as text (LM Studio bugs 1743 and 2013). A mark may be cut in
two by the stream, so a tail that could become one is held back until it is known.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

OPENS, CLOSES = "<|channel>", "<channel|>"
ENDS = ("<turn|>", "<|turn>", "<eos>")
"""What a server may leave behind the last word."""

_MARKS = (OPENS, CLOSES, *ENDS)
_LONGEST_NAME = 16
"""A channel's name ("thought") is this short; a longer line is no name."""


class Marks:
    """Follows one answer's text."""

    def __init__(self) -> None:
        self._held = ""
        self._thinking = False
        self._in_header = False

    def take(self, text: str) -> Iterator[tuple[Literal["thinking", "answer"], str]]:
        """The pieces that are certain now, with their channel."""
        self._held += text
        while self._held:
            if self._in_header and not self._past_header():
                return
            at, mark = min(
                ((self._held.find(mark), mark) for mark in _MARKS if mark in self._held),
                default=(-1, ""),
            )
            if not mark:
                keep = _could_be_mark(self._held)
                piece = self._held[: len(self._held) - keep]
                self._held = self._held[len(piece) :]
                if piece:
                    yield self._channel, piece
                return
            if at:
                yield self._channel, self._held[:at]
            self._held = self._held[at + len(mark) :]
            if mark == OPENS:
                self._thinking, self._in_header = True, True
            elif mark == CLOSES:
                self._thinking = False

    def rest(self) -> Iterator[tuple[Literal["thinking", "answer"], str]]:
        """What was held back, at the end of the answer."""
        held, self._held = self._held, ""
        if held and not self._in_header:
            yield self._channel, held

    @property
    def _channel(self) -> Literal["thinking", "answer"]:
        return "thinking" if self._thinking else "answer"

    def _past_header(self) -> bool:
        """Drop the channel's name and its line break; False while they have not all come."""
        name, newline, after = self._held.partition("\n")
        if not newline and len(name) <= _LONGEST_NAME:
            return False
        if newline and len(name) <= _LONGEST_NAME:
            self._held = after
        self._in_header = False
        return True


def _could_be_mark(text: str) -> int:
    """How many characters at the end may be the beginning of a mark."""
    longest = max(map(len, _MARKS)) - 1
    for length in range(min(longest, len(text)), 0, -1):
        if any(mark.startswith(text[-length:]) for mark in _MARKS):
            return length
    return 0
