"""Which versions of libraries are installed here: what answers and media depend on."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from importlib import metadata


def versions(names: Iterable[str]) -> dict[str, str]:
    """By their names on PyPI; those that are not installed are left out."""
    found: dict[str, str] = {}
    for name in names:
        with suppress(metadata.PackageNotFoundError):
            found[name] = metadata.version(name)
    return found
