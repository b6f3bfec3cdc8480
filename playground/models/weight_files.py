"""The safetensors files of a checkpoint directory: which belong to it, and what their headers say.

Reads headers and never numbers. Knows nothing of models.
"""

from __future__ import annotations

import hashlib
import json
import struct
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar

from playground.models import checkpoint

Told = TypeVar("Told")

INDEX = "model.safetensors.index.json"

LONGEST_HEADER = 100_000_000
"""Bytes; the safetensors library itself takes no longer one."""

SMALL = 200_000_000
"""Bytes of a file that is read whole for its digest: a tenth of a second."""

POINTER = b"version https://git-lfs"
"""What a file begins with whose content git-lfs did not fetch."""


class Spoilt(Exception):
    """What is wrong with a file, as the end of a sentence that begins with the name of its checkpoint."""


@dataclass(frozen=True, slots=True)
class Header:
    """What a file of weights says of itself: the dtypes of its tensors, one entry for each, in the file's words."""

    dtypes: tuple[str, ...]


def files(path: Path) -> list[Path]:
    """The files that hold a checkpoint's weights: those that its index names, else all that lie there.

    Raises Spoilt where none can be meant.
    """
    if (path / INDEX).exists():
        named = checkpoint.settings(path, INDEX).get("weight_map")
        if not isinstance(named, dict) or not named or not all(map(_plain_name, named.values())):
            raise Spoilt(f"{INDEX} names no files")
        return [path / name for name in sorted(set(named.values()))]
    found = sorted(path.glob("*.safetensors"))
    if not found:
        raise Spoilt("it has no safetensors file")
    return found


def digests(weights: Sequence[Path]) -> dict[str, str]:
    """The SHA-256 of each file of weights by its name: as a hub's cache names what lies in it, else of small files, and
    empty for large ones, which are not read for it. Raises OSError.
    """
    found = {}
    for file in weights:
        named = file.resolve().name
        known = len(named) == 64 and not set(named) - set("0123456789abcdef")
        found[file.name] = named if known else _digest(file)
    return found


def _digest(file: Path) -> str:
    if file.stat().st_size > SMALL:
        return ""
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def header(file: Path) -> Header:
    """What a file says of itself. Raises Spoilt."""
    return looked_into(file, _read)


def looked_into(file: Path, read: Callable[[Path, int], Told]) -> Told:
    """What `read` makes of a file and of its bytes, once for each change of it, whether it can be read or not. Raises
    Spoilt.
    """
    try:
        stat = file.stat()
        if not file.is_file():
            raise Spoilt(f"{file.name} is no file")
        told: Told | Spoilt = _outcome(read, file, stat.st_mtime_ns, stat.st_size)
    except FileNotFoundError:
        raise Spoilt(f"{file.name} is missing") from None
    except OSError as error:
        raise Spoilt(f"{file.name} can't be read ({error.strerror or error})") from None
    if isinstance(told, Spoilt):
        raise Spoilt(str(told))
    return told


@lru_cache(maxsize=768)
def _outcome(read: Callable[[Path, int], Any], file: Path, modified: int, size: int) -> Any:
    """`modified` is there to notice a change."""
    try:
        return read(file, size)
    except Spoilt as spoilt:
        return Spoilt(str(spoilt))


def opening(file: Path, size: int) -> bytes:
    """The first bytes of a file that should hold something. Raises Spoilt, OSError."""
    if not size:
        raise Spoilt(f"{file.name} is empty")
    with file.open("rb") as stream:
        first = stream.read(len(POINTER))
    if first == POINTER:
        raise Spoilt(f"{file.name} is a git-lfs pointer and not the file itself")
    return first


def _read(file: Path, size: int) -> Header:
    first = opening(file, size)
    length = struct.unpack("<Q", first[:8])[0] if len(first) >= 8 else LONGEST_HEADER + 1
    if length > LONGEST_HEADER:
        raise Spoilt(f"{file.name} is no safetensors file")
    if 8 + length > size:
        raise Spoilt(f"{file.name} is cut off within its header")
    with file.open("rb") as stream:
        stream.seek(8)
        told = stream.read(length)
    try:
        entries = [entry for name, entry in json.loads(told).items() if name != "__metadata__"]
        dtypes = tuple(str(entry["dtype"]) for entry in entries)
        end = 8 + length + max((_end(entry) for entry in entries), default=0)
    except (ValueError, TypeError, LookupError, AttributeError, RecursionError):
        raise Spoilt(f"{file.name} has a header that can't be read") from None
    if end > size:
        raise Spoilt(f"{file.name} is cut off: {size:,} of its {end:,} bytes are there")
    if end < size:
        raise Spoilt(f"{file.name} is longer than its header says")
    return Header(dtypes)


def _end(entry: dict[str, Any]) -> int:
    begin, end = entry["data_offsets"]
    if not 0 <= begin <= end:
        raise ValueError
    return int(end)


def _plain_name(name: object) -> bool:
    return isinstance(name, str) and name.endswith(".safetensors") and Path(name).name == name
