"""A server's stream, piece by piece, as events: thoughts, answer, tool calls, counts and times. Knows no network.

Nothing that a server says of itself is believed beyond its type and a sane size.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from typing import Any

from playground.engines.events import Channel, Chunk, Finished, FinishReason
from playground.engines.server.replies.calls import Calls
from playground.engines.server.replies.halves import Halves
from playground.engines.server.replies.marks import Marks
from playground.engines.server.replies.usage import Spoken, Usage, output_tokens, prompt_tokens
from playground.prompt.cost import PromptTokens

REASONS: dict[str, FinishReason] = {
    "stop": "stop",
    "eos_token": "stop",  # text-generation-inference
    "stop_sequence": "stop",
    "length": "length",
    "tool_calls": "tool_call",
    "function_call": "tool_call",
}
"""How servers say that an answer is whole, or as long as it may be. Whatever else they say, it is not."""


class ErrorInside(Exception):
    """A server said within its stream that something went wrong: what it said."""

    def __init__(self, said: Any) -> None:
        super().__init__("an error inside the stream")
        self.said = said


class Reply:
    """Follows one answer. `reason` is the server's own word for the end, empty as long as it gave none."""

    def __init__(self, marks: Marks | None = None) -> None:
        self.usage = Usage()
        self.reason = ""
        self._marks = marks or Marks()
        self._calls = Calls()
        self._halves: defaultdict[Channel, Halves] = defaultdict(Halves)
        self._said: list[Chunk] = []

    def take(self, piece: Any, at: float) -> Iterator[Chunk]:
        """The chunks that a piece of the stream makes.

        Raises ErrorInside; AttributeError, TypeError or ValueError when it is not shaped as the protocol says.
        """
        if _is_error(piece):
            raise ErrorInside(piece)
        self.usage.take(piece)
        for choice in (piece.get("choices") or [])[:1]:
            delta = choice.get("delta") or {}
            for key in ("reasoning", "reasoning_content"):
                if thought := delta.get(key):
                    self._marks.apart()
                    yield self._chunk("thinking", _text(thought), at)
                    break
            if content := delta.get("content"):
                for channel, text in self._marks.take(_text(content)):
                    yield self._chunk(channel, text, at)
            for call in delta.get("tool_calls") or []:
                if text := self._calls.take(call):
                    yield self._chunk("tool_call", text, at)
            if reason := choice.get("finish_reason"):
                self.reason = _text(reason)

    def rest(self, at: float) -> Iterator[Chunk]:
        """What was held back, once the stream has ended."""
        for channel, text in self._marks.rest():
            yield self._chunk(channel, text, at)
        if text := self._calls.rest():
            yield self._chunk("tool_call", text, at)
        for kind, halves in tuple(self._halves.items()):
            if text := halves.rest():
                yield self._chunk(kind, text, at)

    def said(self, channel: Channel) -> str:
        """All text of a channel so far."""
        return "".join(chunk.text for chunk in self._said if chunk.channel == channel)

    def finished(
        self,
        at: float,
        reason: FinishReason,
        foreseen: Callable[[int | None], PromptTokens],
        cached: int | None,
        closing_counted: bool,
        remarks: tuple[str, ...],
    ) -> Finished:
        """The end, with what the server counted (usage.prompt_tokens, usage.output_tokens)."""
        return Finished(
            at,
            reason,
            prompt=prompt_tokens(self.usage, cached, foreseen),
            output=output_tokens(self.usage, self._spoken(), reason, closing_counted),
            prefill_s=self.usage.prefill_s,
            remarks=remarks,
        )

    def _chunk(self, channel: Channel, text: str, at: float) -> Chunk:
        chunk = Chunk(channel, self._halves[channel].take(text), 0, at)
        self._said.append(chunk)
        return chunk

    def _spoken(self) -> Spoken:
        pieces: dict[Channel, int] = {"thinking": 0, "answer": 0, "tool_call": 0}
        characters = dict(pieces)
        for chunk in self._said:
            pieces[chunk.channel] += 1
            characters[chunk.channel] += len(chunk.text)
        first = next((len(chunk.text) for chunk in self._said), 0)
        said = next((len(chunk.text) for chunk in self._said if chunk.channel != "thinking"), 0)
        size = sum(len(chunk.text.encode("utf-8", "replace")) for chunk in self._said)
        return Spoken(pieces, characters, size, first, said)


def _is_error(piece: Any) -> bool:
    """Whether a piece says that something went wrong. Gemini wraps that in a list; vLLM has it without `error`."""
    if isinstance(piece, list) and piece:
        return _is_error(piece[0])
    if not isinstance(piece, dict):
        raise TypeError("a piece that is no object")
    plain = piece.get("object") == "error" or ("message" in piece and "choices" not in piece)
    return bool(piece.get("error")) or plain


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError("text that is no text")
    return value
