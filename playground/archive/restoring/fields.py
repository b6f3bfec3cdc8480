"""A dataclass of the program from the fields that a record has of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from typing import Any, TypeVar

T = TypeVar("T")


def made(kind: type[T], values: Mapping[str, Any]) -> T:
    """A dataclass from its fields; those that it does not know (a later version's) are left out."""
    known = {field.name for field in fields(kind)}  # type: ignore[arg-type]
    given = {name: _frozen(value) for name, value in values.items() if name in known}
    return kind(**given)


def maybe(kind: type[T], values: Mapping[str, Any] | None) -> T | None:
    """The same, where a record has it."""
    return made(kind, values) if values else None


def _frozen(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value
