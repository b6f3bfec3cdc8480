"""A schema from an example: what has the example's shape satisfies it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from playground.prompt.schema.reading import Schema, bounded, check, value

SCALARS: tuple[tuple[type, str], ...] = (
    (bool, "boolean"),  # before int, which a bool is too
    (int, "integer"),
    (float, "number"),
    (str, "string"),
    (dict, "object"),
    (list, "array"),
)


def of_example(text: str) -> Schema:
    """The schema of a JSON value. What stands in all objects of a list is required. Raises SchemaError."""
    example = value(text)
    bounded(example, "The example")
    schema = _shape([example])
    check(schema)
    return schema


def _shape(values: Sequence[Any]) -> Schema:
    """One schema for all these values; kinds that differ stand side by side."""
    kinds = list(dict.fromkeys(map(_kind, values)))
    if "number" in kinds and "integer" in kinds:
        kinds.remove("integer")
    shapes = [_of_kind(kind, [one for one in values if _kind(one) == kind]) for kind in kinds]
    if not shapes:
        return {}
    return shapes[0] if len(shapes) == 1 else {"anyOf": shapes}


def _kind(value: Any) -> str:
    return next((name for kind, name in SCALARS if isinstance(value, kind)), "null")


def _of_kind(kind: str, values: Sequence[Any]) -> Schema:
    if kind == "array":
        return {"type": kind, "items": _shape([item for one in values for item in one])}
    if kind != "object":
        return {"type": kind}
    names = list(dict.fromkeys(name for one in values for name in one))
    return {
        "type": kind,
        "properties": {
            name: _shape([one[name] for one in values if name in one]) for name in names
        },
        "required": [name for name in names if all(name in one for one in values)],
        "additionalProperties": False,
    }
