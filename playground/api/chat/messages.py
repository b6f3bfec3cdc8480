"""OpenAI's messages as a conversation: roles, parts, calls and results, each fault with its place.

Media come with the message or not at all: no address is fetched. The thought before a call goes back to the model only
while its turn is not over, as the family's format demands.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from playground.api import media
from playground.api.chat.tools import called, result
from playground.api.faults import Fault, wrong
from playground.prompt.conversation import (
    Conversation,
    Media,
    Message,
    Part,
    Text,
    ToolCall,
    ToolResult,
)
from playground.prompt.holding import left_out
from playground.prompt.limits import LIMITS

MOST = 2_000
SYSTEM = ("system", "developer")
ROLES = (*SYSTEM, "user", "assistant", "tool")


def conversation(said: Any, admit: Callable[[int], None]) -> Conversation:
    """`admit` is asked for the bytes of each file. Raises Fault, which names the message."""
    if not isinstance(said, list) or not said:
        raise wrong("messages", "messages must be a list with at least one message.")
    if len(said) > MOST:
        raise wrong("messages", f"{MOST:,} messages are the most.")
    reader = _Reader(admit)
    for number, one in enumerate(said):
        reader.take(f"messages[{number}]", one)
    return reader.whole()


class _Reader:
    """Takes one message after the other."""

    def __init__(self, admit: Callable[[int], None]) -> None:
        self._admit = admit
        self._made: list[Message] = []
        self._calls: dict[str, ToolCall] = {}
        """Those of the last message that have no result yet."""
        self._results: dict[str, ToolResult] = {}
        self._media: tuple[Media, ...] = ()
        self._characters = 0

    def take(self, place: str, said: Any) -> None:
        """One message. Raises Fault."""
        role = said.get("role") if isinstance(said, dict) else None
        if role not in ROLES:
            raise wrong(place, f"{place} needs a role: {', '.join(ROLES)}.")
        if role == "tool":
            self._result(place, said)
            return
        self._over(place)
        parts = self._parts(f"{place}.content", said.get("content"))
        if role == "assistant":
            self._answer(place, said, parts)
        elif not parts:
            raise wrong(place, f"{place} is empty.")
        elif role == "user":
            self._made.append(Message("user", parts))
        elif self._made:
            raise wrong(place, f"{place}: only the first message can be the system's.")
        elif not all(isinstance(part, Text) for part in parts):
            raise wrong(place, f"{place}: the system's message is text.")
        else:
            self._made.append(Message("system", parts))

    def whole(self) -> Conversation:
        """What was taken. Raises Fault."""
        last = f"messages[{len(self._made) - 1}]"
        self._over("messages")
        ends = self._made[-1]
        if ends.role == "system":
            raise wrong(
                "messages", "messages hold no question: there is only the system's message."
            )
        if ends.role == "model" and not any(isinstance(part, ToolResult) for part in ends.parts):
            how = "an answer that was begun can't be gone on with here"
            raise wrong(
                "messages", f"{last}: the last message must be the user's or a tool's; {how}."
            )
        return Conversation(tuple(_without_thoughts(self._made)))

    def _answer(self, place: str, said: dict[str, Any], parts: tuple[Part, ...]) -> None:
        told = said.get("tool_calls") or []
        if not isinstance(told, list):
            raise wrong(place, f"{place}.tool_calls must be a list.")
        if not all(isinstance(part, Text) for part in parts):
            raise wrong(place, f"{place}: an answer is text.")
        made = [called(f"{place}.tool_calls[{number}]", one) for number, one in enumerate(told)]
        self._calls = dict(made)
        if len(self._calls) < len(made):
            raise wrong(place, f"{place}: two calls have one id.")
        thought = said.get("reasoning_content") or said.get("reasoning") or ""
        if not isinstance(thought, str):
            raise wrong(place, f"{place}: its reasoning is text.")
        self._count(place, thought)
        calls = tuple(call for _, call in made)
        if not (parts or calls):
            if said.get("content") != "":
                raise wrong(place, f"{place} is empty.")
            parts = (Text(""),)  # as an answer can be that thought for too long
        self._made.append(Message("model", (*parts, *calls), thought))

    def _result(self, place: str, said: dict[str, Any]) -> None:
        id = said.get("tool_call_id")
        call = self._calls.get(id) if isinstance(id, str) else None
        if call is None or id in self._results:
            raise wrong(place, f"{place} answers no call of the message before it that is open.")
        parts = self._parts(f"{place}.content", said.get("content"))
        if not all(isinstance(part, Text) for part in parts):
            raise wrong(place, f"{place}: a tool's result is text.")
        words = "\n".join(part.text for part in parts if isinstance(part, Text))
        self._results[str(id)] = result(call.name, words)

    def _over(self, place: str) -> None:
        """The calls of the last message are answered, in their order. Raises Fault."""
        missing = [id for id in self._calls if id not in self._results]
        if missing:
            raise wrong(place, f"The call {missing[0][:60]} before {place} has no result.")
        if self._calls:
            results = tuple(self._results[id] for id in self._calls)
            self._made[-1] = replace(self._made[-1], parts=(*self._made[-1].parts, *results))
        self._calls, self._results = {}, {}

    def _parts(self, place: str, content: Any) -> tuple[Part, ...]:
        if content is None or content == "":
            return ()
        if isinstance(content, str):
            self._count(place, content)
            return (Text(content),)
        if not isinstance(content, list):
            raise wrong(place, f"{place} is neither text nor a list of parts.")
        return tuple(
            part
            for number, one in enumerate(content)
            for part in self._part(f"{place}[{number}]", one)
        )

    def _part(self, place: str, one: Any) -> Sequence[Part]:
        match one:
            case {"type": "text", "text": str(text)}:
                self._count(place, text)
                return (Text(text),) if text else ()
            case {"type": "image_url", "image_url": {"url": str(url)}}:
                return self._medium(place, "image", "the picture", media.of_url(url, place))
            case {"type": "input_audio", "input_audio": {"data": str(data)}}:
                return self._medium(place, "audio", "the recording", media.of_base64(data, place))
            case {"type": "video_url", "video_url": {"url": str(url)}}:
                return self._medium(place, "video", "the clip", media.of_url(url, place))
            case {"type": "file", "file": {"file_data": str(data), "filename": str(name)}}:
                return self._medium(place, "file", name, media.of_url(data, place))
        kinds = "text, image_url, input_audio, video_url or file"
        raise wrong(place, f"{place} is no part that is taken here: {kinds}, each with its data.")

    def _medium(self, place: str, kind: str, name: str, data: bytes) -> Sequence[Part]:
        self._admit(len(data))
        try:
            found = media.read(kind, name, data)
        except Fault as fault:
            raise wrong(place, fault.message) from None
        for part in found:
            if why := left_out(part, self._media):
                raise wrong(place, why)
            self._media += (part,)
        return found

    def _count(self, place: str, text: str) -> None:
        self._characters += len(text)
        if self._characters > LIMITS.all_characters:
            most = f"{LIMITS.all_characters:,} characters"
            raise wrong(place, f"The messages are too long: {most} are the most.")


def _without_thoughts(made: Sequence[Message]) -> list[Message]:
    """Thoughts of turns that are over leave the conversation."""
    last = max((n for n, one in enumerate(made) if one.role == "user"), default=0)
    return [replace(one, thought="") if n < last else one for n, one in enumerate(made)]
