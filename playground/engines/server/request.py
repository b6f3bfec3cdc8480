"""A conversation and its settings as a request for chat completions, in a profile's dialect. Sends nothing."""

from __future__ import annotations

import base64
import json
from dataclasses import replace
from functools import partial
from typing import Any

from playground.engines.server import beginning
from playground.engines.server.profiles import Profile
from playground.prompt.conversation import (
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
    begun,
)
from playground.prompt.media import sendable
from playground.prompt.rendering import around_results, block, render, timestamp

TOKEN_PIXELS = 48 * 48
"""Of a picture, in one of its tokens (transformers, image_processing_gemma4.py)."""

MOST_PIXELS = 1120 * TOKEN_PIXELS
"""The largest budget of a picture that the family has."""


def request(
    conversation: Conversation, settings: Settings, model: str, profile: Profile
) -> dict[str, Any]:
    """The fields of the request's body; what is not OpenAI's stands in `extra_body`."""
    arguments: dict[str, Any] = {
        "model": model,
        "messages": messages(
            conversation, profile.apart, _pixels_read(settings, profile), profile.reasoning
        ),
        "max_tokens": settings.max_tokens,
        "stream": True,
    }
    for name, value in (("temperature", settings.temperature), ("top_p", settings.top_p)):
        if value is not None:
            arguments[name] = value
    extra: dict[str, Any] = dict(profile.plain)
    template: dict[str, Any] = {}
    if profile.usage:
        arguments["stream_options"] = {"include_usage": True}
    if profile.seed and settings.seed is not None:
        arguments["seed"] = settings.seed
    # A field that is left out leaves the server's own value, which is not off.
    if profile.no_top_k is not None and settings.top_k is not None:
        extra["top_k"] = settings.top_k or profile.no_top_k
    if profile.min_p and settings.samples_by_choice:
        extra["min_p"] = 0.0
    if profile.progress:
        extra["return_progress"] = True
    if profile.thinking == "template":
        template["enable_thinking"] = settings.thinking
    elif profile.thinking == "effort":
        arguments["reasoning_effort"] = profile.efforts[settings.thinking]
    if settings.image_tokens is not None and _has_pictures(conversation):
        if profile.image_tokens == "mm_processor_kwargs":
            extra["mm_processor_kwargs"] = {"max_soft_tokens": settings.image_tokens}
        elif profile.image_tokens == "chat_template_kwargs":
            template["max_soft_tokens"] = settings.image_tokens
    if settings.tools:
        arguments["tools"] = settings.functions
    if settings.schema is not None:
        arguments["response_format"] = {
            "type": "json_schema",
            "json_schema": {
                "name": "answer",
                "schema": settings.schema,
                **({"strict": True} if profile.strict else {}),
            },
        }
    if told := begun(conversation, settings):
        beginning.put(arguments, extra, told, profile)
    if template:
        extra["chat_template_kwargs"] = template
    return {**arguments, "extra_body": extra} if extra else arguments


def messages(
    conversation: Conversation,
    apart: bool = False,
    most_pixels: int = MOST_PIXELS,
    reasoning: str = "",
) -> list[dict[str, Any]]:
    """The messages as OpenAI writes them; a clip as frames with the time before each, as the local engine has it. A
    picture has at most `most_pixels`.

    `apart`: where each part becomes a message of its own, words and pictures in turns would be a conversation. There
    pictures come first, and the words, the times of frames among them, after them in one piece. `reasoning` is the
    field that the thought before a call goes back in; empty: it does not.
    """
    conversation = Conversation(
        tuple(one for message in conversation.messages for one in _answered_apart(message))
    )
    if apart:
        conversation = _pictures_first(conversation)
    filled = render(conversation, words_before_calls=False).filled(
        partial(_picture, most_pixels), _sound
    )
    written: list[dict[str, Any]] = []
    for number, (message, plain) in enumerate(zip(conversation.messages, filled, strict=True)):
        if any(isinstance(part, ToolCall) for part in message.parts):
            written += _tool_turns(number, message, reasoning)
            continue
        content = plain["content"]
        if not isinstance(content, str):
            content = _simple([_content(part) for part in content])
        written.append({"role": plain["role"], "content": content})
    return written


