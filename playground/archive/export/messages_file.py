"""OpenAI `messages` as JSON lines: one for each contender and round, its answer as the last message, media as data
URIs. Times are not in it.
"""

from __future__ import annotations

import base64
import json
from typing import Any

from playground.archive import record
from playground.archive.restoring import Fetch, document
from playground.prompt.rendering import block

ROLES = {"system": "system", "user": "user", "model": "assistant"}


def write(kept: record.Comparison, fetch: Fetch) -> bytes:
    """Answers that said nothing are left out."""
    lines = []
    for number, round in enumerate(kept.rounds, 1):
        for answer in round.answers:
            text = "".join(text for _, channel, text, _ in answer.chunks if channel == "answer")
            if not text:
                continue
            told = [message(one, fetch) for one in answer.messages]
            about = {"comparison": kept.id, "round": number, "contender": answer.contender.label}
            model = answer.contender.model
            about |= {"model": model.weights, "revision": model.revision, "state": answer.state}
            entry = {"messages": [*told, {"role": "assistant", "content": text}], "metadata": about}
            lines.append(json.dumps(entry, ensure_ascii=False))
    return "".join(f"{one}\n" for one in lines).encode()


def message(kept: record.Message, fetch: Fetch) -> dict[str, Any]:
    """A message in OpenAI's form; a clip goes as its frames."""
    if all(part.kind == "text" for part in kept.parts):
        return {"role": ROLES[kept.role], "content": "\n".join(part.text for part in kept.parts)}
    contents: list[dict[str, Any]] = []
    for part in kept.parts:
        match part.kind:
            case "document":
                words = block(document(part, fetch))
                contents.append({"type": "text", "text": words})
            case "text":
                contents.append({"type": "text", "text": part.text})
            case "image" | "video":
                contents += [_picture(fetch(name)) for name in part.media]
            case "audio":
                data = base64.b64encode(fetch(part.media[0])).decode()
                sound = {"data": data, "format": "wav"}
                contents.append({"type": "input_audio", "input_audio": sound})
            case "tool_call" | "tool_result":
                said = json.dumps({part.kind: part.name, "data": part.data}, ensure_ascii=False)
                contents.append({"type": "text", "text": said})
    return {"role": ROLES[kept.role], "content": contents}


def _picture(data: bytes) -> dict[str, Any]:
    kind = "jpeg" if data.startswith(b"\xff\xd8") else "png"
    url = f"data:image/{kind};base64,{base64.b64encode(data).decode()}"
    return {"type": "image_url", "image_url": {"url": url}}
