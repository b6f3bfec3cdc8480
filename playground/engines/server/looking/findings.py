"""What trials of served models found, kept on this machine's disk from one start to the next.

A file for each address, model and version of a server; what is old, damaged or can't be written is as if it were not
there.
"""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from playground import config

KEPT_S = 7 * 86_400
"""A server may be started anew with other arguments and say nothing of it."""


@dataclass(frozen=True, slots=True)
class Subject:
    """Of which model of which server; `version` is empty where the server does not tell it."""

    url: str
    model: str
    version: str

    @property
    def file(self) -> Path:
        """Where it is kept."""
        name = hashlib.sha256(repr((self.url, self.model, self.version)).encode()).hexdigest()
        return config.read().cache / "trials" / f"{name[:32]}.json"


def read(subject: Subject) -> dict[str, bool]:
    """What was found of each kind of part: taken or not."""
    try:
        held = json.loads(subject.file.read_text("utf-8"))
        fresh = 0 <= time.time() - held["at"] < KEPT_S
        return {str(kind): took is True for kind, took in held["takes"].items()} if fresh else {}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return {}


def write(subject: Subject, takes: Mapping[str, bool]) -> None:
    """Keep what was found."""
    held = {
        "url": subject.url,
        "model": subject.model,
        "version": subject.version,
        "at": time.time(),
        "takes": dict(takes),
    }
    with suppress(OSError):
        folder = subject.file.parent
        folder.mkdir(parents=True, exist_ok=True)
        for old in folder.iterdir():
            if time.time() - old.stat().st_mtime > KEPT_S:
                old.unlink(missing_ok=True)
        handle, name = tempfile.mkstemp(dir=folder)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            json.dump(held, file)
        os.replace(name, subject.file)


def forget(subject: Subject) -> None:
    """Try it anew the next time."""
    with suppress(OSError):
        subject.file.unlink(missing_ok=True)
