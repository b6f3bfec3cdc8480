"""Asks a model on a real server and keeps what it said."""

from __future__ import annotations

import threading
from collections.abc import Sequence

from playground.engines.events import Chunk, Event, Finished
from playground.engines.server.engine import ServerEngine
from playground.models.model import Model
from playground.prompt import media
from playground.prompt.conversation import Conversation, Media, Settings
from tests.servers.real import ROOT

WEATHER = {
    "type": "function",
    "function": {
        "name": "get_weather",
        "description": "Tells the weather in a city.",
        "parameters": {
            "type": "object",
            "properties": {"city": {"type": "string", "description": "The city"}},
            "required": ["city"],
        },
    },
}


def sample(name: str) -> tuple[Media, ...]:
    return tuple(media.read(name, (ROOT / "assets" / "samples" / name).read_bytes()))


def listen(
    model: Model,
    prompt: str,
    parts: Sequence[Media] = (),
    stop: threading.Event | None = None,
    **settings: object,
) -> tuple[dict[str, str], Finished, list[Event]]:
    """What was said by channel, the end, and every event; `stop` is set after the third chunk."""
    engine, said, events = ServerEngine(model), {}, list[Event]()
    asked = Settings(**{"temperature": 0.0, "max_tokens": 48, **settings})  # type: ignore[arg-type]
    for event in engine.stream(
        Conversation.ask(prompt, tuple(parts)), asked, stop or threading.Event()
    ):
        events.append(event)
        if isinstance(event, Chunk):
            said[event.channel] = said.get(event.channel, "") + event.text
            if stop is not None and len(events) == 4:
                stop.set()
    engine.close()
    last = events[-1]
    assert isinstance(last, Finished)
    return said, last, events
