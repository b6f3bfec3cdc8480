"""Random schemas of everything that a model on this machine can be held to. Knows no model."""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Any


def schemas(seed: int, count: int) -> Iterator[dict[str, Any]]:
    """So many of them, nested up to three deep; the same seed, the same schemas."""
    chance = random.Random(seed)

    def made(depth: int) -> dict[str, Any]:
        kinds = [
            "string",
            "integer",
            "number",
            "boolean",
            "null",
            "enum",
            "const",
            "pattern",
            "format",
        ]
        if depth:
            kinds += ["object", "object", "array", "anyOf", "tuple", "map", "ref"]
        match chance.choice(kinds):
            case "object":
                names = chance.sample(
                    ["a", "b c", "é", "日本", 'q"', "n_1", "x\\y"], chance.randint(1, 4)
                )
                return {
                    "type": "object",
                    "properties": {name: made(depth - 1) for name in names},
                    "required": chance.sample(names, chance.randint(0, len(names))),
                    "additionalProperties": chance.choice([False, False, {"type": "integer"}]),
                }
            case "array":
                least = chance.randint(0, 2)
                return {
                    "type": "array",
                    "items": made(depth - 1),
                    "minItems": least,
                    "maxItems": least + 2,
                }
            case "tuple":
                places = [made(depth - 1) for _ in range(chance.randint(1, 3))]
                return {
                    "type": "array", "prefixItems": places, "items": False,
                    "minItems": len(places), "maxItems": len(places),
                }  # fmt: skip
            case "map":
                return {
                    "type": "object",
                    "additionalProperties": made(depth - 1),
                    "maxProperties": 2,
                }
            case "anyOf":
                return {"anyOf": [made(depth - 1), made(depth - 1)]}
            case "ref":
                return {"$ref": "#/$defs/node"}
            case "string":
                least = chance.choice([0, 0, 3])
                return {
                    "type": "string",
                    "minLength": least,
                    "maxLength": least + chance.randint(0, 9),
                }
            case "integer" | "number" as kind:
                low = chance.randint(-50, 50)
                return chance.choice(
                    [{"type": kind}, {"type": kind, "minimum": low, "maximum": low + 7}]
                )
            case "enum":
                return {
                    "enum": chance.sample(
                        ["red", "blau", "緑", 3, None, True, 2.5], chance.randint(1, 4)
                    )
                }
            case "const":
                return {"const": chance.choice(["fixed", 7, {"k": [1, "z"]}])}
            case "pattern":
                return {
                    "type": "string",
                    "pattern": chance.choice(["^[A-Z]{2}-\\d{3}$", "^(yes|no)$", "^a+b{2,4}$"]),
                }
            case "format":
                return {"type": "string", "format": chance.choice(["date", "uuid", "ipv4", "time"])}
            case kind:
                return {"type": kind}

    node = {
        "type": "object",
        "properties": {
            "v": {"type": "integer"},
            "next": {"anyOf": [{"type": "null"}, {"$ref": "#/$defs/node"}]},
        },
        "required": ["v", "next"],
        "additionalProperties": False,
    }
    for _ in range(count):
        yield {**made(3), "$defs": {"node": node}}
