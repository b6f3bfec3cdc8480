"""A conversation and its settings as a request for chat completions, in a profile's dialect. Sends nothing."""

from __future__ import annotations

import base64
import json
from functools import partial
from typing import Any

from playground.conversation import (
    Audio,
    Conversation,
    Image,
    Message,
    Settings,
    ToolCall,
    ToolResult,
)
from playground.engines.server.profiles import Profile
from playground.media import sendable
from playground.prompt import render

TOKEN_PIXELS = 48 * 48
"""Of a picture, in one of its tokens (transformers, image_processing_gemma4.py)."""

MOST_PIXELS = 1120 * TOKEN_PIXELS
"""The largest budget of a picture that the family has."""

EFFORT = {True: "high", False: "none"}
"""What reasoning_effort is called with thinking on and off."""


def request(
    conversation: Conversation, settings: Settings, model: str, profile: Profile
) -> dict[str, Any]:
    """Arguments for the client's `chat.completions.create`; what is not OpenAI's stands in `extra_body`."""
    arguments: dict[str, Any] = {
        "model": model,
        "messages": messages(conversation, _pixels_read(settings, profile)),
        "temperature": settings.temperature,
        "top_p": settings.top_p,
        "max_tokens": settings.max_tokens,
        "stream": True,
    }
    extra: dict[str, Any] = {}
    template: dict[str, Any] = {}
    if profile.usage:
        arguments["stream_options"] = {"include_usage": True}
    if profile.seed and settings.seed is not None:
        arguments["seed"] = settings.seed
    if profile.top_k and settings.top_k:
        extra["top_k"] = settings.top_k
    if profile.thinking == "template":
        template["enable_thinking"] = settings.thinking
    elif profile.thinking == "effort":
        arguments["reasoning_effort"] = EFFORT[settings.thinking]
    if settings.image_tokens is not None and any(p.kind == "image" for p in conversation.media()):
        if profile.image_tokens == "mm_processor_kwargs":
            extra["mm_processor_kwargs"] = {"max_soft_tokens": settings.image_tokens}
        elif profile.image_tokens == "chat_template_kwargs":
            template["max_soft_tokens"] = settings.image_tokens
    if settings.tools:
        arguments["tools"] = list(settings.tools)
    if settings.schema is not None:
        arguments["response_format"] = {
            "type": "json_schema",
            "json_schema": {"name": "answer", "schema": settings.schema},
        }
    if template:
        extra["chat_template_kwargs"] = template
    return {**arguments, "extra_body": extra} if extra else arguments


def messages(conversation: Conversation, most_pixels: int = MOST_PIXELS) -> list[dict[str, Any]]:
    """The messages as OpenAI writes them; a clip as frames with the time before each, as the local engine has it.

    A picture has at most so many pixels.
    """
    filled = render(conversation).filled(partial(_picture, most_pixels), _sound)
    written: list[dict[str, Any]] = []
    for message, plain in zip(conversation.messages, filled, strict=True):
        content = plain["content"]
        if not isinstance(content, str):
            content = _simple([_content(part) for part in content])
        calls = [part for part in message.parts if isinstance(part, ToolCall)]
        if content or not calls:
            written.append({"role": plain["role"], "content": content})
        written += _tool_turns(message, calls)
    return written


def _content(part: dict[str, Any]) -> dict[str, Any]:
    if part["type"] == "image":
        return {"type": "image_url", "image_url": {"url": part["image"]}}
    if part["type"] == "audio":
        return {"type": "input_audio", "input_audio": {"data": part["audio"], "format": "wav"}}
    return part


def _simple(content: list[dict[str, Any]]) -> str | list[dict[str, Any]]:
    """Text alone as a string: servers of text models take nothing else."""
    if all(part["type"] == "text" for part in content):
        return "\n".join(part["text"] for part in content)
    return content


def _tool_turns(message: Message, calls: list[ToolCall]) -> list[dict[str, Any]]:
    """A model's calls as one message, each result as a message of its own, tied together by ids."""
    if not calls:
        return []
    results = [part for part in message.parts if isinstance(part, ToolResult)]
    called = [
        {
            "id": f"call_{number}",
            "type": "function",
            "function": {"name": call.name, "arguments": json.dumps(call.arguments)},
        }
        for number, call in enumerate(calls)
    ]
    told = [
        {
            "role": "tool",
            "tool_call_id": f"call_{number}",
            "content": one.result if isinstance(one.result, str) else json.dumps(one.result),
        }
        for number, one in enumerate(results)
    ]
    return [{"role": "assistant", "content": None, "tool_calls": called}, *told]


def _pixels_read(settings: Settings, profile: Profile) -> int:
    """What the server's model reads of a picture at most; the family's most where the server has its own budget."""
    if settings.image_tokens is None or profile.image_tokens == "fixed":
        return MOST_PIXELS
    return settings.image_tokens * TOKEN_PIXELS


def _picture(most_pixels: int, image: Image) -> str:
    kind, data = sendable(image, most_pixels)
    return f"data:{kind};base64,{base64.b64encode(data).decode()}"


def _sound(audio: Audio) -> str:
    return base64.b64encode(audio.data).decode()