def _answered_apart(message: Message) -> tuple[Message, ...]:
    """A message, and what it said after its tools' results as one more."""
    before, after = around_results(message)
    if not after or after == message.parts:
        return (message,)
    called = [part for part in message.parts if isinstance(part, ToolCall | ToolResult)]
    until = (*before, *called)  # which may be the same words as those after
    return replace(message, parts=until), Message(message.role, after)


def unsent(conversation: Conversation, settings: Settings, profile: Profile) -> tuple[str, ...]:
    """What this kind of server is never told, so that its own holds: columns that differ there are no comparison."""
    sampled, pictures = settings.temperature != 0, _has_pictures(conversation)
    held = (
        ("top-k", sampled and profile.no_top_k is None and settings.top_k is not None),
        ("min-p", sampled and not profile.min_p and settings.samples_by_choice),
        ("seed", sampled and settings.seed is not None and not profile.seed),
        ("image budget", settings.image_tokens and pictures and profile.image_tokens == "fixed"),
        ("thinking", profile.thinking == "fixed"),
    )
    return tuple(words for words, missing in held if missing)


def remarks(
    conversation: Conversation, settings: Settings, profile: Profile, name: str
) -> tuple[str, ...]:
    """What this kind of server gets otherwise than others, for the reader of the answer."""
    left = unsent(conversation, settings, profile)
    gone_on = beginning.remarks(begun(conversation, settings), profile, name)
    own = (f"Not sent to {name}, which has its own: {', '.join(left)}.",) if left else ()
    own = (*gone_on, *own)
    clips = [part for part in conversation.media() if isinstance(part, Video)]
    if not profile.apart or not clips:
        return own
    frames = sum(len(clip.frames) for clip in clips)
    return (
        *own,
        f"{name} makes a message of each picture: the clip went as {frames} pictures, with their times in the words "
        "after them.",
    )


def _has_pictures(conversation: Conversation) -> bool:
    """A clip goes as pictures."""
    return any(part.kind in ("image", "video") for part in conversation.media())


def _pictures_first(conversation: Conversation) -> Conversation:
    """Each message's pictures, then its words in one piece."""
    return Conversation(tuple(map(_message_apart, conversation.messages)))


def _message_apart(message: Message) -> Message:
    pictures: list[Part] = []
    words: list[str] = []
    others: list[Part] = []
    for part in message.parts:
        match part:
            case Image():
                pictures.append(part)
            case Video():
                first = len(pictures) + 1
                pictures += part.frames
                words.append(_taken_at(first, part))
            case Text(text):
                words.append(text)
            case Document():
                words.append(block(part))
            case _:
                others.append(part)
    together = [Text("\n".join(words))] if words else []
    return replace(message, parts=(*pictures, *together, *others))


def _taken_at(first: int, clip: Video) -> str:
    """ "Pictures 1 to 3 are frames of a clip, at 00:00, 00:01, 00:02." """
    times = ", ".join(map(timestamp, clip.times))
    if len(clip.frames) == 1:
        return f"Picture {first} is a frame of a clip, at {times}."
    return f"Pictures {first} to {first + len(clip.frames) - 1} are frames of a clip, at {times}."


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


def _tool_turns(turn: int, message: Message, reasoning: str) -> list[dict[str, Any]]:
    """A model's calls with the words before them as one message, each result as a message of its own, tied together by
    ids that no other turn has.
    """
    words, _ = around_results(message)
    calls = [part for part in message.parts if isinstance(part, ToolCall)]
    results = [part for part in message.parts if isinstance(part, ToolResult)]
    called = [
        {
            "id": f"call_{turn}_{number}",
            "type": "function",
            "function": {"name": call.name, "arguments": json.dumps(call.arguments)},
        }
        for number, call in enumerate(calls)
    ]
    told = [
        {
            "role": "tool",
            "tool_call_id": f"call_{turn}_{number}",
            "name": one.name,
            "content": one.result if isinstance(one.result, str) else json.dumps(one.result),
        }
        for number, one in enumerate(results)
    ]
    content = "\n".join(part.text for part in words if isinstance(part, Text)) or None
    thought = {reasoning: message.thought} if reasoning and message.thought else {}
    return [{"role": "assistant", "content": content, **thought, "tool_calls": called}, *told]


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
