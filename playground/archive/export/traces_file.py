"""OpenTelemetry spans, one an answer, as a line of OTLP JSON that collectors and viewers take from a file.

The GenAI names move from version to version: all that are used stand in NAMES, with the version they are of.
"""

from __future__ import annotations

import base64
import hashlib
import json
from typing import Any

from playground.archive import record
from playground.archive.restoring import Fetch, document, figures
from playground.prompt.rendering import block

VERSION = "0.1.0"
"""Of OpenTelemetry's semantic conventions for generative AI."""

NAMES = {
    "operation": "gen_ai.operation.name",
    "provider": "gen_ai.provider.name",
    "conversation": "gen_ai.conversation.id",
    "model": "gen_ai.request.model",
    "answered": "gen_ai.response.model",
    "stream": "gen_ai.request.stream",
    "max_tokens": "gen_ai.request.max_tokens",
    "temperature": "gen_ai.request.temperature",
    "top_p": "gen_ai.request.top_p",
    "top_k": "gen_ai.request.top_k",
    "seed": "gen_ai.request.seed",
    "reasons": "gen_ai.response.finish_reasons",
    "first": "gen_ai.response.time_to_first_chunk",
    "input": "gen_ai.usage.input_tokens",
    "output": "gen_ai.usage.output_tokens",
    "thought": "gen_ai.usage.reasoning.output_tokens",
    "cached": "gen_ai.usage.cache_read.input_tokens",
    "text": "gen_ai.usage.text.input_tokens",
    "image": "gen_ai.usage.image.input_tokens",
    "audio": "gen_ai.usage.audio.input_tokens",
    "asked": "gen_ai.input.messages",
    "system": "gen_ai.system_instructions",
    "said": "gen_ai.output.messages",
    "error": "error.type",
    "address": "server.address",
    "port": "server.port",
}
OWN = "gemma4_playground."
"""What the conventions have no name for."""

SETTINGS = ("max_tokens", "temperature", "top_p", "top_k", "seed")
CLIENT, INTERNAL, FAILED = 3, 1, 2
PROVIDERS = {"gemini": "gcp.gemini"}


def write(kept: record.Comparison, fetch: Fetch) -> bytes:
    """One line: the spans of all answers that were asked."""
    spans = [
        _span(kept, number, answer, fetch)
        for number, round in enumerate(kept.rounds, 1)
        for answer in round.answers
        if answer.state != "refused"
    ]
    resource = {"service.name": "gemma4-playground", **_versions(kept)}
    line = {
        "resourceSpans": [
            {
                "resource": {"attributes": _attributes(resource)},
                "scopeSpans": [{"scope": {"name": "gemma4-playground"}, "spans": spans}],
            }
        ]
    }
    return f"{json.dumps(line, ensure_ascii=False, allow_nan=False)}\n".encode("utf-8", "replace")


def _versions(kept: record.Comparison) -> dict[str, str]:
    return {f"{OWN}version.{name}": said for name, said in kept.made_by.items()}


def _span(
    kept: record.Comparison, number: int, answer: record.Answer, fetch: Fetch
) -> dict[str, Any]:
    model = answer.contender.model
    begun = answer.requested if answer.requested is not None else 0.0
    last = answer.chunks[-1][0] if answer.chunks else begun
    ended = max(begun, last if answer.finished is None else answer.finished)
    span: dict[str, Any] = {
        "traceId": _digest(kept.id)[:32],
        "spanId": _digest(f"{kept.id} {number} {answer.contender.id}")[:16],
        "name": f"chat {model.weights}",
        "kind": CLIENT if model.server else INTERNAL,
        "startTimeUnixNano": _nano(answer.asked_at + begun),
        "endTimeUnixNano": _nano(answer.asked_at + ended),
        "attributes": _attributes(_facts(kept, number, answer, fetch)),
        "status": {},
    }
    if answer.state == "failed":
        span["status"] = {"code": FAILED, "message": answer.reason}
    return span


