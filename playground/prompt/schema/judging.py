"""An answer checked against its schema: what it holds, and where it breaks it.

What models and servers say is hostile: nothing of it may hold the program for long, and no schema may either.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from playground.prompt.letters import cleaned
from playground.prompt.schema.distinct import unique
from playground.prompt.schema.patterns import found
from playground.prompt.schema.reading import SchemaError, bare, check
from playground.prompt.schema.stack import limited

MOST_CHARACTERS = 400_000
MOST_FAULTS = 5
MOST_STEPS = 10_000
"""References that are followed while one answer is checked."""

FENCE = re.compile(r"```[A-Za-z0-9]*\n(.*?)```", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Judged:
    """What an answer holds. `whole` tells that it is JSON; `faults` say where it breaks the schema, a sentence each."""

    whole: bool
    value: Any
    faults: tuple[str, ...] = ()

    @property
    def valid(self) -> bool:
        """Whether it satisfies the schema."""
        return self.whole and not self.faults


def verdict(found: Judged, cut: bool) -> str:
    """ "valid against the schema", or why not; `cut` tells that the answer did not end by itself."""
    if found.valid:
        return "valid against the schema"
    if cut and not found.whole:
        return "not whole: it was cut short"
    return f"not valid against the schema: {found.faults[0].rstrip('.')}"


class _Endless(Exception):
    pass


def judge(text: str, schema: Mapping[str, Any]) -> Judged:
    """Check an answer."""
    return _judge(text, json.dumps(schema))


@lru_cache(maxsize=64)
def _judge(text: str, schema_text: str) -> Judged:
    if not text.strip():
        return Judged(False, None, ("It is empty.",))
    if len(text) > MOST_CHARACTERS:
        return Judged(False, None, ("It is too long to be checked.",))
    value, fault = _value(text.strip())
    if fault:
        fenced = FENCE.search(text)
        inner, none = _value(fenced[1].strip()) if fenced else (None, "none")
        if none:
            return Judged(False, None, (fault,))
        return Judged(True, inner, ("There is more than the JSON itself: it stands in a fence.",))
    schema = json.loads(schema_text)
    try:
        check(schema)
        with limited():
            return Judged(True, value, tuple(_faults(value, schema)))
    except SchemaError as error:
        return Judged(True, value, (f"The schema can't be used. {error}",))
    except (RecursionError, ArithmeticError, _Endless):
        return Judged(True, value, ("It is too intricate to be checked against the schema.",))
    except Exception:
        # What a reference leads to need not be a schema, and anything may come of that.
        return Judged(
            True, value, ("The schema can't be used: a $ref leads to what is no schema.",)
        )


def _value(text: str) -> tuple[Any, str]:
    """The JSON value, and why it is none."""
    try:
        return cleaned(json.loads(text, parse_constant=_none)), ""
    except json.JSONDecodeError as error:
        at = "at its end" if error.pos >= len(text) - 1 else f"at character {error.pos + 1:,}"
        return None, f"It is no JSON: that breaks off {at}."
    except RecursionError:
        return None, "It is nested too deeply to be read."
    except ValueError:
        return None, "It holds a number that JSON does not have."


def _none(name: str) -> Any:
    raise ValueError(name)


def _faults(value: Any, schema: dict[str, Any]) -> Iterator[str]:
    errors = _validator(bare(schema)).iter_errors(value)
    for number, error in enumerate(errors):
        if number == MOST_FAULTS:
            yield "And more."
            return
        place = "".join(
            f"[{step}]" if isinstance(step, int) else f".{step}" for step in error.absolute_path
        ).lstrip(".")
        said = " ".join(error.message.split()).rstrip(".")
        said = said if len(said) <= 160 else f"{said[:159]}…"
        yield f"{place[:80]}: {said}." if place else f"{said}."


def _validator(schema: dict[str, Any]) -> Any:
    """JSON Schema 2020-12 with patterns in linear time, no reference outside, and an end to references in circles."""
    from jsonschema import Draft202012Validator
    from jsonschema.exceptions import ValidationError
    from jsonschema.validators import extend
    from referencing import Registry

    known = Draft202012Validator.VALIDATORS
    steps = 0

    def follow(validator: Any, ref: str, instance: Any, schema: Any) -> Iterator[Any]:
        nonlocal steps
        steps += 1
        if steps > MOST_STEPS:
            raise _Endless
        yield from known["$ref"](validator, ref, instance, schema)

    def pattern(validator: Any, wanted: str, instance: Any, schema: Any) -> Iterator[Any]:
        if isinstance(instance, str) and not found(wanted, instance):
            yield ValidationError(f"{instance!r} does not match {wanted!r}")

    def by_pattern(validator: Any, wanted: Any, instance: Any, schema: Any) -> Iterator[Any]:
        if not isinstance(instance, dict):
            return
        for one, inner in wanted.items():
            for name, value in instance.items():
                if found(one, name):
                    yield from validator.descend(value, inner, path=name, schema_path=one)

    def additional(validator: Any, wanted: Any, instance: Any, schema: Any) -> Iterator[Any]:
        if not isinstance(instance, dict):
            return
        named, held = schema.get("properties", {}), schema.get("patternProperties", {})
        extra = [
            name
            for name in instance
            if name not in named and not any(found(one, name) for one in held)
        ]
        if isinstance(wanted, dict):
            for name in extra:
                yield from validator.descend(instance[name], wanted, path=name)
        elif not wanted and extra:
            yield ValidationError(f"{', '.join(map(repr, extra))} should not be there")

    held = extend(
        Draft202012Validator,
        {
            "$ref": follow,
            "pattern": pattern,
            "patternProperties": by_pattern,
            "additionalProperties": additional,
            "uniqueItems": unique,
        },
    )
    return held(schema, registry=Registry())
