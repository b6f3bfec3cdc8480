"""A comparison's question as a sample of a data set: a line of JSON beside a folder of media (docs/data-sets.md).

A data set is a folder with `samples.jsonl` and `media/`; other tools, Inspect's `json_dataset` among them, read it too.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from filelock import FileLock

from playground.archive import record
from playground.archive.restoring.asked import Fetch, document
from playground.prompt.rendering import block

LINES, MEDIA = "samples.jsonl", "media"
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9 ._-]{0,59}")


class SampleFault(Exception):
    """A sample that can't be written: one sentence."""


def names(folder: Path) -> list[str]:
    """The data sets that are there."""
    return sorted(one.parent.name for one in folder.glob(f"*/{LINES}"))


def add(folder: Path, name: str, kept: record.Comparison, fetch: Fetch, target: str = "") -> Path:
    """Put the question of the round that is shown into the data set of that name, in the place of what it was there
    before; returns the file. `target` is the answer that is expected. Raises SampleFault.
    """
    if not NAME.fullmatch(name):
        raise SampleFault("A data set's name has letters, digits, spaces, dots and dashes.")
    place = folder / name
    try:
        (place / MEDIA).mkdir(parents=True, exist_ok=True)
        with FileLock(place / ".lock"):
            line = json.dumps(sample(kept, fetch, place, target), ensure_ascii=False)
            file = place / LINES
            before = file.read_text("utf-8").split("\n") if file.exists() else []
            others = [one for one in before if one.strip() and _id(one) != kept.id]
            _write(file, "".join(f"{one}\n" for one in [*others, line]).encode("utf-8", "replace"))
    except LookupError as error:
        raise SampleFault(f"It can't become a sample: {error}.") from None
    except OSError as error:
        raise SampleFault(f"The data set can't be written: {error.strerror or error}.") from None
    return file


def sample(kept: record.Comparison, fetch: Fetch, place: Path, target: str) -> dict[str, Any]:
    """The line, and its media put into their folder. Raises LookupError, OSError."""
    round = next(one for one in kept.rounds if one.id == kept.last)
    return {
        "id": kept.id,
        "input": [
            {
                "role": "system" if one.role == "system" else "user",
                "content": "\n".join(part.text for part in one.parts)
                if one.role == "system"
                else list(_contents(one, fetch, place)),
            }
            for one in round.asked
        ],
        "target": target,
        "metadata": {"comparison": kept.id, "name": kept.name, "labels": list(kept.labels)},
    }


def _contents(message: record.Message, fetch: Fetch, place: Path) -> Iterator[dict[str, Any]]:
    for part in message.parts:
        match part.kind:
            case "text":
                yield {"type": "text", "text": part.text}
            case "document":
                yield {"type": "text", "text": block(document(part, fetch))}
            case "image" | "video":
                for digest in part.media:
                    yield {"type": "image", "image": _put(digest, ".png", fetch, place)}
            case "audio":
                sound = _put(part.media[0], ".wav", fetch, place)
                yield {"type": "audio", "audio": sound, "format": "wav"}


def _put(digest: str, suffix: str, fetch: Fetch, place: Path) -> str:
    """The medium in the folder, by its digest; returns its path from the data set's own folder."""
    file = place / MEDIA / f"{digest}{suffix}"
    if not file.exists():
        _write(file, fetch(digest))
    return f"{MEDIA}/{file.name}"


def _write(file: Path, data: bytes) -> None:
    """Whole or not at all."""
    part = file.with_name(f"{file.name}.part")
    try:
        part.write_bytes(data)
        os.replace(part, file)
    finally:
        part.unlink(missing_ok=True)


def _id(line: str) -> object:
    try:
        held = json.loads(line)
    except ValueError:
        return None
    return held.get("id") if isinstance(held, dict) else None
