"""A server's stream, piece by piece, as events: thoughts, answer, tool calls, counts and times. Knows no network.

Nothing that a server says of itself is believed beyond its type and a sane size.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from playground.engines.events import Channel, Chunk, Finished, FinishReason, OutputTokens
from playground.engines.server.marks import Marks
from playground.prompt.cost import PromptTokens

if TYPE_CHECKING:
    from openai.types.chat import ChatCompletionChunk

MOST_TOKENS = 100_000_000
"""A count above this is no count."""

REASONS: dict[str, FinishReason] = {
    "stop": "stop",
    "length": "length",
    "tool_calls": "tool_call",
    "function_call": "tool_call",
    "content_filter": "stop",
}


@dataclass(slots=True)
class Usage:
    """What a server counted and timed; None where it said nothing usable."""

    prompt: int | None = None
    cached: int = 0
    output: int | None = None
    thinking: int | None = None
    prefill_s: float | None = None


class Reply:
    """Follows one answer."""

    def __init__(self) -> None:
        self.usage = Usage()
        self.reason: FinishReason | None = None
        self._marks = Marks()
        self._pieces: dict[Channel, int] = {"thinking": 0, "answer": 0, "tool_call": 0}
        self._call = -1

    def take(self, piece: ChatCompletionChunk, at: float) -> Iterator[Chunk]:
        """The chunks that a piece of the stream makes.

        Raises AttributeError, TypeError or ValueError when it is not shaped as the protocol says.
        """
        self._count(piece)
        for choice in (piece.choices or [])[:1]:
            delta = choice.delta
            extra = delta.model_extra or {} if delta is not None else {}
            thought = extra.get("reasoning") or extra.get("reasoning_content")
            if thought:
                yield self._chunk("thinking", _text(thought), at)
            if delta is not None and delta.content:
                for channel, text in self._marks.take(_text(delta.content)):
                    yield self._chunk(channel, text, at)
            for call in (delta.tool_calls or []) if delta is not None else []:
                yield self._chunk("tool_call", self._called(call), at)
            if choice.finish_reason:
                self.reason = REASONS.get(choice.finish_reason, "stop")

    def rest(self, at: float) -> Iterator[Chunk]:
        """What was held back, once the stream has ended."""
        for channel, text in self._marks.rest():
            yield self._chunk(channel, text, at)

    def finished(self, at: float, reason: FinishReason, foreseen: PromptTokens) -> Finished:
        """The end, with what the server counted. `foreseen` is what the prompt costs by our own formulas."""
        usage = self.usage
        return Finished(
            at,
            reason,
            prompt=None
            if usage.prompt is None
            else _by_kind(usage.prompt, min(usage.cached, usage.prompt), foreseen),
            output=None if usage.output is None else self._by_channel(_said(usage.output, reason)),
            prefill_s=usage.prefill_s,
        )

    def _chunk(self, channel: Channel, text: str, at: float) -> Chunk:
        self._pieces[channel] += 1
        return Chunk(channel, text, 0, at)

    def _called(self, call: Any) -> str:
        """A call as it reads, as far as it has come: `call:name{"city": "Rome"}`, one a line."""
        opened = ""
        if call.index != self._call:
            opened = f"{chr(10) * (self._call >= 0)}call:{call.function.name or ''}"
            self._call = int(call.index or 0)
        return opened + _text(call.function.arguments or "")

    def _count(self, piece: ChatCompletionChunk) -> None:
        usage, told = self.usage, piece.usage
        if told is not None:
            usage.prompt = _tokens(told.prompt_tokens)
            usage.output = _tokens(told.completion_tokens)
            cached = getattr(told.prompt_tokens_details, "cached_tokens", None)
            usage.cached = _tokens(cached) or usage.cached
            usage.thinking = _tokens(
                getattr(told.completion_tokens_details, "reasoning_tokens", None)
            )
        extra = piece.model_extra or {}
        timings = extra.get("timings")
        if isinstance(timings, dict):  # llama.cpp
            usage.prefill_s = _seconds(timings.get("prompt_ms"), 1e-3)
            usage.cached = _tokens(timings.get("cache_n")) or usage.cached
        elif "prompt_eval_duration" in extra:  # Ollama, in nanoseconds
            usage.prefill_s = _seconds(extra["prompt_eval_duration"], 1e-9)

    def _by_channel(self, total: int) -> OutputTokens:
        """Without a count of the thought, its share of the pieces: exact where a piece is a token."""
        thinking, pieces = self._pieces["thinking"], sum(self._pieces.values())
        if not thinking or thinking == pieces:
            return OutputTokens(total if thinking else 0, 0 if thinking else total, "reported")
        if self.usage.thinking:
            known = min(self.usage.thinking, total)
            return OutputTokens(known, total - known, "reported")
        share = round(total * thinking / pieces)
        return OutputTokens(share, total - share, "estimated")


def _by_kind(total: int, cached: int, foreseen: PromptTokens) -> PromptTokens:
    """The server's total, divided by kind as our formulas foresee; exact where there is only text."""
    media = foreseen.total - foreseen.text
    if not media:
        return PromptTokens(total, cached=cached, source="reported")
    # A server with another budget than the usual one: its total counts, and the shares among the media.
    scale = min(1.0, max(0, total - foreseen.text) / media)
    image, audio, video = (
        round(count * scale) for count in (foreseen.image, foreseen.audio, foreseen.video)
    )
    return PromptTokens(
        max(0, total - image - audio - video), image, audio, video, cached, "estimated"
    )


def _said(counted: int, reason: FinishReason) -> int:
    """Servers count the token that ends a turn, too; here it is no part of the answer."""
    return max(0, counted - (reason == "stop"))


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError("text that is no text")
    return value


def _tokens(value: Any) -> int | None:
    whole = isinstance(value, int) and not isinstance(value, bool)
    return value if whole and 0 <= value <= MOST_TOKENS else None


def _seconds(value: Any, unit: float) -> float | None:
    number = isinstance(value, int | float) and not isinstance(value, bool)
    return value * unit if number and 0 < value * unit < 86_400 else None
