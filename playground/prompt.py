"""A conversation as chat templates take it: roles, contents in order, and the media that belong to them.

The one place where a clip becomes pictures with the time before each, so that what is counted before sending and what
is sent can't differ. Knows no model, no template and no tensor.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from playground.conversation import (
    Audio,
    Conversation,
    Image,
    Message,
    Text,
    ToolCall,
    ToolResult,
    Video,
)

FRAME_TOKENS = 70
"""Soft tokens a frame of a clip (transformers, video_processing_gemma4.py: max_soft_tokens)."""

ROLES = {"system": "system", "user": "user", "model": "assistant"}
"""What chat templates call the roles."""


@dataclass(frozen=True, slots=True)
class Prompt:
    """Messages for a chat template, and their media in the order in which the messages name them.

    A message's "content" is a string for the system and otherwise a list of {"type": "text", "text": ...},
    {"type": "image"} and {"type": "audio"}. `frames` tells of each of the `images` whether it is a frame of a clip.
    """

    messages: tuple[dict[str, Any], ...]
    images: tuple[Image, ...]
    audios: tuple[Audio, ...]
    frames: tuple[bool, ...]

    def filled(
        self, pixels: Callable[[Image], Any], waveform: Callable[[Audio], Any]
    ) -> list[dict[str, Any]]:
        """The messages with each picture's pixels and each recording's waveform in its place."""
        images, audios = iter(self.images), iter(self.audios)

        def fill(content: dict[str, Any]) -> dict[str, Any]:
            if content["type"] == "image":
                return {**content, "image": pixels(next(images))}
            if content["type"] == "audio":
                return {**content, "audio": waveform(next(audios))}
            return content

        return [
            message
            if isinstance(message["content"], str)
            else {**message, "content": [fill(content) for content in message["content"]]}
            for message in self.messages
        ]


def render(conversation: Conversation) -> Prompt:
    """The conversation for a chat template."""
    images: list[Image] = []
    audios: list[Audio] = []
    frames: list[bool] = []
    messages: list[dict[str, Any]] = []
    for message in conversation.messages:
        contents: list[dict[str, Any]] = []
        calls: list[ToolCall] = []
        results: list[ToolResult] = []
        for part in message.parts:
            match part:
                case Text(text):
                    contents.append({"type": "text", "text": text})
                case Image():
                    contents.append({"type": "image"})
                    images.append(part)
                    frames.append(False)
                case Video():
                    for frame, at in zip(part.frames, part.times, strict=True):
                        contents += [{"type": "text", "text": timestamp(at)}, {"type": "image"}]
                        images.append(frame)
                        frames.append(True)
                case Audio():
                    contents.append({"type": "audio"})
                    audios.append(part)
                case ToolCall():
                    calls.append(part)
                case ToolResult():
                    results.append(part)
        messages += _messages(message, contents, calls, results)
    return Prompt(tuple(messages), tuple(images), tuple(audios), tuple(frames))


def timestamp(seconds: float) -> str:
    """ "mm:ss", as Gemma 4's processor writes it before each frame."""
    return f"{int(seconds // 60):02d}:{int(seconds % 60):02d}"


def _messages(
    message: Message,
    contents: list[dict[str, Any]],
    calls: list[ToolCall],
    results: list[ToolResult],
) -> list[dict[str, Any]]:
    """One message, with its tool calls and results under the names that Gemma 4's template reads."""
    role = ROLES[message.role]
    if message.role == "system":
        return [{"role": role, "content": "\n".join(one["text"] for one in contents)}]
    whole: dict[str, Any] = {"role": role, "content": contents}
    if calls:
        whole["tool_calls"] = [
            {"type": "function", "function": {"name": call.name, "arguments": call.arguments}}
            for call in calls
        ]
    if results:
        whole["tool_responses"] = [
            {"name": result.name, "response": result.result} for result in results
        ]
    return [whole]
