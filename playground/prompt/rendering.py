"""A conversation as chat templates take it: roles, contents in order, and the media that belong to them.

The one place where a clip becomes pictures with the time before each, and a file's words a block with its name, so that
what is counted before sending and what is sent can't differ. Knows no model, no template and no tensor.

A tool's result belongs to the message that called the tool: that is how Gemma 4's template goes on in the same turn.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from playground.prompt.conversation import (
    Audio,
    Conversation,
    Document,
    Image,
    Message,
    Part,
    Text,
    ToolCall,
    ToolResult,
    Video,
)

TOOL_FIELDS = ("reasoning_content", "tool_calls", "tool_responses")
"""What a message may have besides its content."""

ROLES = {"system": "system", "user": "user", "model": "assistant"}
"""What chat templates call the roles."""


@dataclass(frozen=True, slots=True)
class Prompt:
    """Messages for a chat template, and their media in the order in which the messages name them.

    A message's "content" is a string for the system and otherwise a list of {"type": "text", "text": ...},
    {"type": "image"} and {"type": "audio"}. `frames` tells of each of the `images` how many soft tokens it has
    at most as a frame of a clip; 0: it is none.
    """

    messages: tuple[dict[str, Any], ...]
    images: tuple[Image, ...]
    audios: tuple[Audio, ...]
    frames: tuple[int, ...]

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

    def texts(self) -> list[str]:
        """Every piece of text in the messages, the times before frames included."""
        found: list[str] = []
        for message in self.messages:
            content = message["content"]
            pieces = [content] if isinstance(content, str) else [c.get("text", "") for c in content]
            pieces += [str(message[name]) for name in TOOL_FIELDS if name in message]
            found += [piece for piece in pieces if piece]
        return found


def render(conversation: Conversation, words_before_calls: bool = True) -> Prompt:
    """The conversation for a chat template.

    Templates write a message's words behind its tools' results. What was said before a call is a message of its own,
    and left out where `words_before_calls` says that the template has no place for that.
    """
    images: list[Image] = []
    audios: list[Audio] = []
    frames: list[int] = []
    messages: list[dict[str, Any]] = []
    for message in conversation.messages:
        before, parts = around_results(message)
        if before and words_before_calls:
            messages.append({"role": ROLES[message.role], "content": _all_contents(before)})
        contents = _all_contents(parts)
        for part in parts:
            match part:
                case Image():
                    images.append(part)
                    frames.append(0)
                case Video():
                    images += part.frames
                    frames += [part.frame_tokens] * len(part.frames)
                case Audio():
                    audios.append(part)
        rendered: dict[str, Any] = {"role": ROLES[message.role], "content": contents}
        if message.role == "system":
            rendered["content"] = "\n".join(content["text"] for content in contents)
        if message.thought:
            rendered["reasoning_content"] = message.thought
        messages.append({**rendered, **_tools(message)})
    return Prompt(tuple(messages), tuple(images), tuple(audios), tuple(frames))


def around_results(message: Message) -> tuple[tuple[Part, ...], tuple[Part, ...]]:
    """The words that a message with calls said before their results, and what else of it is no call and no result."""
    kinds = [part.kind for part in message.parts]
    if "tool_call" not in kinds:
        return (), message.parts
    first = kinds.index("tool_result") if "tool_result" in kinds else len(kinds)
    before = tuple(part for part in message.parts[:first] if isinstance(part, Text))
    return before, tuple(
        part for part in message.parts[first:] if not isinstance(part, ToolCall | ToolResult)
    )


def timestamp(seconds: float) -> str:
    """ "mm:ss", as Gemma 4's processor writes it before each frame."""
    # A millisecond short of a second is the second: containers and sums are no more exact.
    whole = int(seconds + 0.001)
    return f"{whole // 60:02d}:{whole % 60:02d}"


def block(document: Document) -> str:
    """A file's words with its name before them, between fences longer than any in them: nothing in there ends it."""
    runs = re.findall("`+", document.text + document.name)
    fence = "`" * max(3, 1 + max(map(len, runs), default=0))
    return f"File {document.name}:\n{fence}\n{document.text}\n{fence}"


def _all_contents(parts: Sequence[Part]) -> list[dict[str, Any]]:
    """A message's contents. A file's block and the words beside it are one content, a blank line between them.

    Templates put contents side by side without any.
    """
    contents: list[dict[str, Any]] = []
    before: Part | None = None
    for part in parts:
        found = _contents(part)
        words = isinstance(part, Text | Document) and isinstance(before, Text | Document)
        if words and (isinstance(part, Document) or isinstance(before, Document)):
            last = contents.pop()
            found = [{"type": "text", "text": f"{last['text']}\n\n{found[0]['text']}"}]
        contents += found
        before = part
    return contents


def _contents(part: Part) -> list[dict[str, Any]]:
    """A part as the template's contents; a clip as "mm:ss <picture> mm:ss <picture>" (processing_gemma4.py)."""
    match part:
        case Text(text):
            return [{"type": "text", "text": text}]
        case Document():
            return [{"type": "text", "text": block(part)}]
        case Image():
            return [{"type": "image"}]
        case Audio():
            return [{"type": "audio"}]
        case Video():
            contents: list[dict[str, Any]] = []
            for at in part.times:
                before = " " if contents else ""
                contents.append({"type": "text", "text": f"{before}{timestamp(at)} "})
                contents.append({"type": "image"})
            return contents
    return []


def _tools(message: Message) -> dict[str, Any]:
    """A message's tool calls and results, under the names that Gemma 4's template reads."""
    calls = [
        {"type": "function", "function": {"name": part.name, "arguments": part.arguments}}
        for part in message.parts
        if isinstance(part, ToolCall)
    ]
    results = [
        {"name": part.name, "response": part.result}
        for part in message.parts
        if isinstance(part, ToolResult)
    ]
    both = {"tool_calls": calls, "tool_responses": results}
    return {name: entries for name, entries in both.items() if entries}
