"""A schema as the terminal gives it: a file of JSON or of Python types, or in a line of JSON the schema itself."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from playground.cli.faults import BadCall
from playground.cli.interrupts import raised
from playground.prompt.schema.reading import MOST_CHARACTERS, SchemaError, check, read


def schema(given: str | dict[str, Any]) -> dict[str, Any]:
    """The schema. A file whose name ends in .py holds a Python type. Raises BadCall."""
    try:
        if isinstance(given, dict):
            check(given)
            return given
        text = _text(given)
        if given.endswith(".py"):
            from playground.prompt.schema.python_type import of_python

            return of_python(text)
        return read(text)
    except SchemaError as error:
        name = given if isinstance(given, str) else "the schema"
        raise BadCall(f"{name} can't be used as a schema: {_lower(str(error))}") from None


def _text(name: str) -> str:
    try:
        with raised(), Path(name).open("rb") as stream:
            return stream.read(4 * MOST_CHARACTERS).decode("utf-8-sig")
    except UnicodeDecodeError:
        raise BadCall(f"{name} is not UTF-8 text.") from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise BadCall(f"{name} can't be read: {reason}.") from None


def _lower(words: str) -> str:
    return words if words[1:2].isupper() else words[:1].lower() + words[1:]
