"""Line-ups by their names: one small JSON file a person, in the folder (or at the fsspec URL) where the media lie."""

from __future__ import annotations

import hashlib
import json
import threading

from playground.archive.archive import ArchiveError
from playground.archive.sets.folder import Folder

MOST = 50
LONGEST_NAME = 60
LONGEST = 20_000
"""Line-ups of one person, letters of a name, and letters of a line-up."""

_changing = threading.Lock()


class Lineups:
    """Those of one person; `media` is a directory or an fsspec URL, `owner` empty where everything is one person's."""

    def __init__(self, media: str, owner: str) -> None:
        self._files = Folder(media)
        self._name = f"line-ups/{hashlib.sha256(owner.encode()).hexdigest()[:32]}.json"

    def all(self) -> dict[str, str]:
        """Names and line-ups as text, in the order of the names. Raises ArchiveError."""
        try:
            held = json.loads(self._files.read(self._name) or b"{}")
        except (OSError, ValueError) as error:
            raise ArchiveError("The line-ups that are kept can't be read.") from error
        if not isinstance(held, dict):
            raise ArchiveError("The line-ups that are kept can't be read.")
        texts = {name: text for name, text in held.items() if isinstance(text, str)}
        return dict(sorted(texts.items(), key=lambda one: one[0].casefold()))

    def keep(self, name: str, text: str) -> None:
        """Keep a line-up under a name, in the place of one that has it. Raises ArchiveError."""
        name = " ".join(name.split())[:LONGEST_NAME]
        if not name:
            raise ArchiveError("A line-up is kept under a name; give it one.")
        if len(text) > LONGEST:
            raise ArchiveError("This line-up is too long to be kept: shorten its system prompts.")
        with _changing:
            held = self.all()
            if name not in held and len(held) >= MOST:
                raise ArchiveError(f"{MOST} line-ups are the most; forget one of them first.")
            self._write({**held, name: text})

    def forget(self, name: str) -> None:
        """Keep it no longer. Raises ArchiveError."""
        with _changing:
            self._write({one: text for one, text in self.all().items() if one != name})

    def forget_all(self) -> None:
        """Keep none any longer. Raises ArchiveError."""
        with _changing:
            try:
                self._files.remove(self._name)
            except OSError as error:
                raise ArchiveError("The line-ups can't be deleted.") from error

    def _write(self, held: dict[str, str]) -> None:
        try:
            self._files.write(self._name, json.dumps(held, ensure_ascii=False).encode())
        except OSError as error:
            raise ArchiveError("The line-up can't be kept: its place can't be written.") from error
