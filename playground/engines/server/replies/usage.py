"""What a server counted, and how that divides by kind and by channel. Knows no stream.

Nothing that a server says of itself is believed beyond its type and a sane size. What follows from other counts and not
from the server's own is an estimate and says so.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from playground.engines.events import Channel, FinishReason, OutputTokens
from playground.models.capabilities import IMAGE_BUDGETS
from playground.prompt.cost import PromptTokens, Source

MOST_TOKENS = 100_000_000
"""A count above this is no count."""

MARKS = 4
"""Tokens around a thought that are no text: <|channel>, its name, a line break, <channel|>."""

UNSEEN = 32
"""Tokens that may be without text (marks around calls and strings, white space that a server takes away); with more of
them than that, some of what was counted never came.
"""

CUT_SHARE, CUT_TOKENS = 0.5, 1000
"""A prompt of less than this share of what was foreseen, and of so many tokens less, was cut: estimates err less."""


@dataclass(slots=True)
class Usage:
    """What a server counted and timed; None where it said nothing usable.

    `thinking` tokens may be a part of `output` or come on top of it, as `total` tells. `media` are tokens of the prompt
    by kind, pictures and the frames of clips together as "image".
    """

    prompt: int | None = None
    output: int | None = None
    total: int | None = None
    cached: int | None = None
    thinking: int | None = None
    media: dict[str, int] = field(default_factory=dict)
    prefill_s: float | None = None

    def believed(self, most_prompt: int, most_output: int) -> Usage:
        """The same without counts beyond what can be: a server that says them does not count."""
        prompt = self.prompt if (self.prompt or 0) <= most_prompt else None
        output = self.output if (self.output or 0) <= most_output else None
        return replace(self, prompt=prompt, output=output)

    def take(self, piece: Mapping[str, Any]) -> None:
        """What a piece of the stream tells."""
        told = piece.get("usage")
        if isinstance(told, dict) and told:  # an empty one takes nothing back
            self._counts(told)
        timings = piece.get("timings")
        if isinstance(timings, dict):  # llama.cpp
            self.prefill_s = _seconds(timings.get("prompt_ms"), 1e-3)
            self.cached = _or(tokens(timings.get("cache_n")), self.cached)
        elif "prompt_eval_duration" in piece:  # Ollama, in nanoseconds
            self.prefill_s = _seconds(piece["prompt_eval_duration"], 1e-9)

    def _counts(self, told: Mapping[str, Any]) -> None:
        self.prompt = tokens(told.get("prompt_tokens"))
        self.output = tokens(told.get("completion_tokens"))
        self.total = tokens(told.get("total_tokens"))
        prompt, output = (
            details if isinstance(details := told.get(name), dict) else {}
            for name in ("prompt_tokens_details", "completion_tokens_details")
        )
        self.cached = _or(tokens(prompt.get("cached_tokens")), self.cached)
        self.thinking = _or(
            tokens(output.get("reasoning_tokens")), tokens(told.get("reasoning_tokens"))
        )
        vllm = prompt.get("multimodal_tokens")
        by_kind = vllm if isinstance(vllm, dict) else {}
        for kind in ("image", "audio", "video"):
            said = tokens(by_kind.get(kind)) or tokens(prompt.get(f"{kind}_tokens"))  # or SGLang
            if said:
                self.media[kind] = said


@dataclass(frozen=True, slots=True)
class Spoken:
    """Pieces with text and their characters by channel, and the bytes of all; how many characters the very first
    one had, and the first that was no thought.
    """

    pieces: Mapping[Channel, int]
    characters: Mapping[Channel, int]
    bytes: int
    first: int
    first_said: int


def prompt_tokens(
    usage: Usage, cached: int | None, foreseen: Callable[[int | None], PromptTokens]
) -> PromptTokens | None:
    """The server's total by kind: as it says, else as our formulas foresee it; exact where there is only text.

    `foreseen` tells what the prompt costs with another budget of a picture, None being the one that was asked for.
    """
    total = usage.prompt
    if total is None:
        return None
    usual = foreseen(None)
    if usual.total == usual.text:
        return PromptTokens(total, cached=cached, source="reported")
    if usage.media and sum(usage.media.values()) <= total:
        return _as_told(total, cached, usage.media, usual)
    # A server may have another budget than the usual one: the one that leaves about as much text as there is.
    for budget in (None, *IMAGE_BUDGETS):
        one = foreseen(budget)
        if 0.6 * one.text <= total - (one.total - one.text) <= 1.5 * one.text + 8:
            return _divided(total, cached, one, 1.0)
    media = usual.total - usual.text
    return _divided(total, cached, usual, max(0, total - usual.text) / media)


def _divided(total: int, cached: int | None, by: PromptTokens, scale: float) -> PromptTokens:
    image, audio, video = (round(scale * count) for count in (by.image, by.audio, by.video))
    text = max(0, total - image - audio - video)
    return PromptTokens(text, image, audio, video, cached, "estimated")


def _as_told(
    total: int, cached: int | None, media: Mapping[str, int], usual: PromptTokens
) -> PromptTokens:
    """By the server's own counts; a kind that it leaves out is foreseen. Frames go as pictures and count as such."""
    pictures, video = media.get("image", 0), media.get("video", 0)
    foreseen = {"image": usual.image + usual.video, "audio": usual.audio}
    left_out = any(count and not media.get(kind) for kind, count in foreseen.items()) and not video
    pictures = pictures or (0 if video else foreseen["image"])
    audio = media.get("audio", 0) or usual.audio
    if usual.video and not video:
        video = round(pictures * usual.video / (usual.image + usual.video))
        pictures -= video
    split = bool(usual.image and usual.video)
    text = max(0, total - pictures - audio - video)
    source: Source = "estimated" if left_out or split else "reported"
    return PromptTokens(text, pictures, audio, video, cached, source)


