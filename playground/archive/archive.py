"""The archive of a running program: where comparisons are written, and how they are found again.

Opened when it is first needed; importing this costs no database library.
"""

from __future__ import annotations

import secrets
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine

    from playground.archive.reading import Standing
    from playground.archive.record import Comparison as Record
    from playground.archive.store import Store
    from playground.archive.writing.writer import Writer
    from playground.comparisons.comparison import Comparison


class ArchiveError(Exception):
    """The archive can't be used: one sentence."""


class Archive:
    """`url` names the database (SQLAlchemy's form), `media` a directory or an fsspec URL."""

    def __init__(self, url: str, media: str) -> None:
        self.url = url
        self.media = media
        self._engine: Engine | None = None
        self._store: Store | None = None
        self._writer: Writer | None = None
        self._opening = threading.RLock()

    @classmethod
    def within(cls, directory: Path) -> Archive:
        """An SQLite file and a media directory in there; both are made when something is first written."""
        return cls(f"sqlite:///{directory / 'archive.sqlite'}", str(directory / "media"))

    @property
    def store(self) -> Store:
        """Where the media lie."""
        with self._opening:
            if self._store is None:
                from playground.archive.store import Store

                self._store = Store(self.media)
            return self._store

    @property
    def writer(self) -> Writer:
        """What writes comparisons down while they run."""
        with self._opening:
            if self._writer is None:
                from playground.archive.writing.writer import Writer

                self._writer = Writer(self.engine, self.store)
            return self._writer

    @property
    def faults(self) -> int:
        """How often something could not be written since the program began."""
        return self._writer.faults if self._writer else 0

    @property
    def fault(self) -> str:
        """Why nothing is being kept just now, one sentence; empty when all is well."""
        return self._writer.fault if self._writer else ""

    def try_out(self) -> None:
        """Write something into the database and among the media, and remove it. Raises ArchiveError."""
        from sqlalchemy import delete, insert

        from playground.archive.faults import sentence
        from playground.archive.schema import PROCESSES

        name = secrets.token_hex(8)
        with self.writing() as connection:
            connection.execute(insert(PROCESSES).values(id=name, seen=0.0))
            connection.execute(delete(PROCESSES).where(PROCESSES.c.id == name))
        try:
            self.store.forget(self.store.put(name.encode()))
        except OSError as error:
            raise ArchiveError(sentence(error)) from error

    def engine(self) -> Engine:
        """The connection; its tables are made or brought up to date the first time."""
        with self._opening:
            if self._engine is None:
                from playground.archive.database import connect

                self._engine = connect(self.url)
            return self._engine

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A connection that sees one moment of the archive. Raises ArchiveError."""
        from sqlalchemy.exc import SQLAlchemyError

        from playground.archive.faults import sentence

        try:
            with self.engine().connect() as bare:
                yield bare.execution_options(reading=True)
        except (SQLAlchemyError, OSError) as error:
            raise ArchiveError(sentence(error)) from error

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A connection whose changes are kept when its block ends well. Raises ArchiveError."""
        from sqlalchemy.exc import SQLAlchemyError

        from playground.archive.faults import sentence

        try:
            with self.engine().begin() as connection:
                yield connection
        except (SQLAlchemyError, OSError) as error:
            raise ArchiveError(sentence(error)) from error

    def record(self, id: str) -> Record | None:
        """The record of that comparison; None when there is none. Raises ArchiveError."""
        from playground.archive.reading import load

        with self.reading() as connection:
            return load(connection, id)

    def standing(self, id: str) -> Standing | None:
        """How it stands with a comparison; None when there is none of that id. Raises ArchiveError."""
        from playground.archive.reading import standing

        with self.reading() as connection:
            return standing(connection, id)

    def find(
        self, id: str, visitor: str | None = None, held: Comparison | None = None
    ) -> Comparison | None:
        """The comparison of that id as it was kept, going on if another program is answering it; `held` where that is
        in memory and nobody else went on with it. None when there is none, or its owner withdrew its link and the
        visitor is somebody else; None as a visitor may see everything.

        Raises ArchiveError.
        """
        own = held is not None and visitor in (None, held.owner)
        if held is not None and own and not held.ended:
            return held
        unwritten = self._unwritten(id)
        try:
            there = self.standing(id)
        except ArchiveError:
            if own:
                return held  # it goes on in memory
            raise
        if there is None:
            return held if unwritten else None
        if there.withdrawn and visitor not in (None, there.owner):
            return None
        return held if held is not None and self._wrote(there) else self._restored(id, there)

    def opens(self, comparison: Comparison, visitor: str | None) -> bool:
        """Whether the visitor may still look at a comparison that was opened before: not when it was deleted, by
        whichever program, nor when its owner withdrew the link. Raises ArchiveError.
        """
        own, unwritten = visitor in (None, comparison.owner), self._unwritten(comparison.id)
        if own and unwritten:
            return True
        try:
            there = self.standing(comparison.id)
        except ArchiveError:
            if own:
                return True  # it goes on in memory
            raise
        if there is None:
            return unwritten
        return own or not there.withdrawn

    def _unwritten(self, id: str) -> bool:
        """Whether a comparison stands in memory alone. Asked before looking, as it may be written meanwhile."""
        return self._writer is not None and self._writer.holds(id)

    def _wrote(self, there: Standing) -> bool:
        """Whether it was this program that wrote the comparison last."""
        return self._writer is not None and there.process == self._writer.process

    def _restored(self, id: str, there: Standing) -> Comparison | None:
        from playground.archive.following import Following
        from playground.archive.restoring.again import comparison

        found = self.record(id)
        if found is None:
            return None
        live = there.running and not self._wrote(there)
        try:
            made = comparison(found, self.store.get, there.owner, live)
        except LookupError as error:
            raise ArchiveError(f"This comparison can't be opened: {error}.") from None
        if live and not made.ended:
            made.follow(Following(made, lambda: self._again(id), self.store.get))
        return made

    def _again(self, id: str) -> Record | None:
        """The record as it is now; None where it can't be read just now."""
        try:
            return self.record(id)
        except ArchiveError:
            return None

    def close(self) -> None:
        """Write what is left."""
        if self._writer is not None:
            self._writer.close()
        if self._engine is not None:
            self._engine.dispose()
