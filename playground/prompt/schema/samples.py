"""Schemas to begin with. Knows nothing else."""

from __future__ import annotations

from typing import Any


def _object(**fields: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": fields,
        "required": list(fields),
        "additionalProperties": False,
    }


TEXT = {"type": "string", "maxLength": 200}

SAMPLES: dict[str, dict[str, Any]] = {
    "Who answers": _object(
        name={"type": "string", "maxLength": 40},
        kind={"enum": ["person", "model", "other"]},
        hears={"type": "boolean"},
    ),
    "Things in a picture": {
        "type": "array",
        "items": _object(
            label={"type": "string", "maxLength": 40},
            box_2d={
                "type": "array",
                "items": {"type": "integer", "minimum": 0, "maximum": 1000},
                "minItems": 4,
                "maxItems": 4,
            },
        ),
        "maxItems": 20,
    },
    "Mood of a text": _object(
        mood={"enum": ["positive", "neutral", "negative"]},
        sure={"type": "number", "minimum": 0, "maximum": 1},
        because=TEXT,
    ),
    "Lines of a bill": _object(
        currency={"type": "string", "pattern": "^[A-Z]{3}$"},
        lines={
            "type": "array",
            "items": _object(
                what=TEXT,
                count={"type": "integer", "minimum": 1},
                price={"type": "number", "minimum": 0},
            ),
            "maxItems": 50,
        },
    ),
    "Three points": _object(
        points={"type": "array", "items": TEXT, "minItems": 3, "maxItems": 3},
    ),
}
"""By the name that a person sees."""