def output_tokens(
    usage: Usage, spoken: Spoken, reason: FinishReason, closing_counted: bool
) -> OutputTokens | None:
    """The server's total by channel: as it says; else each piece a token, where the counts agree; else by characters.

    The token that ends a turn is no part of an answer. `closing_counted` tells that this kind of server is known to
    count it; the counts themselves say more where each piece is a token.
    """
    if usage.output is None:
        return None
    thought, total = usage.thinking or 0, usage.output
    beyond = (usage.total or 0) - (usage.prompt or 0) - usage.output
    if usage.prompt is not None and beyond > 0:  # Gemini: what was thought stands in the total only
        thought, total = beyond, usage.output + beyond
    seen, pieces = spoken.characters["thinking"], sum(spoken.pieces.values())
    characters = sum(spoken.characters.values())
    if thought > seen + MARKS:
        # Thoughts that nobody sees, or a summary of them: a token is a character at least. The closing token can't be
        # told from the thought's marks then, so the division is the server's own.
        thought = min(thought, total)
        unthought = pieces - spoken.pieces["thinking"]
        first = _in_first(total - thought, unthought, 0, spoken.first_said, characters - seen)
        return OutputTokens(thought, total - thought, "reported", hidden=thought, first=first)
    if total > spoken.bytes + UNSEEN:
        # A token is a byte at least: the rest was thought, and nobody says how much. The pieces that came may each hold
        # several tokens, so all of them are the first: no speed follows from them.
        answer = min(total, pieces - spoken.pieces["thinking"])
        return OutputTokens(
            total - answer, answer, "estimated", hidden=total - pieces, first=float(pieces)
        )
    if reason != "length" and (total == pieces + 1 or (total != pieces and closing_counted)):
        total = max(0, total - 1)
    marks = MARKS if seen else 0
    first = _in_first(total, pieces, marks, spoken.first, characters)
    source: Source = "estimated"
    if thought or not seen or seen == characters:
        thinking, source = thought or (total if seen else 0), "reported"
    elif first is None:
        thinking = total - pieces + spoken.pieces["thinking"]
    else:
        thinking = round(total * seen / characters)
    thinking = max(0, min(thinking, total))
    return OutputTokens(thinking, total - thinking, source, first=first)


def _in_first(total: int, pieces: int, marks: int, first: int, characters: int) -> float | None:
    """Tokens that came with the first piece, its share of the characters. None where each piece is a token, up to a few
    tokens that have no text: a thought's marks, parts of a character.
    """
    if not characters or total <= 1.1 * pieces + marks + 1:
        return None
    return max(1.0, total * first / characters)


def cut(usage: Usage, foreseen: PromptTokens) -> bool:
    """Whether a server read far less than the prompt."""
    read = usage.prompt
    return (
        read is not None
        and read < CUT_SHARE * foreseen.total
        and foreseen.total - read > CUT_TOKENS
    )


def tokens(value: Any) -> int | None:
    """A count, if it is one."""
    whole = isinstance(value, int) and not isinstance(value, bool)
    return value if whole and 0 <= value <= MOST_TOKENS else None


def _seconds(value: Any, unit: float) -> float | None:
    number = isinstance(value, int | float) and not isinstance(value, bool)
    return value * unit if number and 0 < value * unit < 86_400 else None


def _or(value: int | None, before: int | None) -> int | None:
    return before if value is None else value
