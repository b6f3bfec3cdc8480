"""Session traces in the simple format of the Hugging Face Hub's viewer: JSON lines, one file for each contender.

A head and then a message a line (huggingface.co/docs/hub/session-traces-format). Media are named there, not held.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from playground.archive import record
from playground.archive.export import named
from playground.archive.restoring.asked import Fetch, document
from playground.prompt.rendering import block

HARNESS = "gemma4-playground"


def files(kept: record.Comparison, fetch: Fetch) -> dict[str, bytes]:
    """The sessions by their names: of each contender what it was asked and said, to the end of the shown branch."""
    path = _path(kept)
    asked: dict[str, list[record.Answer]] = {}
    for round in path:
        for answer in round.answers:
            asked.setdefault(answer.contender.id, []).append(answer)
    names = named(given[-1].contender.label for given in asked.values())
    return {
        f"{name}.jsonl": "".join(
            f"{json.dumps(line, ensure_ascii=False)}\n" for line in _lines(kept, given, fetch)
        ).encode("utf-8", "replace")
        for name, given in zip(names, asked.values(), strict=True)
    }


def _path(kept: record.Comparison) -> list[record.Round]:
    known = {one.id: one for one in kept.rounds}
    path: list[record.Round] = []
    id: str | None = kept.last
    while id is not None:
        path.insert(0, known[id])
        id = known[id].before
    return path


def _lines(
    kept: record.Comparison, given: list[record.Answer], fetch: Fetch
) -> Iterator[dict[str, Any]]:
    contender = given[-1].contender
    yield {
        "type": "session",
        "harness": HARNESS,
        "id": f"{kept.id}-{contender.id}",
        "name": kept.name or contender.label,
        "contender": contender.label,
        "model": contender.model.weights,
        "revision": contender.model.revision,
    }
    system = [one for one in given[0].messages if one.role == "system"]
    for message in system:
        yield _line("system", _words(message, fetch), given[0].asked_at)
    for answer in given:
        yield _line("user", _words(answer.messages[-1], fetch), answer.asked_at)
        said = {"thinking": "", "answer": "", "tool_call": ""}
        for _, channel, text, _ in answer.chunks:
            said[channel] += text
        more = {"reasoningContent": said["thinking"]} if said["thinking"] else {}
        text = said["answer"] + said["tool_call"] or answer.reason
        first = answer.chunks[0][0] if answer.chunks else 0.0
        model = contender.model.weights
        yield _line("assistant", text, answer.asked_at + first, model=model, **more)


def _line(role: str, content: str, at: float, **more: Any) -> dict[str, Any]:
    message = {"role": role, "content": content, "timestamp": round(at * 1000), **more}
    return {"type": "message", "message": message}


def _words(message: record.Message, fetch: Fetch) -> str:
    """The text; a medium stands as its name and digest."""
    words = []
    for part in message.parts:
        if part.kind == "document":
            words.append(block(document(part, fetch)))
        elif part.media:
            words.append(f"[{part.kind}: {part.name}, sha256 {part.media[0]}]")
        elif part.kind == "text":
            words.append(part.text)
        else:
            words.append(json.dumps({part.kind: part.name, "data": part.data}, ensure_ascii=False))
    return "\n".join(words)
