"""Reading the catalogue's tables into dataclasses: every field there, none unknown, no number without a source."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import MISSING, fields
from typing import Any, TypeVar

T = TypeVar("T")


class CatalogError(Exception):
    """The catalogue's file is not what it should be; the text says where."""


def made(kind: type[T], values: Any, where: str, sources: Mapping[str, Any]) -> T:
    """A dataclass from a table. Raises CatalogError."""
    if not isinstance(values, Mapping):
        raise CatalogError(f"{where} is no table.")
    known = {field.name: field for field in fields(kind)}  # type: ignore[arg-type]
    unknown = set(values) - set(known)
    missing = {
        name
        for name, field in known.items()
        if field.default is MISSING and field.default_factory is MISSING and name not in values
    }
    if unknown or missing:
        words = [f"unknown {name}" for name in sorted(unknown)]
        words += [f"missing {name}" for name in sorted(missing)]
        raise CatalogError(f"{where}: {', '.join(words)}.")
    for name, value in values.items():
        named = value.values() if name == "sources" else [value] if name.endswith("source") else ()
        for source in named:
            if source not in sources:
                raise CatalogError(f"{where}: the source {source!r} is not in [sources].")
    plain = {k: tuple(v) if isinstance(v, list) else v for k, v in values.items()}
    return kind(**plain)


def unsourced(table: Mapping[str, Any], where: str = "", inherited: bool = False) -> Iterator[str]:
    """Where a number stands without a source: its table's, its own (`KEY_source`) or that of a table around it."""
    covered = inherited or "source" in table
    for key, value in table.items():
        place = f"{where}.{key}" if where else key
        own = covered or f"{key}_source" in table
        for one in value if isinstance(value, list) else [value]:
            if isinstance(one, Mapping):
                name = one.get("name") or one.get("key") or ""
                yield from unsourced(one, f"{place} {name}".rstrip(), own)
            elif isinstance(one, int | float) and not isinstance(one, bool) and not own:
                yield place
                break
