"""Token ids in, chunks out: thoughts, answers and tool calls, told apart by Gemma 4's own marks.

    <|channel>thought\\n ... <channel|> answer <|tool_call>call:name{...}<tool_call|><|tool_response>

Counts every token it is given exactly once. Knows no model.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from playground.engines.events import Channel, Chunk
from playground.engines.worker.weights.marks import Marks

HALF = "\N{REPLACEMENT CHARACTER}"
"""What decoding gives for bytes that are no character, or not yet one."""


BEFORE = 8
"""Tokens of a beginning that tell how the next one is spelled."""


class Words:
    """Decodes ids one by one: each gives the text that it completes, nothing while a character is
    unfinished.

    Decoding is not additive (a word's leading space depends on what stands before it), so the piece
    is the difference between the last few ids decoded with and without the new one. `with_marks`
    shows control tokens too.
    """

    def __init__(
        self, tokenizer: Any, with_marks: bool = False, before: Sequence[int] = ()
    ) -> None:
        self._tokenizer = tokenizer
        self._with_marks = with_marks
        self._said = list(before)
        self._held: list[int] = []

    def take(self, id: int) -> str:
        """The text that this id adds."""
        self._held.append(id)
        before = self._decode(self._said)
        text = self._decode(self._said + self._held)
        if text.endswith(HALF) and len(self._held) < 4:  # a character has four bytes at most
            return ""
        self._said, self._held = self._held, []
        return text[len(before) :]

    def _decode(self, ids: Sequence[int]) -> str:
        return str(self._tokenizer.decode(ids, skip_special_tokens=not self._with_marks))


class Channels:
    """Follows one answer. `prompt` is the ids that came before: the template may have opened a
    thought already. The last `begun` of them are the answer's own beginning.
    """

    def __init__(self, tokenizer: Any, marks: Marks, prompt: Sequence[int], begun: int = 0) -> None:
        self._tokenizer = tokenizer.backend_tokenizer
        self._words = Words(self._tokenizer, before=prompt[-min(begun, BEFORE) :] if begun else ())
        self._marks = marks
        self._channel: Channel = "answer"
        self._in_header = False
        for id in reversed(prompt):
            if id == marks.thought_closes:
                break
            if id == marks.thought_opens:
                self._channel = "thinking"
                break

    def take(self, id: int, at: float) -> Chunk:
        """The chunk that this token makes; its text is empty for marks and for the first bytes of a
        character.
        """
        marks = self._marks
        if id in (marks.thought_opens, marks.thought_closes, marks.call_opens, marks.call_closes):
            return self._mark(id, at)
        piece = self._words.take(id)
        if self._in_header:
            # The channel's name ("thought") up to the end of its line is no part of the thought.
            _, newline, piece = piece.partition("\n")
            self._in_header = not newline
        return Chunk(self._channel, piece, 1, at)

    def _mark(self, id: int, at: float) -> Chunk:
        marks = self._marks
        # In a call the marks around strings are what tells a string from a number.
        self._words = Words(self._tokenizer, with_marks=id == marks.call_opens)
        before = self._channel
        if id == marks.thought_opens:
            self._channel, self._in_header = "thinking", True
            return Chunk("thinking", "", 1, at)
        if id == marks.call_opens:
            self._channel = "tool_call"
            return Chunk("tool_call", "", 1, at)
        self._channel, self._in_header = "answer", False
        return Chunk(before, "", 1, at)
