"""What is put to the models: parts, messages, conversations and the settings to answer them with.

Everything here is frozen, checked when it is made, and plain data. This file knows no model, no
file format and no screen: `media` makes the parts from uploaded bytes, `check` decides who
can take them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from playground.models.sampling import Sampling

Role = Literal["system", "user", "model"]
Kind = Literal["text", "image", "audio", "video", "document"]


LONGEST_ANSWER = 32_768
"""Tokens; what any answer may be asked to have at most."""


LONGEST_BEGINNING = 10_000
"""Characters that an answer may be begun with."""

FRAME_TOKENS = 70
"""Soft tokens a frame of a clip where nobody chose (transformers, video_processing_gemma4.py: max_soft_tokens)."""


class UsualLength(int):
    """A longest answer that nobody chose, in tokens: it follows whether there is to be a thought, which needs room
    before the answer begins.
    """

    @classmethod
    def of(cls, thinking: bool) -> UsualLength:
        """The one for answers with or without a thought."""
        return cls(2048 if thinking else 512)


def digest(data: bytes) -> str:
    """A short name for bytes, the same wherever the same bytes turn up."""
    return hashlib.sha256(data).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class Text:
    """Words, as typed."""

    text: str
    kind: Literal["text"] = field(default="text", init=False)


@dataclass(frozen=True, slots=True)
class Image:
    """A picture: upright, RGB, without metadata.

    `data` is a PNG of `width` x `height` pixels; `original` says in words what the file was
    ("JPEG 4032×3024, scaled down"), for the person who uploaded it. `file_bytes` is the size of
    that file, or a frame's share of its clip's; 0 where there was none.
    """

    name: str
    data: bytes = field(repr=False)
    width: int
    height: int
    original: str = ""
    file_bytes: int = 0
    kind: Literal["image"] = field(default="image", init=False)

    @property
    def digest(self) -> str:
        """The name of the bytes."""
        return digest(self.data)


@dataclass(frozen=True, slots=True)
class Audio:
    """A recording: `data` is a WAV file, mono, 16 kHz, 16-bit; `seconds` its length."""

    name: str
    data: bytes = field(repr=False)
    seconds: float
    original: str = ""
    kind: Literal["audio"] = field(default="audio", init=False)

    @property
    def digest(self) -> str:
        """The name of the bytes."""
        return digest(self.data)


@dataclass(frozen=True, slots=True)
class Video:
    """A clip as the models see it: pictures taken at `times` (seconds from its beginning), of at most
    `frame_tokens` soft tokens each.

    `seconds` is the length of the whole clip. A soundtrack, where there is one, is a part of its
    own.
    """

    name: str
    frames: tuple[Image, ...]
    times: tuple[float, ...]
    seconds: float
    original: str = ""
    frame_tokens: int = FRAME_TOKENS
    kind: Literal["video"] = field(default="video", init=False)

    def __post_init__(self) -> None:
        if not self.frames or len(self.frames) != len(self.times):
            raise ValueError("a video needs at least one frame, and one time for each frame")


@dataclass(frozen=True, slots=True)
class Document:
    """The words of a file, its lines ended by line feeds; `original` says what it was ("UTF-16, 12 lines")."""

    name: str
    text: str = field(repr=False)
    original: str = ""
    kind: Literal["document"] = field(default="document", init=False)


@dataclass(frozen=True, slots=True)
class ToolCall:
    """A call that a model made: the tool's name and its arguments."""

    name: str
    arguments: dict[str, Any]
    kind: Literal["tool_call"] = field(default="tool_call", init=False)


@dataclass(frozen=True, slots=True)
class ToolResult:
    """What a tool gave back for the call of that name."""

    name: str
    result: Any
    kind: Literal["tool_result"] = field(default="tool_result", init=False)


Part = Text | Image | Audio | Video | Document | ToolCall | ToolResult
Media = Image | Audio | Video | Document
"""What comes from a file."""


def weight(part: Media) -> int:
    """Bytes that a part holds."""
    match part:
        case Video():
            return sum(len(frame.data) for frame in part.frames)
        case Document():
            return len(part.text)
        case _:
            return len(part.data)


@dataclass(frozen=True, slots=True)
class Message:
    """What one side said, as parts in order; `thought` is what a model thought before it, in a turn that is not over.

    Words before a tool's result were said before it; a result belongs to the message that called the tool.
    """

    role: Role
    parts: tuple[Part, ...]
    thought: str = ""


@dataclass(frozen=True, slots=True)
class Begun:
    """What there is of an answer that a model goes on with; its thought is over once there are words."""

    text: str = ""
    thinking: str = ""


