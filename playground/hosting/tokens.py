"""Tokens with which a visitor's programs call the API: shown once, kept as hashes, revoked by whose they are.

Each is a small file in the folder (or at the fsspec URL) where the media lie, so that all programs of one archive know
it; when it was last used stands in a file beside it.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import re
import secrets
import time
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from playground.archive.archive import ArchiveError
from playground.archive.sets.folder import Folder

MOST = 20
LONGEST_NAME = 60
"""Tokens of one visitor, and letters of a token's name."""

SHAPE = re.compile(r"gp_([0-9a-f]{32})_([0-9a-f]{8})_([\w-]{43})")
"""Whose it is, which of theirs, and the secret."""

USED_S = 60.0
"""Its last use is written down so often at most."""


@dataclass(frozen=True, slots=True)
class Token:
    """What is known of one: times in seconds since 1970; `used` None until it was."""

    id: str
    name: str
    made: float
    used: float | None


class Tokens:
    """Those of everybody; `media` is a directory or an fsspec URL. An empty `owner` is whose machine this is."""

    def __init__(self, media: str) -> None:
        self._files = Folder(f"{media.rstrip('/')}/tokens")

    def make(self, owner: str, name: str) -> str:
        """A new one, which can be read nowhere again. Raises ArchiveError."""
        if len(self.of(owner)) >= MOST:
            raise ArchiveError(f"{MOST} tokens are the most; revoke one of them first.")
        id, secret = secrets.token_hex(4), secrets.token_urlsafe(32)
        named = " ".join(name.split())[:LONGEST_NAME] or "token"
        held = {"owner": owner, "name": named, "made": time.time(), "hash": _hash(secret)}
        self._write(f"{_mark(owner)}/{id}.json", json.dumps(held, ensure_ascii=False))
        return f"gp_{_mark(owner)}_{id}_{secret}"

    def of(self, owner: str) -> tuple[Token, ...]:
        """A visitor's own, the newest first. Raises ArchiveError."""
        try:
            names = self._files.names(_mark(owner))
        except OSError as error:
            raise ArchiveError("The tokens can't be read.") from error
        ids = [one.removesuffix(".json") for one in names]
        found = (self._token(_mark(owner), id) for id in ids if re.fullmatch("[0-9a-f]{8}", id))
        return tuple(sorted(filter(None, found), key=lambda one: -one.made))

    def owner(self, said: str) -> str | None:
        """Whose token it is, used now; None where it is none. Raises ArchiveError."""
        shaped = SHAPE.fullmatch(said)
        held = self._read(f"{shaped[1]}/{shaped[2]}.json") if shaped else None
        if shaped is None or held is None:
            return None
        if not hmac.compare_digest(_hash(shaped[3]), str(held.get("hash"))):
            return None
        with suppress(ArchiveError):  # it opens what it opens, whether that can be noted or not
            used = self._used(f"{shaped[1]}/{shaped[2]}.used")
            if used is None or time.time() - used > USED_S:
                self._write(f"{shaped[1]}/{shaped[2]}.used", str(time.time()))
        return str(held["owner"])

    def revoke(self, owner: str, id: str) -> None:
        """It opens nothing from now on. Raises ArchiveError."""
        self._remove([f"{_mark(owner)}/{id}.json", f"{_mark(owner)}/{id}.used"])

    def forget_all(self, owner: str) -> None:
        """All of a visitor's. Raises ArchiveError."""
        for one in self.of(owner):
            self.revoke(owner, one.id)

    def _token(self, mark: str, id: str) -> Token | None:
        held = self._read(f"{mark}/{id}.json")
        if held is None:
            return None
        return Token(id, str(held["name"]), float(held["made"]), self._used(f"{mark}/{id}.used"))

    def _used(self, name: str) -> float | None:
        held = self._read(name)
        return held if isinstance(held, float) else None

    def _read(self, name: str) -> Any:
        try:
            return None if (held := self._files.read(name)) is None else json.loads(held)
        except (OSError, ValueError) as error:
            raise ArchiveError("The tokens can't be read.") from error

    def _write(self, name: str, text: str) -> None:
        try:
            self._files.write(name, text.encode())
        except OSError as error:
            raise ArchiveError("The token can't be kept: its place can't be written.") from error

    def _remove(self, names: list[str]) -> None:
        try:
            for name in names:
                self._files.remove(name)
        except OSError as error:
            raise ArchiveError("The token can't be revoked: its place can't be written.") from error


def _mark(owner: str) -> str:
    """Stands for a visitor in names and in their tokens; nobody can be them with it."""
    return hashlib.sha256(f"tokens of {owner}".encode()).hexdigest()[:32]


def _hash(secret: str) -> str:
    """Of 256 random bits: a slow hash would gain nothing."""
    return hashlib.sha256(secret.encode()).hexdigest()
