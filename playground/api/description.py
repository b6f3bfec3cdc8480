"""The API described as OpenAPI 3.1 has it: addresses, what they take, what they answer."""

from __future__ import annotations

from typing import Any

from playground import __version__
from playground.api.asking import KINDS, KNOWN
from playground.api.bodies import FORM, JSON
from playground.api.chat.fields import EFFORTS, IGNORED, MOST_STOPS, NEUTRAL
from playground.config import read
from playground.models.capabilities import IMAGE_BUDGETS
from playground.prompt.conversation import LONGEST_ANSWER, LONGEST_BEGINNING
from playground.prompt.limits import LIMITS

ANY: dict[str, Any] = {}
TEXT = {"type": "string"}
YES = {"type": "boolean"}
OBJECT = {"type": "object"}
TOKENS = {"type": "integer", "minimum": 1, "maximum": LONGEST_ANSWER}
SEED = {"type": "integer", "minimum": 0, "maximum": 2**63 - 1}
SOME_TEXTS = {"type": "array", "items": TEXT}
DATA_URL = {
    "type": "string",
    "pattern": "^data:.*;base64,",
    "description": "data:image/png;base64,...",
}
MEDIUM = {
    "anyOf": [
        DATA_URL,
        {
            "type": "object",
            "properties": {"name": TEXT, "data": DATA_URL},
            "required": ["data"],
            "additionalProperties": False,
        },
    ]
}
MEDIA = {"anyOf": [MEDIUM, {"type": "array", "items": MEDIUM, "maxItems": LIMITS.files}]}

QUESTION: dict[str, tuple[str, dict[str, Any]]] = {
    "prompt": ("What is asked.", {**TEXT, "maxLength": LIMITS.characters}),
    "system": ("The system prompt.", {**TEXT, "maxLength": LIMITS.characters}),
    "on": (
        "Who is asked: models as /api/models names them.",
        {"anyOf": [{**TEXT, "minLength": 1}, {**SOME_TEXTS, "minItems": 1}]},
    ),
    **dict.fromkeys(KINDS, ("Media, as data URLs.", MEDIA)),
    "pages": ("Pages of PDFs, such as 1-3, 7.", TEXT),
    "pdf_text": ("The words of PDFs, not their pages as pictures.", YES),
    "frames": ("Frames of a clip.", {"type": "integer", "minimum": 0, "maximum": 60}),
    "frame_tokens": ("Tokens a frame.", {"enum": list(IMAGE_BUDGETS)}),
    "temperature": ("0 is greedy.", {"type": "number", "minimum": 0, "maximum": 2}),
    "top_p": ("Sample from this share.", {"type": "number", "exclusiveMinimum": 0, "maximum": 1}),
    "top_k": ("Sample from so many; 0 is off.", {"type": "integer", "minimum": 0, "maximum": 1000}),
    "seed": ("The same seed, the same answer.", SEED),
    "max_tokens": ("The longest answer, with its thought.", TOKENS),
    "thinking": ("Let the models think first.", YES),
    "image_tokens": ("Tokens a picture.", {"enum": list(IMAGE_BUDGETS)}),
    "begun": ("How the answer begins.", {**TEXT, "maxLength": LONGEST_BEGINNING}),
    "schema": ("A JSON schema that answers must satisfy.", OBJECT),
    "set": ("One setting for one of them: E2B:thinking=on.", {"anyOf": [TEXT, SOME_TEXTS]}),
    "sweep": ("Each once for every value: image-tokens=70,280.", {"anyOf": [TEXT, SOME_TEXTS]}),
    "repeat": ("Each so many times.", {"type": "integer", "minimum": 1, "maximum": LIMITS.repeats}),
    "tools": (
        "Built-in tools by name, or declarations; nobody answers the calls of those.",
        {"type": "array", "minItems": 1, "items": {"anyOf": [TEXT, OBJECT]}},
    ),
    "all_at_once": ("Side by side instead of one after the other.", YES),
    "save": ("False keeps nothing of it.", YES),
}

CHAT: dict[str, tuple[str, dict[str, Any]]] = {
    "model": ("As /v1/models names it.", {**TEXT, "minLength": 1}),
    "messages": (
        "Text, image_url (data URLs alone), input_audio, video_url, file; calls and their results.",
        {"type": "array", "minItems": 1, "items": OBJECT},
    ),
    "stream": ("Pieces as server-sent events.", YES),
    "stream_options": ("include_usage.", OBJECT),
    "temperature": QUESTION["temperature"],
    "top_p": QUESTION["top_p"],
    "top_k": (
        "Sample from so many; 0 or -1 is off.",
        {"type": "integer", "minimum": -1, "maximum": 1000},
    ),
    "seed": QUESTION["seed"],
    "max_tokens": ("The longest answer: 512, with a thought 2,048, where nothing is said.", TOKENS),
    "max_completion_tokens": ("The same.", TOKENS),
    "stop": (
        "Texts before which the answer ends.",
        {
            "anyOf": [
                {**TEXT, "minLength": 1},
                {
                    "type": "array",
                    "maxItems": MOST_STOPS,
                    "items": {**TEXT, "minLength": 1, "maxLength": 200},
                },
            ]
        },
    ),
    "tools": ("Functions that you run.", {"type": "array", "items": OBJECT}),
    "tool_choice": ("auto or none.", {"enum": ["auto", "none"]}),
    "response_format": ("text, json_object, or json_schema with a schema.", OBJECT),
    "reasoning_effort": (
        "none and minimal: no thought; anything else: with one.",
        {"enum": list(EFFORTS)},
    ),
    "chat_template_kwargs": (
        "enable_thinking, as vLLM has it.",
        {
            "type": "object",
            "properties": {"enable_thinking": {"type": ["boolean", "null"]}},
            "additionalProperties": False,
        },
    ),
    "image_tokens": QUESTION["image_tokens"],
    "store": ("True keeps it in History.", YES),
    **dict.fromkeys(sorted(IGNORED), ("Ignored.", ANY)),
    **{
        name: ("Nothing but what asks for nothing.", {"enum": [*values]})
        for name, values in NEUTRAL.items()
    },
}

ASKED = {"prompt": "What is 3 plus 4?", "on": ["E2B"], "max_tokens": 16}
TOLD = {
    "model": "E2B",
    "messages": [{"role": "user", "content": "What is 3 plus 4?"}],
    "max_tokens": 16,
}

NULLABLE = frozenset(CHAT) - {"model", "messages"}

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
