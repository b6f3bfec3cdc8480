"""Whether a served model takes pictures and sound, tried with tiny ones where the server does not tell.

Only a clear no is a no: a server that is busy has said nothing, and neither has one that breaks once. One that breaks
each time, and only then, has (transformers serve does, where a model has no encoder).
"""

from __future__ import annotations

import base64
import io
import re
import wave
from collections.abc import Collection
from functools import cache
from typing import Any, Literal

from playground.engines.server.looking import findings
from playground.engines.server.looking.findings import Subject
from playground.engines.server.looking.look import Seen
from playground.engines.server.said import excerpt, words
from playground.engines.server.transport.asking import Asking, Json
from playground.models.capabilities import SAMPLE_RATE
from playground.models.servers import ServerError

TRIAL_S = 120.0
"""The model may have to be loaded first."""

BUSY = frozenset({408, 409, 425, 429, 502, 503, 504})
UNCLEAR = BUSY | {401, 402, 403, 413}
"""Statuses that tell nothing of what a model takes."""

COMPLAINT = re.compile(
    r"(?i)(not|n't|un) ?support|not (allowed|accepted|a multimodal)|text[- ]only|mmproj|\bonly text\b"
)
"""How a server says that it does not take something, whatever the status."""

Kind = Literal["image", "audio"]


def takes(seen: Seen, name: str, kinds: Collection[Kind]) -> dict[Kind, bool]:
    """Which of these kinds of parts the model takes. One of which nothing could be learned now is left out; the others
    are remembered on disk. Raises ServerError when not even words are taken.
    """
    subject = Subject(seen.server.url, name, seen.version)
    known = findings.read(subject)
    if missing := [kind for kind in kinds if kind not in known]:
        found = _tried(seen, name, missing)
        if found:
            known |= found
            findings.write(subject, known)
    return {kind: known[kind] for kind in kinds if kind in known}


def forget(seen: Seen, name: str) -> None:
    """Try it anew the next time."""
    findings.forget(Subject(seen.server.url, name, seen.version))


def _tried(seen: Seen, name: str, kinds: Collection[Kind]) -> dict[str, bool]:
    """A prompt that a part did not lengthen was taken without it: a no, as clear as a refusal."""
    with Asking(seen.server) as asking:
        plain = _steady(asking, name, [])
        if isinstance(plain, str):
            raise ServerError(f"{seen.server.name} did not answer a trial with {name}: {plain}")
        if plain is None:
            return {}
        found: dict[str, bool] = {}
        for kind in kinds:
            try:
                tried = _steady(asking, name, [_PARTS[kind]()])
            except ServerError:  # it may only be slow
                continue
            if tried is not None:
                # Where tokens are not counted (0), that it was taken must do.
                found[kind] = not isinstance(tried, str) and (tried == 0 or tried > plain + 2)
        return found


def _steady(asking: Asking, name: str, media: list[Json]) -> int | str | None:
    """What a trial says; one that broke is made again."""
    said = _trial(asking, name, media)
    if isinstance(said, str) and said.startswith("500 "):
        return _trial(asking, name, media)
    return said


def _trial(asking: Asking, name: str, media: list[Json]) -> int | str | None:
    """The prompt's tokens (0 where they are not counted); what the server said against it; None where it told nothing.

    Raises ServerError when there is no answer at all.
    """
    content: Any = [*media, {"type": "text", "text": "Hi"}] if media else "Hi"
    body = {"model": name, "messages": [{"role": "user", "content": content}], "max_tokens": 1}
    status, reply, text = asking.post(f"{asking.server.url}/chat/completions", body, TRIAL_S)
    if status == 200 and not (reply.get("error") or reply.get("object") == "error"):
        usage = reply.get("usage")
        counted = usage.get("prompt_tokens") if isinstance(usage, dict) else None
        return counted if isinstance(counted, int) else 0
    said = words(text[:20_000])
    if status in BUSY or re.search(r"(?i)out of memory|\boom\b", said):
        return None
    unclear = bool(media) and (status in UNCLEAR or status == 200)
    if unclear and not COMPLAINT.search(said):
        return None
    return f"{status} {excerpt(said, asking.server)}"


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


_PARTS = {"image": _picture, "audio": _sound}
