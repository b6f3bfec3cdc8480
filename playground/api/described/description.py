"""The API as OpenAPI 3.1 has it: addresses, what they take, what they answer."""

from __future__ import annotations

from typing import Any

from playground import __version__
from playground.api.asking import KINDS, KNOWN
from playground.api.bodies import FORM, JSON
from playground.api.described.fields import (
    ASKED,
    CHAT,
    NULLABLE,
    OBJECT,
    QUESTION,
    TEXT,
    TOLD,
    YES,
)
from playground.config import read

ERROR = {
    "type": "object",
    "properties": {
        "error": {
            "type": "object",
            "properties": {
                "message": TEXT,
                "type": TEXT,
                "param": {"type": ["string", "null"]},
                "code": {"type": ["string", "null"]},
            },
            "required": ["message", "type", "param", "code"],
        }
    },
    "required": ["error"],
}
FAULTS = {
    "400": "What is asked can't be had: one sentence, and the field that it is about.",
    "401": "There is no token, or a wrong one.",
    "403": "Programs on this machine alone may call it.",
    "404": "There is no such thing here.",
    "408": "The body did not come in time.",
    "413": "The body is too large.",
    "415": "The body is of another kind.",
    "429": "You have had as much as one may for now.",
    "502": "The contender failed.",
    "503": "It can't be done now.",
}


def description(base: str) -> dict[str, Any]:
    """All of it; `base` is where this instance is."""
    about: dict[str, Any] = {
        "openapi": "3.1.0",
        "info": {
            "title": "Gemma 4 playground",
            "version": __version__,
            "summary": "One question to several Gemma 4 models, with figures.",
        },
        "servers": [{"url": base}],
        "paths": _paths(),
        "components": {"schemas": {"Error": ERROR}},
    }
    if read().api == "tokens":
        about["components"]["securitySchemes"] = {"token": {"type": "http", "scheme": "bearer"}}
        about["security"] = [{"token": []}]
    return about


def _paths() -> dict[str, Any]:
    compared = _object(dict.fromkeys(("id", "prompt"), TEXT), answers={"type": "array"})
    id = {"name": "id", "in": "path", "required": True, "schema": TEXT}
    listed = _object({"object": TEXT}, data={"type": "array", "items": OBJECT})
    return {
        "/api/compare": {
            "post": _operation(
                "compare",
                "Put a question to several contenders.",
                "Answers when all have ended; with Accept: text/event-stream as they do. Whoever goes away stops it.",
                {
                    "content": {
                        JSON: {"schema": _question(), "example": ASKED},
                        FORM: {"schema": _form()},
                    }
                },
                compared,
                stream="Events: comparison, state, chunk, answer (with its figures), done (as without a stream).",
            )
        },
        "/api/comparisons/{id}": {
            "parameters": [id],
            "get": _operation(
                "comparison",
                "A comparison with all its rounds.",
                "As its link shows it, running or ended.",
                None,
                _object({"id": TEXT, "running": YES}, rounds={"type": "array"}),
            ),
        },
        "/api/models": {
            "get": _operation(
                "models",
                "What can be asked.",
                "Models on this machine with what they take, and those of its servers.",
                None,
                _object({}, models={"type": "array", "items": _object({"spec": TEXT})}),
            )
        },
        "/v1/chat/completions": {
            "post": _operation(
                "chat",
                "Ask one contender as OpenAI's clients do.",
                "What would change the answer and can't be had is refused by its name.",
                {
                    "content": {
                        JSON: {
                            "schema": _fields(CHAT, ("model", "messages"), NULLABLE),
                            "example": TOLD,
                        }
                    }
                },
                _object({"id": TEXT, "object": TEXT}, choices={"type": "array"}),
                stream="chat.completion.chunk, and [DONE].",
            )
        },
        "/v1/models": {
            "get": _operation("list", "What can be asked, as OpenAI lists it.", "", None, listed)
        },
        "/v1/models/{id}": {
            "parameters": [id],
            "get": _operation("model", "One of them.", "", None, _object({"id": TEXT})),
        },
    }


def _operation(
    id: str,
    summary: str,
    more: str,
    body: dict[str, Any] | None,
    answer: dict[str, Any],
    stream: str = "",
) -> dict[str, Any]:
    content: dict[str, Any] = {JSON: {"schema": answer}}
    if stream:
        content["text/event-stream"] = {"schema": {**TEXT, "description": stream}}
    error = {JSON: {"schema": {"$ref": "#/components/schemas/Error"}}}
    made: dict[str, Any] = {
        "operationId": id,
        "summary": summary,
        "responses": {
            "200": {"description": stream or "What was asked for.", "content": content},
            **{code: {"description": words, "content": error} for code, words in FAULTS.items()},
        },
    }
    if more:
        made["description"] = more
    if body:
        made["requestBody"] = {"required": True, **body}
    return made


def _question() -> dict[str, Any]:
    return _fields({name: QUESTION[name] for name in KNOWN}, ("on",))


def _form() -> dict[str, Any]:
    """The same as a form's fields; files are sent as such."""
    files = {"type": "array", "items": {**TEXT, "contentMediaType": "application/octet-stream"}}
    fields = {name: ("A file.", files) if name in KINDS else QUESTION[name] for name in KNOWN}
    return _fields(fields, ("on",))


def _fields(
    known: dict[str, tuple[str, dict[str, Any]]],
    required: tuple[str, ...],
    nullable: frozenset[str] = frozenset(),
) -> dict[str, Any]:
    properties = {
        name: {"description": words, **(_or_null(schema) if name in nullable else schema)}
        for name, (words, schema) in known.items()
    }
    return {
        "type": "object",
        "properties": properties,
        "required": [*required],
        "additionalProperties": False,
    }


def _or_null(schema: dict[str, Any]) -> dict[str, Any]:
    return {"anyOf": [schema, {"type": "null"}]} if schema else schema


def _object(known: dict[str, Any], **more: Any) -> dict[str, Any]:
    properties = {**known, **more}
    return {"type": "object", "properties": properties, "required": [*properties]}