def _facts(
    kept: record.Comparison, number: int, answer: record.Answer, fetch: Fetch
) -> dict[str, Any]:
    model, found = answer.contender.model, figures(answer)
    prompt, output = found.prompt_tokens, found.output_tokens
    kind = model.server.kind if model.server else "transformers"
    told: dict[str, Any] = {
        "operation": "chat",
        "provider": PROVIDERS.get(kind, kind or "openai"),
        "conversation": f"{kept.id}/{answer.contender.id}",
        "model": model.weights,
        "answered": model.weights,
        "stream": True,
        **{name: answer.contender.settings.get(name) for name in SETTINGS},
        "reasons": [answer.finish_reason] if answer.finish_reason else None,
        "first": found.ttft_s,
        "input": prompt and prompt.total,
        "output": output and output.total,
        "thought": output and output.thinking,
        "cached": prompt and prompt.cached,
        "text": prompt and prompt.text,
        "image": prompt and (prompt.image + prompt.video),
        "audio": prompt and prompt.audio,
        "asked": json.dumps(
            [_message(one, fetch) for one in answer.messages if one.role != "system"],
            ensure_ascii=False,
        ),
        "system": json.dumps(
            [part for one in answer.messages if one.role == "system" for part in _parts(one, fetch)]
        ),
        "said": json.dumps([_answered(answer)], ensure_ascii=False),
        "error": "_OTHER" if answer.state == "failed" else None,
    }
    if model.server:
        host, _, port = model.server.host.rpartition(":")
        told |= {"address": host or model.server.host}
        told |= {"port": int(port)} if host and port.isdigit() else {}
    own = {
        "contender": answer.contender.label,
        "variant": model.variant,
        "revision": model.revision,
        "precision": model.precision,
        "demo_sized": model.demo,
        "round": number,
        "state": answer.state,
        "contended": answer.contended,
    }
    named = {NAMES[name]: value for name, value in told.items() if value is not None}
    return {**named, **{f"{OWN}{name}": value for name, value in own.items()}}


def _message(kept: record.Message, fetch: Fetch) -> dict[str, Any]:
    role = {"system": "system", "user": "user", "model": "assistant"}[kept.role]
    return {"role": role, "parts": _parts(kept, fetch)}


def _parts(kept: record.Message, fetch: Fetch) -> list[dict[str, Any]]:
    parts: list[dict[str, Any]] = []
    for part in kept.parts:
        match part.kind:
            case "text":
                parts.append({"type": "text", "content": part.text})
            case "document":
                parts.append({"type": "text", "content": block(document(part, fetch))})
            case "image" | "video":
                parts += [_blob("image", "image/png", fetch(one)) for one in part.media]
            case "audio":
                parts.append(_blob("audio", "audio/wav", fetch(part.media[0])))
            case "tool_call":
                parts.append({"type": "tool_call", "name": part.name, "arguments": part.data})
            case "tool_result":
                parts.append({"type": "tool_call_response", "response": part.data})
    return parts


def _blob(modality: str, mime: str, data: bytes) -> dict[str, Any]:
    content = base64.b64encode(data).decode()
    return {"type": "blob", "modality": modality, "mime_type": mime, "content": content}


def _answered(answer: record.Answer) -> dict[str, Any]:
    kinds = {"thinking": "reasoning", "answer": "text", "tool_call": "text"}
    said = dict.fromkeys(kinds, "")
    for _, channel, text, _ in answer.chunks:
        said[channel] += text
    parts = [{"type": kinds[name], "content": text} for name, text in said.items() if text]
    return {
        "role": "assistant",
        "parts": parts,
        "finish_reason": answer.finish_reason or answer.state,
    }


def _attributes(facts: dict[str, Any]) -> list[dict[str, Any]]:
    return [{"key": name, "value": _value(value)} for name, value in facts.items()]


def _value(value: Any) -> dict[str, Any]:
    if isinstance(value, bool):
        return {"boolValue": value}
    if isinstance(value, int):
        return {"intValue": str(value)}
    if isinstance(value, float):
        return {"doubleValue": value}
    if isinstance(value, list):
        return {"arrayValue": {"values": [_value(one) for one in value]}}
    return {"stringValue": str(value)}


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()


def _nano(seconds: float) -> str:
    return str(round(seconds * 1e9))
