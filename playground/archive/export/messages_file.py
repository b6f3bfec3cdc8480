"""OpenAI `messages` as JSON lines: one for each contender and round, its answer as the last message, media as data
URIs. Times are not in it.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from typing import Any

from playground.archive import record
from playground.archive.restoring.answered import every_step, said
from playground.archive.restoring.asked import Fetch, document
from playground.comparisons.steps import Step, joined, whole
from playground.prompt.rendering import block

ROLES = {"system": "system", "user": "user", "model": "assistant"}


def write(kept: record.Comparison, fetch: Fetch) -> bytes:
    """Answers that said nothing are left out."""
    lines = []
    for number, round in enumerate(kept.rounds, 1):
        for answer in round.answers:
            every = whole(every_step(answer))
            if not said(answer, "answer"):
                continue
            told = [one for kept in answer.messages for one in written(kept, fetch)]
            answered = [one for kept in messages_of(every) for one in written(kept, fetch)]
            about = {"comparison": kept.id, "round": number, "contender": answer.contender.label}
            model = answer.contender.model
            about |= {"model": model.weights, "revision": model.revision, "state": answer.state}
            entry = {"messages": [*told, *answered], "metadata": about}
            lines.append(json.dumps(entry, ensure_ascii=False))
    return "".join(f"{one}\n" for one in lines).encode("utf-8", "replace")


def messages_of(every: Sequence[Step]) -> tuple[record.Message, ...]:
    """What an answer's steps said, as messages."""
    if every[0].piece:  # one answer to recordings that were heard one by one
        whole_text = joined([step.text for step in every])
        return (record.Message("model", (record.Part("text", text=whole_text),)),)
    made = []
    for step in every:
        words = (record.Part("text", text=step.text),) if step.text or not step.calls else ()
        calls = [record.Part("tool_call", name=one.name, data=one.arguments) for one in step.calls]
        results = [record.Part("tool_result", name=one.name, data=one.result) for one in step.calls]
        made.append(record.Message("model", (*words, *calls, *results)))
    return tuple(made)


def written(kept: record.Message, fetch: Fetch) -> list[dict[str, Any]]:
    """A message in OpenAI's form; one with calls as several: the words with the calls, each result, what came after."""
    kinds = [part.kind for part in kept.parts]
    if "tool_call" not in kinds:
        return [message(kept, fetch)]
    first = kinds.index("tool_result") if "tool_result" in kinds else len(kinds)
    words = "\n".join(part.text for part in kept.parts[:first] if part.kind == "text")
    calls = [part for part in kept.parts if part.kind == "tool_call"]
    results = [part for part in kept.parts if part.kind == "tool_result"]
    called = [
        {
            "id": f"call_{number}",
            "type": "function",
            "function": {"name": part.name, "arguments": json.dumps(part.data, ensure_ascii=False)},
        }
        for number, part in enumerate(calls)
    ]
    made = [{"role": "assistant", "content": words or None, "tool_calls": called}]
    for number, part in enumerate(results):
        said = (
            part.data if isinstance(part.data, str) else json.dumps(part.data, ensure_ascii=False)
        )
        made.append({"role": "tool", "tool_call_id": f"call_{number}", "content": said})
    after = tuple(part for part in kept.parts[first:] if part.kind == "text")
    return [*made, message(record.Message(kept.role, after), fetch)] if after else made


def message(kept: record.Message, fetch: Fetch) -> dict[str, Any]:
    """A message without calls in OpenAI's form; a clip goes as its frames."""
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
