"""What the operator wants everybody to know: one message, on every page until it is taken away.

It lies where the archive's media lie, so that all programs that share them say it; without an archive, in memory.
"""

from __future__ import annotations

import threading
import time

from playground.archive.archive import ArchiveError
from playground.archive.sets.folder import Folder

FILE = "notice.txt"

LONGEST = 500

FRESH_S = 5.0
"""For so long what was read last is told again: it is asked for with every page that is drawn."""


class Notice:
    """`media` is a folder or an fsspec URL; empty where nothing is kept."""

    def __init__(self, media: str = "") -> None:
        self._files = Folder(media) if media else None
        self._words = ""
        self._read = float("-inf")
        self._changing = threading.Lock()

    @property
    def words(self) -> str:
        """The message; nothing where there is none. What can't be read is as it was."""
        with self._changing:
            if self._files is not None and time.monotonic() - self._read > FRESH_S:
                self._read = time.monotonic()
                try:
                    there = self._files.read(FILE) or b""
                    self._words = there.decode("utf-8", "replace")[:LONGEST]
                except OSError:
                    pass
            return self._words

    def say(self, words: str) -> None:
        """Tell everybody this; nothing takes the last message away. Raises ArchiveError."""
        words = " ".join(words.split())[:LONGEST]
        with self._changing:
            try:
                if self._files is not None and words:
                    self._files.write(FILE, words.encode())
                elif self._files is not None:
                    self._files.remove(FILE)
            except OSError as error:
                raise ArchiveError(
                    "The message can't be kept: its place can't be written."
                ) from error
            self._words, self._read = words, time.monotonic()
