"""Bytes by their SHA-256, stored once: in a directory beside the database or wherever an fsspec URL leads."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any
from uuid import uuid4

from playground.archive.recording import digest


class Store:
    """`url` is a directory or an fsspec URL ("s3://bucket/media")."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._there: Any = None

    def put(self, data: bytes) -> str:
        """Keep the bytes, and return the name that they are found by."""
        name = digest(data)
        files, path = self._files(), self._path(name)
        if files.exists(path):
            return name
        files.makedirs(os.path.dirname(path), exist_ok=True)
        # Written beside and then moved, so that nobody reads half of it.
        part = f"{path}.{uuid4().hex}"
        with files.open(part, "wb") as stream:
            stream.write(data)
        files.mv(part, path)
        return name

    def get(self, name: str) -> bytes:
        """The bytes of that name. Raises LookupError when they are not there, or are not what they were."""
        try:
            data = bytes(self._files().cat_file(self._path(name)))
        except OSError:
            raise LookupError(f"the medium {name[:12]} is gone") from None
        if digest(data) != name:
            raise LookupError(f"the medium {name[:12]} is damaged")
        return data

    def forget(self, name: str) -> None:
        """Remove the bytes of that name, if they are there."""
        files, path = self._files(), self._path(name)
        if files.exists(path):
            files.rm(path)

    def _files(self) -> Any:
        if self._there is None:
            from fsspec.core import url_to_fs

            self._there, root = url_to_fs(self._url)
            self._root = str(root).rstrip("/")
            if "://" not in self._url:
                Path(self._url).mkdir(parents=True, exist_ok=True)
        return self._there

    def _path(self, name: str) -> str:
        if len(name) != 64 or not set(name) <= set("0123456789abcdef"):
            raise LookupError(f"{name[:12]!r} names no medium")
        self._files()
        return f"{self._root}/{name[:2]}/{name}"
