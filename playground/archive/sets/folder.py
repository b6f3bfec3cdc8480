"""Small files in a directory or wherever an fsspec URL leads ("s3://bucket/media"): read, written, removed."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import Any
from uuid import uuid4


class Folder:
    """`url` is where it lies, names are paths within it. Everything raises OSError where it can't be reached."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._there: tuple[Any, str] | None = None

    def read(self, name: str) -> bytes | None:
        """What the file holds; None where there is none."""
        files, path = self._place(name)
        try:
            return bytes(files.cat_file(path))
        except FileNotFoundError:
            return None

    def size(self, name: str) -> int | None:
        """How many bytes the file has; None where there is none."""
        files, path = self._place(name)
        try:
            return int(files.info(path)["size"])
        except FileNotFoundError:
            return None

    def names(self, within: str) -> list[str]:
        """The files of a folder in it, without their ways; none where there is no such folder."""
        files, path = self._place(within)
        found = files.ls(path, detail=False) if files.exists(path) else []
        return [str(one).rpartition("/")[2] for one in found]

    def write(self, name: str, data: bytes) -> None:
        """Written beside and then moved, so that nobody reads half of it; where that fails nothing of it is left."""
        files, path = self._place(name)
        if "file" in files.protocol:  # of this machine, where others may look about
            make_for_oneself(Path(path.removesuffix(name)))
        files.makedirs(path.rpartition("/")[0], exist_ok=True)
        part = f"{path}.{uuid4().hex}"
        try:
            with files.open(part, "wb") as stream:
                stream.write(data)
            files.mv(part, path)
        except BaseException:
            with suppress(OSError):  # each try would fill the disk with one more
                files.rm(part)
            raise

    def remove(self, name: str) -> None:
        """Remove the file, if it is there."""
        files, path = self._place(name)
        if files.exists(path):
            files.rm(path)

    def _place(self, name: str) -> tuple[Any, str]:
        if self._there is None:
            from fsspec.core import url_to_fs  # some tenths of a second

            try:
                files, root = url_to_fs(self._url)
            except (
                ValueError,
                ImportError,
            ) as error:  # what the place is, or its package is missing
                raise OSError(str(error)) from error
            self._there = files, str(root).rstrip("/")
        files, root = self._there
        return files, f"{root}/{name}"


def make_for_oneself(folder: Path) -> None:
    """Make a folder, and those above it that are not there, for nobody else on this machine. Raises OSError."""
    for one in reversed((folder, *folder.parents)):
        if not one.exists():
            one.mkdir(0o700, exist_ok=True)
