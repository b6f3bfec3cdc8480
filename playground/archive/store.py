"""Bytes by their SHA-256, stored once: in a directory beside the database or wherever an fsspec URL leads."""

from __future__ import annotations

from playground.archive.recording import digest
from playground.archive.sets.folder import Folder


class Store:
    """`url` is a directory or an fsspec URL ("s3://bucket/media")."""

    def __init__(self, url: str) -> None:
        self._files = Folder(url)

    def put(self, data: bytes) -> str:
        """Keep the bytes, and return the name that they are found by. What was cut off there is written anew."""
        name = digest(data)
        if self._files.size(_path(name)) != len(data):
            self._files.write(_path(name), data)
        return name

    def get(self, name: str) -> bytes:
        """The bytes of that name. Raises LookupError when they are not there, or are not what they were."""
        try:
            data = self._files.read(_path(name))
        except OSError:
            data = None
        if data is None:
            raise LookupError(f"the medium {name[:12]} is gone")
        if digest(data) != name:
            raise LookupError(f"the medium {name[:12]} is damaged")
        return data

    def forget(self, name: str) -> None:
        """Remove the bytes of that name, if they are there."""
        self._files.remove(_path(name))


def _path(name: str) -> str:
    if len(name) != 64 or not set(name) <= set("0123456789abcdef"):
        raise LookupError(f"{name[:12]!r} names no medium")
    return f"{name[:2]}/{name}"
