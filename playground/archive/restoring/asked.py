"""What was asked, out of a record: messages with their media, and how they were to be answered."""

from __future__ import annotations

from collections.abc import Callable

from playground.archive import record
from playground.archive.restoring.fields import made
from playground.models.capabilities import IMAGE_BUDGETS
from playground.models.sampling import Sampling
from playground.prompt.conversation import (
    FRAME_TOKENS,
    Audio,
    Conversation,
    Document,
    Image,
    Message,
    Part,
    Settings,
    Text,
    ToolCall,
    ToolResult,
    Video,
)

Fetch = Callable[[str], bytes]
"""The bytes of a digest; raises LookupError when they are not there."""


def settings(kept: record.Contender) -> Settings:
    """The settings as they were chosen."""
    return made(Settings, kept.settings)


def used(kept: record.Contender) -> Settings:
    """The settings as they were used: what nobody chose was the model's own."""
    return settled(kept, settings(kept))


def settled(kept: record.Contender, chosen: Settings) -> Settings:
    """Settings as that contender used them."""
    return chosen.settled(made(Sampling, kept.model.sampling))


def conversation(kept: tuple[record.Message, ...], fetch: Fetch) -> Conversation:
    """Messages with their media."""
    return Conversation(
        tuple(Message(one.role, tuple(_part(part, fetch) for part in one.parts)) for one in kept)
    )


def document(kept: record.Part, fetch: Fetch) -> Document:
    """A file's words."""
    (name,) = kept.media
    return Document(kept.name, fetch(name).decode("utf-8", "replace"), kept.original)


def _part(kept: record.Part, fetch: Fetch) -> Part:
    match kept.kind:
        case "text":
            return Text(kept.text)
        case "image":
            return _images(kept, fetch)[0]
        case "audio":
            (name,) = kept.media
            return Audio(kept.name, fetch(name), kept.seconds, kept.original)
        case "video":
            frames = _images(kept, fetch)
            chosen = kept.data if kept.data in IMAGE_BUDGETS else FRAME_TOKENS
            return Video(kept.name, frames, kept.times, kept.seconds, kept.original, int(chosen))
        case "document":
            return document(kept, fetch)
        case "tool_call":
            return ToolCall(kept.name, kept.data)
        case "tool_result":
            return ToolResult(kept.name, kept.data)


def _images(kept: record.Part, fetch: Fetch) -> tuple[Image, ...]:
    original = kept.original if kept.kind == "image" else ""
    return tuple(
        Image(kept.name, fetch(name), width, height, original, kept.file_bytes)
        for name, (width, height) in zip(kept.media, kept.sizes, strict=True)
    )
