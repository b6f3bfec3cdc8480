"""Tools as a person or a server declares them: read from JSON in the usual spellings, checked, and put in one form.

    {"type": "function", "function": {"name": ..., "description": ..., "parameters": {a JSON schema}}}

Chat templates write names and keys as they are, so nothing may stand in them that means something in the chat format.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from playground.prompt.schema.stack import limited

MOST = 32
LONGEST = 20_000
"""Characters of one declaration as JSON."""

DEEPEST = 24

NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_-]{0,63}")
"""What the servers' own interface allows, less names that begin with a digit or a dash."""

KEY = re.compile(r"[^\s<>|{}\[\]:,\"'\\\x00-\x1f]{1,100}")
"""A key that survives the chat format, which writes keys bare."""


class DeclaredFault(ValueError):
    """A declaration that can't be used: one sentence."""


def read(text: str) -> tuple[dict[str, Any], ...]:
    """The tools in a text: one JSON object, or a list of them. Nothing in a text of blanks. Raises DeclaredFault."""
    if not text.strip():
        return ()
    if len(text) > MOST * LONGEST:
        raise DeclaredFault("The tools are longer than can be used.")
    try:
        held = json.loads(text)
    except json.JSONDecodeError as error:
        place = f"line {error.lineno}, column {error.colno}"
        raise DeclaredFault(f"The tools are not JSON: {error.msg} in {place}.") from None
    except (ValueError, RecursionError):
        raise DeclaredFault("The tools are not JSON that can be read.") from None
    return several(list(map(unowned, held)) if isinstance(held, list) else [unowned(held)])


def unowned(tool: Any) -> Any:
    """A declaration that says nothing of who runs it: a person's own."""
    if not isinstance(tool, dict):
        return tool
    return {key: value for key, value in tool.items() if key != "from"}


def several(held: Sequence[Any]) -> tuple[dict[str, Any], ...]:
    """Each of them in its one form, no two of one name. Raises DeclaredFault."""
    if len(held) > MOST:
        raise DeclaredFault(f"There are {len(held)} tools; {MOST} are the most.")
    found = tuple(one(tool, number) for number, tool in enumerate(held, 1))
    names = [name(tool) for tool in found]
    twice = next((one for one in names if names.count(one) > 1), None)
    if twice:
        raise DeclaredFault(f"Two tools are called {twice}.")
    return found


def name(tool: Mapping[str, Any]) -> str:
    """What a declared tool is called."""
    return str(tool["function"]["name"])


def parameters(tool: Mapping[str, Any]) -> dict[str, Any]:
    """The JSON schema of its arguments."""
    return dict(tool["function"]["parameters"])


def one(tool: Any, number: int = 1) -> dict[str, Any]:
    """A declaration in its one form: OpenAI's, flat, Anthropic's or MCP's. Raises DeclaredFault."""
    if not isinstance(tool, dict):
        raise DeclaredFault(f"Tool {number} is no JSON object.")
    told = tool.get("function", tool)
    if not isinstance(told, dict):
        raise DeclaredFault(f"Tool {number}: its function is no JSON object.")
    called = told.get("name")
    if not isinstance(called, str) or not NAME.fullmatch(called):
        raise DeclaredFault(
            f"Tool {number} needs a name of letters, digits, dashes and underscores, such as get_weather."
        )
    about = told.get("description") or ""
    if not isinstance(about, str):
        raise DeclaredFault(f"{called}: its description is no text.")
    schemas = [told[key] for key in ("parameters", "input_schema", "inputSchema") if key in told]
    schema = schemas[0] if schemas and schemas[0] else {}
    if not isinstance(schema, dict):
        raise DeclaredFault(f"{called}: its parameters are no JSON schema.")
    schema = {"type": "object", "properties": {}, **_without_dialect(called, schema)}
    _check(called, about, schema)
    made: dict[str, Any] = {
        "type": "function",
        "function": {"name": called, "description": about, "parameters": schema},
    }
    if isinstance(tool.get("from"), str):
        made["from"] = tool["from"]
    return made


def _without_dialect(called: str, value: Any, depth: int = 0) -> Any:
    """A schema without the names of its dialect, with which a part of it would be read by other rules."""
    if depth > DEEPEST:
        raise DeclaredFault(f"{called}: its parameters are nested too deeply.")
    if isinstance(value, dict):
        return {
            key: _without_dialect(called, held, depth + 1)
            for key, held in value.items()
            if key != "$schema"
        }
    if isinstance(value, list):
        return [_without_dialect(called, held, depth + 1) for held in value]
    return value


def _check(called: str, about: str, schema: dict[str, Any]) -> None:
    """That it is text, and its parameters a JSON schema of an object which every template can write. Raises
    DeclaredFault.
    """
    from jsonschema import Draft202012Validator, SchemaError

    if schema["type"] != "object":
        raise DeclaredFault(f'{called}: its parameters must be of the type "object".')
    try:
        length = len(json.dumps(schema, allow_nan=False))
        json.dumps([schema, about], ensure_ascii=False).encode()
    except UnicodeEncodeError:
        raise DeclaredFault(
            f"{called}: it holds half a character, which no text can hold."
        ) from None
    except ValueError:
        raise DeclaredFault(f"{called}: it holds a number that JSON does not have.") from None
    if length > LONGEST:
        raise DeclaredFault(
            f"{called}: its parameters have {length:,} characters; {LONGEST:,} are the most."
        )
    for key in _keys(schema):
        if not KEY.fullmatch(key):
            raise DeclaredFault(
                f"{called}: {key[:40]!r} can't be the name of a parameter: the chat format has no place for blanks and "
                "brackets in names."
            )
    try:
        with limited():
            Draft202012Validator.check_schema(schema)
    except SchemaError as error:
        place = error.json_path.removeprefix("$.") or "the parameters"
        raise DeclaredFault(f"{called}: {place}: {error.message[:200]}.") from None
    except RecursionError:
        raise DeclaredFault(f"{called}: its parameters are nested too deeply.") from None
    for key, value in schema["properties"].items():
        if not isinstance(value, dict):  # true and false are schemas, and no template knows them
            raise DeclaredFault(f"{called}: the parameter {key} has no schema.")


def _keys(value: Any) -> Iterator[str]:
    """Every key within a value."""
    if isinstance(value, dict):
        for key, held in value.items():
            yield str(key)
            yield from _keys(held)
    elif isinstance(value, list):
        for held in value:
            yield from _keys(held)
