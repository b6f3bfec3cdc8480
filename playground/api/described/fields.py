"""The fields of requests: what each is, in words and as a JSON schema."""

from __future__ import annotations

from typing import Any

from playground.api.asking import KINDS
from playground.api.chat.fields import EFFORTS, IGNORED, MOST_STOPS, NEUTRAL
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
    "one_by_one": ("Each recording in a request of its own, the answers joined.", YES),
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
