"""A schema from its text; what can't be used is one sentence."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any
from urllib.parse import unquote

from playground.prompt.schema import patterns
from playground.prompt.schema.stack import limited

MOST_CHARACTERS = 20_000
MOST_DEPTH = 24
MOST_PLACES = 1_500
"""Values in a schema, however deep: checking one of so many takes some tenths of a second."""

UNREAD = (
    "$dynamicRef",
    "$recursiveRef",
    "$dynamicAnchor",
    "$recursiveAnchor",
    "$vocabulary",
    "$anchor",
)
INNER_ID = "$id"

Schema = dict[str, Any]


class SchemaError(ValueError):
    """What is written is no schema that can be used: one sentence for whoever wrote it."""


def read(text: str) -> Schema:
    """The schema that a text holds. Raises SchemaError."""
    schema = value(text)
    check(schema)
    assert isinstance(schema, dict)
    return schema


def value(text: str) -> Any:
    """The JSON value that a text holds. Raises SchemaError with the place where it is none."""
    if len(text) > MOST_CHARACTERS:
        raise SchemaError(f"It has {len(text):,} characters; {MOST_CHARACTERS:,} are the most.")
    try:
        return json.loads(text, object_pairs_hook=_once, parse_constant=_no_number)
    except json.JSONDecodeError as error:
        where = f"Line {error.lineno}, column {error.colno}"
        raise SchemaError(f"{where} is no JSON: {_lower(error.msg)}.") from None
    except RecursionError:
        raise SchemaError("It is nested too deeply.") from None
    except SchemaError:
        raise
    except ValueError:  # an integer of thousands of digits
        raise SchemaError("It holds a number with too many digits.") from None


def check(schema: Any) -> None:
    """Raises SchemaError when it is no schema, or one that this program does not take."""
    if not isinstance(schema, dict):
        raise SchemaError('A schema is a JSON object, as {"type": "object", …}.')
    try:
        text = json.dumps(schema, allow_nan=False)
        json.dumps(schema, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        raise SchemaError(
            "It holds half a character, which JSON can spell and no text can hold."
        ) from None
    except (RecursionError, ValueError, TypeError):
        raise SchemaError("It is nested too deeply, or holds what is no JSON.") from None
    fault = _fault(text)
    if fault:
        raise SchemaError(fault)


def described(schema: Mapping[str, Any]) -> str:
    """What it asks for, in a few words: "an object with 3 fields: name, age, tags"."""
    inner = _target(schema, schema)
    fields = inner.get("properties")
    if isinstance(fields, Mapping) and fields:
        names = list(fields)
        more = f" and {len(names) - 6} more" if len(names) > 6 else ""
        count = "1 field" if len(names) == 1 else f"{len(names)} fields"
        return f"an object with {count}: {', '.join(names[:6])}{more}"
    if isinstance(inner.get("enum"), list):
        return f"one of {len(inner['enum'])} values"
    if inner.get("type") == "array":
        items = inner.get("items")
        return (
            f"a list, each {described(_target(items, schema))}"
            if isinstance(items, dict)
            else "a list"
        )
    kind = inner.get("type")
    known = {
        "object": "an object", "string": "a text", "integer": "a whole number", "number": "a number",
        "boolean": "true or false", "null": "null",
    }  # fmt: skip
    return known.get(kind, "any JSON") if isinstance(kind, str) else "JSON of its own shape"


def _target(schema: Mapping[str, Any], root: Mapping[str, Any]) -> Mapping[str, Any]:
    """Where a schema that is a reference leads to; once, so that no circle is run."""
    ref = schema.get("$ref")
    if isinstance(ref, str) and ref.startswith("#/$defs/"):
        found = (root.get("$defs") or {}).get(ref.removeprefix("#/$defs/"))
        if isinstance(found, Mapping):
            return found
    return schema


@lru_cache(maxsize=64)
def _fault(text: str) -> str:
    """What is wrong with a schema, given as JSON; nothing where it can be used."""
    schema = json.loads(text)
    try:
        if len(text) > 2 * MOST_CHARACTERS:
            raise SchemaError("It is too large.")
        bounded(schema, "It")
        _references(schema)
        _valid(schema)
        _patterns(schema)
    except SchemaError as error:
        return str(error)
    return ""


def bounded(value: Any, what: str) -> None:
    """Raises SchemaError when a value is too deep or too large."""
    for places, (depth, _) in enumerate(_places(value), 1):
        if depth > MOST_DEPTH:
            raise SchemaError(f"{what} is nested too deeply: {MOST_DEPTH} levels are the most.")
        if places > MOST_PLACES:
            raise SchemaError(f"{what} holds too much: {MOST_PLACES:,} values are the most.")


def _places(value: Any) -> Iterator[tuple[int, Any]]:
    """Every value in a value with its depth."""
    waiting = [(0, value)]
    while waiting:
        depth, one = waiting.pop()
        yield depth, one
        inner = one.values() if isinstance(one, dict) else one if isinstance(one, list) else ()
        waiting += [(depth + 1, child) for child in inner]


def _references(schema: Schema) -> None:
    """Those that lead elsewhere, and those that lead nowhere."""
    for depth, one in _places(schema):
        if not isinstance(one, dict):
            continue
        for word in UNREAD:
            if word in one:
                raise SchemaError(f"{word} is not read here: use $ref to #/$defs/….")
        if depth and isinstance(one.get(INNER_ID), str):
            raise SchemaError("An inner $id is not read here: use $ref to #/$defs/….")
        ref = one.get("$ref")
        if isinstance(ref, str) and not _leads_to(ref, schema):
            raise SchemaError(f"$ref {_short(ref)} leads nowhere within the schema.")


def _leads_to(ref: str, schema: Any) -> bool:
    if not ref.startswith("#"):
        return False
    at, ref = schema, unquote(ref)
    for step in ref[1:].split("/")[1:]:
        step = step.replace("~1", "/").replace("~0", "~")
        if isinstance(at, dict) and step in at:
            at = at[step]
        elif isinstance(at, list) and step.isdecimal() and int(step) < len(at):
            at = at[int(step)]
        else:
            return False
    return (ref == "#" or ref.startswith("#/")) and isinstance(at, dict | bool)


def _valid(schema: Schema) -> None:
    from jsonschema import Draft202012Validator
    from jsonschema.exceptions import best_match

    try:
        meta = Draft202012Validator(Draft202012Validator.META_SCHEMA)
        with limited():
            error = best_match(meta.iter_errors(bare(schema)))
    except RecursionError:
        raise SchemaError("It is nested too deeply.") from None
    if error is not None:
        place = " → ".join(map(str, error.absolute_path))
        where = f"At {_short(place)}: " if place else ""
        raise SchemaError(f"{where}{_short(error.message, 160).rstrip('.')}.")


def _patterns(schema: Schema) -> None:
    for _, one in _places(schema):
        if not isinstance(one, dict):
            continue
        said = [one["pattern"]] if isinstance(one.get("pattern"), str) else []
        if isinstance(one.get("patternProperties"), dict):
            said += one["patternProperties"]
        for pattern in said:
            if why := patterns.fault(pattern):
                raise SchemaError(f"The pattern {_short(pattern)} can't be used: {why}.")


def bare(schema: Mapping[str, Any]) -> Schema:
    """Without what only names it: all are read as JSON Schema 2020-12."""
    return {name: one for name, one in schema.items() if name not in ("$schema", INNER_ID)}


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise SchemaError(f"The key {_short(twice)} stands twice in one object.")
    return made


def _no_number(name: str) -> Any:
    raise SchemaError(f"{name} is no number of JSON.")


def _short(text: str, most: int = 60) -> str:
    text = " ".join(text.split())
    return text if len(text) <= most else f"{text[: most - 1]}…"


def _lower(text: str) -> str:
    return text[:1].lower() + text[1:]
