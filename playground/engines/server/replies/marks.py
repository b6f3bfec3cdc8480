"""Thoughts that a server left in the answer's text: `<|channel>thought\\n ... <channel|>`, told apart as they come.

Some servers do not know Gemma 4's marks and send them as text (LM Studio bugs 1743 and 2013). A mark counts only where
the format has it: a thought opens a turn, or follows a thought or a call; a turn's end is the last thing that comes.
Anywhere else somebody writes about marks. A mark may be cut in two by the stream, so a tail that could become one is
held back until it is known.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal

Piece = tuple[Literal["thinking", "answer"], str]

OPENS, CLOSES = "<|channel>", "<channel|>"
AFTER_CALL = ("<tool_call|>", "<tool_response|>")
"""Behind these a thought may open."""

ENDS = ("<turn|>", "<|turn>", "<eos>")
"""What a server may leave behind the last word."""

MOST_HELD = 64
"""Characters of white space, or of ends of turns, that are held back: more of them is text."""

_ENDING = re.compile(rf"(?:(?:{'|'.join(map(re.escape, ENDS))})\s*)+$")
_HEADER = re.compile(r"([a-z_]{1,16})\n")
"""A channel's name."""

_BEGUN_HEADER = re.compile(r"[a-z_]{0,16}$")


class Marks:
    """Follows one answer's text. `opens` and `closes` stand around a thought; `named` tells that its channel's name
    follows.
    """

    def __init__(self, opens: str = OPENS, closes: str = CLOSES, named: bool = True) -> None:
        self._opens, self._closes, self._named = opens, closes, named
        self._held = ""
        self._where: Literal["start", "header", "thought", "answer"] = "start"
        self._apart = False

    def apart(self) -> None:
        """The server tells thoughts apart by itself: from now on no mark opens one."""
        self._apart = True
        if self._where == "start":
            self._where = "answer"

    def take(self, text: str) -> Iterator[Piece]:
        """The pieces that are certain now, with their channel."""
        if self._where == "answer" and not self._held and "<" not in text:  # nearly always
            yield "answer", text
            return
        self._held += text
        step = {
            "start": self._start,
            "header": self._header,
            "thought": self._thought,
            "answer": self._answer,
        }
        while self._held:
            before = self._where, self._held
            yield from step[self._where]()
            if before == (self._where, self._held):
                return

    def rest(self) -> Iterator[Piece]:
        """What was held back, at the end of the answer."""
        held, self._held = self._held, ""
        held, _ = _cut(held, _ending(held))
        if held and self._where != "header":
            yield ("thinking" if self._where == "thought" else "answer"), held

    def _start(self) -> Iterator[Piece]:
        """A turn begins, or a thought or a call has just ended."""
        said = self._held.lstrip()
        if said.startswith(self._opens):
            self._held = said[len(self._opens) :]
            self._where = "header" if self._named else "thought"
        elif not self._opens.startswith(said) or len(self._held) > MOST_HELD:
            self._where = "answer"
        yield from ()

    def _header(self) -> Iterator[Piece]:
        """Drop the channel's name and its line break; what has none only looked like a thought."""
        if header := _HEADER.match(self._held):
            self._held = self._held[header.end() :]
            self._where = "thought"
        elif not _BEGUN_HEADER.match(self._held):
            self._held = self._opens + self._held
            self._where = "answer"
        yield from ()

    def _thought(self) -> Iterator[Piece]:
        thought, closed, after = self._held.partition(self._closes)
        if closed:
            self._held = after
            self._where = "answer" if self._apart else "start"
        else:
            keep = _unsure(thought, (self._closes, *ENDS))
            thought, self._held = _cut(thought, keep)
        if thought:
            yield "thinking", thought

    def _answer(self) -> Iterator[Piece]:
        call = min(((at, m) for m in AFTER_CALL if (at := self._held.find(m)) >= 0), default=None)
        if call and not self._apart:
            said, self._held = _cut(self._held, len(self._held) - call[0] - len(call[1]))
            self._where = "start"
        else:
            marks = (self._opens, self._closes, *AFTER_CALL, *ENDS)  # no mark is torn in two
            said, self._held = _cut(self._held, _unsure(self._held, marks))
        if said:
            yield "answer", said


def _unsure(text: str, marks: tuple[str, ...]) -> int:
    """How many characters at the end may be the beginning of a mark, or the end of the turn."""
    longest = min(max(map(len, marks)) - 1, len(text))
    begun = (n for n in range(longest, 0, -1) if any(mark.startswith(text[-n:]) for mark in marks))
    keep = next(begun, 0)
    return keep + _ending(text[: len(text) - keep])


def _ending(text: str) -> int:
    """How many characters at the end only say that the turn is over."""
    found = _ENDING.search(text[-MOST_HELD:])
    return len(found[0]) if found else 0


def _cut(text: str, keep: int) -> tuple[str, str]:
    """The text in two, the second part of so many characters."""
    return text[: len(text) - keep], text[len(text) - keep :]
