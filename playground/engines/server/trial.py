"""Whether a served model takes pictures and sound, tried once with tiny ones where the server does not tell."""

from __future__ import annotations

import base64
import io
import wave
from functools import cache
from typing import Any

from playground.engines.server.asking import Asking, Json
from playground.engines.server.look import Seen
from playground.engines.server.said import excerpt
from playground.models.capabilities import SAMPLE_RATE
from playground.models.servers import ServerError

TRIAL_S = 120.0
"""The model may have to be loaded first."""


def takes(seen: Seen, name: str) -> tuple[bool, bool]:
    """Whether a tiny picture and a tiny sound are taken: an error is a no, and so is a prompt that they did not
    lengthen. Raises ServerError when not even words are taken.
    """
    with Asking(seen.server) as asking:
        words = _trial(asking, name, [])
        if isinstance(words, str):
            raise ServerError(f"{seen.server.name} did not answer a trial with {name}: {words}")
        sound = seen.profile.sound and _longer(words, _trial(asking, name, [_sound()]))
        return _longer(words, _trial(asking, name, [_picture()])), sound


def _longer(words: int, tried: int | str) -> bool:
    """More prompt tokens than words alone cost; where tokens are not counted (0), that it was taken must do."""
    return not isinstance(tried, str) and (tried == 0 or tried > words + 2)


def _trial(asking: Asking, name: str, media: list[Json]) -> int | str:
    """The prompt's tokens (0 where they are not counted), or what the server said against it."""
    content: Any = [*media, {"type": "text", "text": "Hi"}] if media else "Hi"
    body = {"model": name, "messages": [{"role": "user", "content": content}], "max_tokens": 1}
    try:
        status, reply, text = asking.post(f"{asking.server.url}/chat/completions", body, TRIAL_S)
    except ServerError as error:
        return str(error)
    if status != 200:
        return f"{status} {excerpt(text[:2000], asking.server)}"
    usage = reply.get("usage")
    counted = usage.get("prompt_tokens") if isinstance(usage, dict) else None
    return counted if isinstance(counted, int) else 0


@cache
def _picture() -> Json:
    from PIL import Image

    held = io.BytesIO()
    Image.new("RGB", (96, 96), (200, 30, 30)).save(held, "PNG")
    data = base64.b64encode(held.getvalue()).decode()
    return {"type": "image_url", "image_url": {"url": f"data:image/png;base64,{data}"}}


@cache
def _sound() -> Json:
    held = io.BytesIO()
    with wave.open(held, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(SAMPLE_RATE)
        file.writeframes(bytes(SAMPLE_RATE))  # half a second of silence
    data = base64.b64encode(held.getvalue()).decode()
    return {"type": "input_audio", "input_audio": {"data": data, "format": "wav"}}
