"""Whether a call's arguments are what its tool asks for, by the tool's JSON schema.

Schemas come from strangers: nothing is fetched for them, no pattern of theirs is run (one can take for ever), and what
refers to itself ends. What is not looked at here, the tool itself has to look at.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from playground.prompt.schema.distinct import unique
from playground.prompt.schema.stack import limited

MOST_REFERENCES = 500
"""References followed in one check."""

UNREAD = ("pattern", "patternProperties", "unevaluatedProperties", "unevaluatedItems")
"""Keywords that are not looked at: they run patterns, or look at all that was looked at once more."""


class _TooMany(Exception):
    """A schema that refers to itself without end."""


def fault(schema: dict[str, Any], arguments: dict[str, Any]) -> str:
    """What is wrong with the arguments, one sentence; empty when nothing is."""
    from jsonschema.exceptions import best_match
    from referencing import Registry
    from referencing.exceptions import Unresolvable

    try:
        with limited():
            found = best_match(_validator()(schema, registry=Registry()).iter_errors(arguments))
    except (_TooMany, RecursionError):
        return "The tool's schema refers to itself without end."
    except Unresolvable:
        return "The tool's schema refers to something that is not in it."
    except Exception:
        # What a reference leads to was not looked at: it need not be a schema, and anything may come of that.
        return "The tool's schema refers to something that is no schema."
    if found is None:
        return ""
    place = found.json_path.removeprefix("$").removeprefix(".")
    return f"{place + ': ' if place else ''}{found.message[:300]}."


def _validator() -> Any:
    """A kind of validator for one check, which counts the references that it follows."""
    from jsonschema import Draft202012Validator
    from jsonschema.validators import extend

    usual = Draft202012Validator.VALIDATORS
    followed = 0

    def nothing(validator: Any, value: Any, instance: Any, schema: Any) -> Iterator[Any]:
        yield from ()

    def counted(keyword: str) -> Any:
        def follow(validator: Any, value: Any, instance: Any, schema: Any) -> Iterator[Any]:
            nonlocal followed
            followed += 1
            if followed > MOST_REFERENCES:
                raise _TooMany
            yield from usual[keyword](validator, value, instance, schema)

        return follow

    def additional(validator: Any, value: Any, instance: Any, schema: Any) -> Iterator[Any]:
        if "patternProperties" not in schema:
            yield from usual["additionalProperties"](validator, value, instance, schema)

    changed = {
        **dict.fromkeys(UNREAD, nothing),
        **{keyword: counted(keyword) for keyword in ("$ref", "$dynamicRef")},
        "additionalProperties": additional,
        "uniqueItems": unique,
    }
    return extend(Draft202012Validator, changed)
