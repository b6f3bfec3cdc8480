"""Which beginnings of prompts went to a served model before: what it may have kept and need not read again.

Kept on this machine's disk too, for the next program or the next command of a terminal asks the same server: as digests
too short to read a question out of them. A file that is old, damaged or can't be written is as if it were not there.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import tempfile
import threading
import time
from collections import OrderedDict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from playground import config

REMEMBERED = 20_000
"""Beginnings of one model's prompts."""

KEPT_S = 86_400
"""A server that nobody here asked for so long is taken for one that was started anew."""

SMALL = 0.05
"""A known beginning of less than this share of the prompt changes no figure."""

PIECE = 200
"""Characters of a text after which its beginning is remembered: what is the same is kept, however it goes on."""

MEDIUM = 1200
"""Characters that have about as many tokens as a picture, or ten seconds of sound."""

DIGITS = 12

_LINE = re.compile(rf"[0-9a-f]{{{DIGITS}}}")


class Sent:
    """Remembers the prompts of one served model by their beginnings, piece by piece."""

    def __init__(self, url: str, model: str) -> None:
        name = hashlib.sha256(repr((url, model)).encode()).hexdigest()
        self._file = config.read().cache / "sent" / f"{name[:32]}.txt"
        self._known: OrderedDict[str, None] = OrderedDict()
        self._seen = (0, 0)
        self._changing = threading.Lock()

    def note(self, messages: Sequence[dict[str, Any]]) -> bool:
        """Whether a good part of the prompt, from its beginning, went out before; it is known from now on."""
        digest = hashlib.sha256()
        known = total = 0
        fresh = []
        with self._changing:
            self._remember(self._written())
            for data, weight in _pieces(messages):
                digest.update(data)
                total += weight
                beginning = digest.hexdigest()[:DIGITS]
                if beginning in self._known:
                    known = total
                else:
                    fresh.append(beginning)
                self._remember((beginning,))
            self._write(fresh)
        return known > SMALL * total

    def _remember(self, beginnings: Iterable[str]) -> None:
        for beginning in beginnings:
            self._known[beginning] = None
            self._known.move_to_end(beginning)
        while len(self._known) > REMEMBERED:
            self._known.popitem(last=False)

    def _written(self) -> Iterable[str]:
        """What is in the file and was not read yet."""
        with suppress(OSError), self._file.open("rb") as file:
            about = os.fstat(file.fileno())
            if time.time() - about.st_mtime < KEPT_S:
                before, at = self._seen
                file.seek(at if before == about.st_ino else 0)
                held = file.read()
                self._seen = about.st_ino, file.tell()
                return _LINE.findall(held.decode("ascii", "replace"))
        return ()

    def _write(self, fresh: Sequence[str]) -> None:
        """Put down what is new; all anew where the file grew too large or old."""
        with suppress(OSError):
            folder = self._file.parent
            folder.mkdir(parents=True, exist_ok=True)
            if not self._file.exists():
                _sweep(folder)
            elif _age(self._file) < KEPT_S and self._file.stat().st_size < 50 * REMEMBERED:
                with self._file.open("a", encoding="ascii") as more:
                    more.write(_lines(fresh))
                os.utime(self._file)
                return
            handle, name = tempfile.mkstemp(dir=folder)
            with os.fdopen(handle, "w", encoding="ascii") as whole:
                whole.write(_lines(self._known))
            os.replace(name, self._file)


def _pieces(messages: Sequence[dict[str, Any]]) -> Iterator[tuple[bytes, int]]:
    """A prompt in pieces, each with about how many characters of text it weighs."""
    for message in messages:
        around = {name: value for name, value in message.items() if name != "content"}
        said = json.dumps(around)
        yield said.encode(), len(said) if len(around) > 1 else 0  # a role alone is everybody's
        content = message.get("content")
        for part in content if isinstance(content, list) else [{"text": content or ""}]:
            text = part.get("text")
            if text is None:
                yield json.dumps(part).encode(), MEDIUM
                continue
            for at in range(0, len(text), PIECE):
                piece = text[at : at + PIECE]
                yield json.dumps(piece).encode(), len(piece)


def _lines(beginnings: Iterable[str]) -> str:
    return "".join(f"{one}\n" for one in beginnings)


def _age(file: Path) -> float:
    return time.time() - file.stat().st_mtime


def _sweep(folder: Path) -> None:
    """Forget servers that nobody asks any more."""
    for old in folder.iterdir():
        if _age(old) > KEPT_S:
            old.unlink(missing_ok=True)