@dataclass(frozen=True, slots=True)
class Conversation:
    """Messages in order. The last one is the question. `begun` is what the model said to it before it was cut."""

    messages: tuple[Message, ...]
    begun: Begun | None = None

    def __post_init__(self) -> None:
        if not self.messages:
            raise ValueError("a conversation needs at least one message")
        if any(message.role == "system" for message in self.messages[1:]):
            raise ValueError("only the first message can be the system's")

    @classmethod
    def ask(cls, text: str, media: tuple[Media, ...] = (), system: str = "") -> Conversation:
        """One question: pictures, video and documents first, then the text, then sound.

        The order is the one that Google's newer model card and audio cookbook use.
        """
        before = [part for part in media if part.kind != "audio"]
        after = [part for part in media if part.kind == "audio"]
        words = [Text(text)] if text.strip() else []
        question = Message("user", (*before, *words, *after))
        if not question.parts:
            raise ValueError("a prompt needs some text, a picture, a recording, a clip or a file")
        first = (Message("system", (Text(system),)),) if system.strip() else ()
        return cls((*first, question))

    def parts(self) -> Iterator[Part]:
        """Every part of every message, in order."""
        for message in self.messages:
            yield from message.parts

    def media(self) -> tuple[Media, ...]:
        """The pictures, recordings, clips and documents, in order."""
        return tuple(part for part in self.parts() if isinstance(part, Media))

    @property
    def question(self) -> str:
        """The words of the last message."""
        return "\n".join(part.text for part in self.messages[-1].parts if isinstance(part, Text))

    @property
    def system(self) -> str:
        """The words of the system message, or nothing."""
        first = self.messages[0]
        if first.role != "system":
            return ""
        return "\n".join(part.text for part in first.parts if isinstance(part, Text))

    def without(self, kind: Kind) -> Conversation:
        """The same conversation less its parts of that kind; messages left empty go too."""
        messages = tuple(
            replace(message, parts=tuple(part for part in message.parts if part.kind != kind))
            for message in self.messages
        )
        return replace(self, messages=tuple(message for message in messages if message.parts))


@dataclass(frozen=True, slots=True)
class Settings:
    """How to answer, as far as a person chose: None is the model's own (`sampling` says what that is).

    `max_tokens` is the longest answer with its thought; where nobody chose it, it follows `thinking`.
    `image_tokens` is the budget of soft tokens a picture (70, 140, 280, 560 or 1120); None leaves
    the checkpoint's own. `temperature` 0 is greedy. `seed` None draws a new one each time. `tools`
    are declared functions (`tools.declared` checks them; "from" names who runs one), `by_hand` lets a person answer
    their calls. `schema` is a JSON schema that the answer must satisfy.
    `begun` is how the answer begins: the model goes on from there. `one_by_one` puts each recording of a question by
    itself and joins the answers (`piecewise`).
    """

    temperature: float | None = None
    top_p: float | None = None
    top_k: int | None = None
    seed: int | None = None
    max_tokens: int = UsualLength.of(thinking=False)
    thinking: bool = False
    image_tokens: int | None = None
    schema: dict[str, Any] | None = None
    tools: tuple[dict[str, Any], ...] = ()
    by_hand: bool = False
    begun: str = ""
    one_by_one: bool = False

    def __post_init__(self) -> None:
        if isinstance(self.max_tokens, UsualLength):
            object.__setattr__(self, "max_tokens", UsualLength.of(self.thinking))
        if self.temperature is not None and not 0 <= self.temperature <= 2:
            raise ValueError("the temperature lies between 0 and 2")
        if self.top_p is not None and not 0 < self.top_p <= 1:
            raise ValueError("top-p lies above 0 and at most at 1")
        if self.top_k is not None and not 0 <= self.top_k <= 1000:
            raise ValueError("top-k lies between 0 (off) and 1000")
        if len(self.begun) > LONGEST_BEGINNING:
            raise ValueError(f"an answer is begun with at most {LONGEST_BEGINNING:,} characters")
        if not 1 <= self.max_tokens <= LONGEST_ANSWER:
            raise ValueError(f"the maximum length lies between 1 and {LONGEST_ANSWER} tokens")
        if self.seed is not None and not 0 <= self.seed < 2**63:
            raise ValueError("the seed is a whole number from 0 up")

    @property
    def samples_by_choice(self) -> bool:
        """Whether a person said how tokens are drawn."""
        return (self.temperature, self.top_p, self.top_k) != (None, None, None)

    @property
    def functions(self) -> list[dict[str, Any]]:
        """The tools as models are told of them, without who runs them."""
        return [
            {name: value for name, value in tool.items() if name != "from"} for tool in self.tools
        ]

    def settled(self, own: Sampling) -> Settings:
        """The settings as they are used: what the person left open is the model's own."""
        return replace(
            self,
            temperature=own.temperature if self.temperature is None else self.temperature,
            top_p=own.top_p if self.top_p is None else self.top_p,
            top_k=own.top_k if self.top_k is None else self.top_k,
        )

    def with_pictures(self, own: int | None) -> Settings:
        """The settings as they are used on pictures: where nobody chose their tokens, the model's own."""
        return replace(self, image_tokens=self.image_tokens or own)


def begun(conversation: Conversation, settings: Settings) -> Begun | None:
    """What the model goes on with: what it said itself, else what a person begins its answer with, and only its first
    words, not those after a tool's result.
    """
    if conversation.begun is not None:
        return conversation.begun
    first = conversation.messages[-1].role != "model"
    return Begun(settings.begun) if settings.begun and first else None
