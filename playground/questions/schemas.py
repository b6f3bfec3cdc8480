"""A schema as a question holds it: itself, or the name of a file of JSON or of Python types."""

from __future__ import annotations

from typing import Any

from playground.prompt.schema.reading import MOST_CHARACTERS, SchemaError, check, read
from playground.questions.faults import BadCall
from playground.questions.files import Opened, text


def schema(given: str | dict[str, Any], opened: Opened | None) -> dict[str, Any]:
    """The schema. A file whose name ends in .py holds a Python type; without `opened` none is read. Raises BadCall."""
    try:
        if isinstance(given, dict):
            check(given)
            return given
        if opened is None:
            raise BadCall("a schema stands here as JSON; no file is opened.")
        held = text(given, opened, 4 * MOST_CHARACTERS)
        if given.endswith(".py"):
            from playground.prompt.schema.python_type import of_python

            return of_python(held)
        return read(held)
    except SchemaError as error:
        name = given if isinstance(given, str) else "the schema"
        raise BadCall(f"{name} can't be used as a schema: {_lower(str(error))}") from None


def _lower(words: str) -> str:
    return words if words[1:2].isupper() else words[:1].lower() + words[1:]
