"""What an auditor asks of an answer: which weights gave it, how, where, and what of the question went where.

One object an answer, as docs/disclosure.schema.json describes it. What nobody knows is null, never guessed.
"""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from typing import Any

from playground.archive import record
from playground.archive.restoring.answered import called, figures
from playground.archive.restoring.asked import used
from playground.comparisons import steps
from playground.models import catalog
from playground.prompt.conversation import Message, Part, Text, ToolCall
from playground.tools.declared import name
from playground.tools.toolbox import find

LIBRARIES = {"transformers": ("torch", "transformers"), "llama.cpp": ("xllamacpp",)}
"""What computes a local model's answers, by what runs it."""


def disclose(kept: record.Comparison) -> list[dict[str, Any]]:
    """Every answer of a comparison."""
    return [
        answered(kept, number, answer)
        for number, round in enumerate(kept.rounds, 1)
        for answer in round.answers
    ]


def answered(kept: record.Comparison, number: int, answer: record.Answer) -> dict[str, Any]:
    """One answer, of the round of that number."""
    model = answer.contender.model
    sent = answer.state != "refused"
    place = model.server
    away = place is not None and not place.on_this_machine
    computing = LIBRARIES[model.runtime] if model.engine == "local" else ()
    told = {name: said for name, said in kept.made_by.items() if name not in ("device", "system")}
    return {
        "format": "gemma4-playground/disclosure",
        "version": 1,
        "comparison": kept.id,
        "round": number,
        "contender": answer.contender.label,
        "asked_at": datetime.fromtimestamp(answer.asked_at, UTC).isoformat(timespec="milliseconds"),
        "model": {
            "variant": model.variant,
            "demo_sized": model.demo,
            "weights": model.weights,
            "revision": model.commit or model.revision or None,
            "files": [{"name": name, "sha256": said or None} for name, said in model.files.items()],
            "parameters": _parameters(model),
            "stored_as": model.stored or None,
            "precision": model.precision or None,
            "template_sha256_16": model.template or None,
        },
        "engine": {
            "name": (place.kind or "other") if place else model.engine,
            "runtime": model.runtime if model.engine == "local" else None,
            "versions": {name: said for name, said in told.items() if name in computing},
            "program": told,
            "device": kept.made_by.get("device") if place is None else None,
            "system": kept.made_by.get("system") if place is None else None,
        },
        "data": {
            "ran_on": place.host if place else "this machine",
            "sent_to": place.host if place and sent else None,
            "left_this_machine": bool(away and sent),
            "requests": len(answer.steps) + 1 if sent else 0,
            "inputs": [
                *(one for message in answer.messages for part in message.parts
                  for one in _inputs(message.role, part)),
                *_fed_back(answer),
            ],
            "calls": [_call(call, answer.contender) for step in answer.steps for call in step.calls],
        },
        "settings": _settings(answer),
        "output": _output(answer),
    }  # fmt: skip


def _parameters(model: record.Model) -> dict[str, Any]:
    """Numbers that are stored and that a token reads: of the files that answered, else as they are published."""
    if model.parameters:
        return {**model.parameters, "source": "configuration"}
    known = None if model.demo else catalog.variant(model.variant)
    if known is None:
        return {"stored": None, "per_token": None, "source": None}
    numbers = known.parameters
    return {
        "stored": numbers.stored,
        "per_token": numbers.active or numbers.read_per_token,
        "source": "published",
    }


def _inputs(role: str, part: record.Part) -> list[dict[str, Any]]:
    """The digest of everything that was put to it."""
    if part.media:
        return [{"role": role, "kind": part.kind, "sha256": digest} for digest in part.media]
    text = part.text if part.kind == "text" else f"{part.name} {part.data}"
    return [_words(role, part.kind, text)]


def _fed_back(answer: record.Answer) -> list[dict[str, Any]]:
    """What its own later requests put to it besides: its words and thoughts so far, its calls and what they gave."""
    before = called(answer)
    if before and before[0].piece:
        return []  # recordings that were heard one by one know nothing of each other
    over, begun = steps.cut_off(before)
    given = steps.turn(over, with_thoughts=True) if over else ()
    found = [one for message in given for one in _said(message)]
    if begun is None:
        return found
    cut = (("thought", begun.thinking), ("text", begun.text))
    return [*found, *(_words("model", kind, text) for kind, text in cut if text)]


def _said(message: Message) -> list[dict[str, Any]]:
    thought = [_words("model", "thought", message.thought)] if message.thought else []
    return [*thought, *(_words("model", part.kind, _plain(part)) for part in message.parts)]


def _plain(part: Part) -> str:
    match part:
        case Text(text):
            return text
        case ToolCall(name, arguments):
            return f"{name} {arguments}"
        case _:
            return f"{part.name} {part.result}"  # type: ignore[union-attr] # the model's turn has no media


def _words(role: str, kind: str, text: str) -> dict[str, Any]:
    return {"role": role, "kind": kind, "sha256": _digest(text), "characters": len(text)}


def _call(call: record.Called, contender: record.Contender) -> dict[str, Any]:
    """Who answered a call: its arguments went there."""
    declared = used(contender).tools
    source = (find(call.name, declared) or {}).get("from")
    if call.standing in ("wrong", "refused"):
        source = None
    return {
        "name": call.name,
        "answered_by": "a person" if call.by_hand else source,
        "standing": call.standing,
        "arguments_sha256": _digest(str(call.arguments)),
    }


def _settings(answer: record.Answer) -> dict[str, Any]:
    settings = used(answer.contender)
    if any(part.kind == "image" for message in answer.messages for part in message.parts):
        settings = settings.with_pictures(answer.contender.model.capabilities.get("image_tokens"))
    return {
        "temperature": settings.temperature,
        "top_p": settings.top_p,
        "top_k": settings.top_k,
        "seed": settings.seed,
        "max_tokens": int(settings.max_tokens),
        "thinking": settings.thinking,
        "image_tokens": settings.image_tokens,
        "tools": [name(tool) for tool in settings.tools],
        "schema_sha256": _digest(str(settings.schema)) if settings.schema is not None else None,
        "begun_sha256": _digest(settings.begun) if settings.begun else None,
    }


def _output(answer: record.Answer) -> dict[str, Any]:
    text = "".join(text for _, channel, text, _ in answer.chunks if channel == "answer")
    found = figures(answer)
    return {
        "state": "interrupted" if answer.interrupted else answer.state,
        "reason": answer.reason or None,
        "finish_reason": answer.finish_reason,
        "sha256": _digest(text) if text else None,
        "prompt_tokens": found.prompt_tokens.total if found.prompt_tokens else None,
        "output_tokens": found.output_tokens.total if found.output_tokens else None,
    }


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()
