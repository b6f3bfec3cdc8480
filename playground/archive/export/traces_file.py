"""OpenTelemetry spans, one an answer, as a line of OTLP JSON that collectors and viewers take from a file.

The GenAI names move from version to version: all that are used stand in NAMES, with the version they are of; what a
running program sends to a collector is told in them too.
"""

from __future__ import annotations

import base64
import hashlib
import json
from typing import Any

from playground.archive import record
from playground.archive.restoring.answered import figures
from playground.archive.restoring.asked import Fetch, document
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
    begun, ended = times(answer)
    told = {**facts(kept.id, number, answer), **contents(answer, fetch)}
    span: dict[str, Any] = {
        "traceId": trace_id(kept.id),
        "spanId": _digest(f"{kept.id} {number} {answer.contender.id}")[:16],
        "name": name(answer),
        "kind": CLIENT if model.server else INTERNAL,
        "startTimeUnixNano": str(begun),
        "endTimeUnixNano": str(ended),
        "attributes": _attributes(told),
        "status": {},
    }
    if answer.state == "failed":
        span["status"] = {"code": FAILED, "message": answer.reason}
    return span


def trace_id(id: str) -> str:
    """The trace of a comparison, 32 hexadecimal digits: all of its answers are one."""
    return _digest(id)[:32]


def name(answer: record.Answer) -> str:
    """What a span is called."""
    return f"chat {answer.contender.model.weights}"


def times(answer: record.Answer) -> tuple[int, int]:
    """When it was asked of the model and when it ended, in nanoseconds since 1970."""
    begun = answer.requested if answer.requested is not None else 0.0
    last = answer.chunks[-1][0] if answer.chunks else begun
    ended = max(begun, last if answer.finished is None else answer.finished)
    return _nano(answer.asked_at + begun), _nano(answer.asked_at + ended)


def facts(id: str, number: int, answer: record.Answer) -> dict[str, Any]:
    """What a span says of an answer in the round of that number, but for what was asked and said."""
    model, found = answer.contender.model, figures(answer)
    prompt, output = found.prompt_tokens, found.output_tokens
    kind = model.server.kind if model.server else "transformers"
    told: dict[str, Any] = {
        "operation": "chat",
        "provider": PROVIDERS.get(kind, kind or "openai"),
        "conversation": f"{id}/{answer.contender.id}",
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
    return {**_named(told), **{f"{OWN}{name}": value for name, value in own.items()}}


def contents(answer: record.Answer, fetch: Fetch | None) -> dict[str, Any]:
    """The attributes of what was asked and said; media by their digests where nobody fetches them."""
    told = {
        "asked": [_message(one, fetch) for one in answer.messages if one.role != "system"],
        "system": [
            part for one in answer.messages if one.role == "system" for part in _parts(one, fetch)
        ],
        "said": [_answered(answer)],
    }
    return _named({name: json.dumps(said, ensure_ascii=False) for name, said in told.items()})


def _named(told: dict[str, Any]) -> dict[str, Any]:
    return {NAMES[name]: value for name, value in told.items() if value is not None}


def _message(kept: record.Message, fetch: Fetch | None) -> dict[str, Any]:
    role = {"system": "system", "user": "user", "model": "assistant"}[kept.role]
    return {"role": role, "parts": _parts(kept, fetch)}


def _parts(kept: record.Message, fetch: Fetch | None) -> list[dict[str, Any]]:
    parts: list[dict[str, Any]] = []
    for part in kept.parts:
        match part.kind:
            case "text":
                parts.append({"type": "text", "content": part.text})
            case "document" if fetch is not None:
                parts.append({"type": "text", "content": block(document(part, fetch))})
            case "document":
                parts += [_medium("text", "text/plain", one, None) for one in part.media]
            case "image" | "video":
                parts += [_medium("image", "image/png", one, fetch) for one in part.media]
            case "audio":
                parts.append(_medium("audio", "audio/wav", part.media[0], fetch))
            case "tool_call":
                parts.append({"type": "tool_call", "name": part.name, "arguments": part.data})
            case "tool_result":
                parts.append({"type": "tool_call_response", "response": part.data})
    return parts


def _medium(modality: str, mime: str, digest: str, fetch: Fetch | None) -> dict[str, Any]:
    about = {"modality": modality, "mime_type": mime}
    if fetch is None:
        return {"type": "uri", **about, "uri": f"urn:sha256:{digest}"}
    content = base64.b64encode(fetch(digest)).decode()
    return {"type": "blob", **about, "content": content}


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


def _nano(seconds: float) -> int:
    return round(seconds * 1e9)
