"""Writes comparisons down while they run, in small batches in a thread of its own.

A question is written before it is acknowledged, what came of the answers four times a second. Where that fails the
comparison goes on in memory, a sentence says why, and everything is tried again; one that the database itself refuses
holds up no other. How the rows look, `rows` knows.
"""

from __future__ import annotations

import logging
import secrets
import threading
import time
from collections.abc import Callable

from sqlalchemy import Connection, Engine, insert, update
from sqlalchemy.exc import (
    DataError,
    DBAPIError,
    IntegrityError,
    NoResultFound,
    SQLAlchemyError,
    StatementError,
)

from playground.archive import recording
from playground.archive.faults import sentence
from playground.archive.schema import PROCESSES
from playground.archive.store import Store
from playground.archive.writing.rows import Gone, Rows
from playground.comparisons.comparison import Comparison

TICK_S = 0.25
"""Half of what may be lost when the program is killed."""

HEARTBEAT_S = 5.0
RETRY_S = 5.0

MOST_TRIES = 8
"""So often one is tried that the database refuses: what it clashes with may be another program's, and pass."""

log = logging.getLogger(__name__)


class Writer:
    """`fault` is why nothing can be written now, one sentence; empty when all is well. `faults` counts how often."""

    def __init__(self, connect: Callable[[], Engine], store: Store) -> None:
        self.fault = ""
        self.faults = 0
        self.process = secrets.token_hex(8)
        self._connect = connect
        self._store = store
        self._followed: dict[str, Rows] = {}
        self._given_up: set[str] = set()
        self._changing = threading.Lock()
        self._writing = threading.RLock()
        self._wake = threading.Event()
        self._thread: threading.Thread | None = None
        self._closing = threading.Event()
        self._beaten = self._failed = float("-inf")

    def acknowledge(self, comparison: Comparison) -> None:
        """Write a comparison's questions down now, and all else of it as it comes. Never raises."""
        with self._writing:  # or the thread, done with the round before, drops it meanwhile
            with self._changing:
                held = self._followed.get(comparison.id)
                if held is None or held.comparison is not comparison:
                    held = Rows(comparison, self.process, self._store)
                    self._followed[comparison.id] = held
                held.running = True
                if self._thread is None:
                    self._thread = threading.Thread(target=self._run, name="archive", daemon=True)
                    self._thread.start()
            self._write([held])
        self._wake.set()

    @property
    def busy(self) -> bool:
        """Whether something is still to be written."""
        with self._changing:
            return bool(self._followed)

    def holds(self, id: str) -> bool:
        """Whether something of that comparison is still to be written, or can't be."""
        with self._changing:
            return id in self._followed or id in self._given_up

    def forget(self, id: str) -> None:
        """Write nothing more of that comparison, nor of what is being written just now."""
        with self._writing, self._changing:
            self._followed.pop(id, None)

    def close(self) -> None:
        """Write what is left and end."""
        self._closing.set()
        self._wake.set()
        if self._thread is not None:
            self._thread.join(10)
        self._write(self._due())

    def _run(self) -> None:
        while not self._closing.is_set():
            due = self._due()
            if due:
                self._write(due)
                self._closing.wait(TICK_S)
            else:
                self._wake.wait()
                self._wake.clear()

    def _due(self) -> list[Rows]:
        with self._changing:
            return [held for held in self._followed.values() if held.running]

    def _write(self, due: list[Rows]) -> None:
        now, clock = recording.now(), time.monotonic()  # the first may be set back
        if self.fault and clock - self._failed < RETRY_S:
            return
        with self._writing:
            try:
                with self._connect().begin() as connection:
                    if clock - self._beaten > HEARTBEAT_S:
                        self._beat(connection, now)
                        self._beaten = clock
                    for held in due:
                        if self._followed.get(held.comparison.id) is held:
                            self._one(held, connection, now)
            except (SQLAlchemyError, OSError) as error:
                if not self.fault:
                    log.warning("the archive can't be written: %r", error)
                self.fault, self._failed = sentence(error), clock
                self.faults += 1
                self._beaten = float("-inf")
                for held in due:
                    held.undo()
                return
            self.fault = ""
            with self._changing:
                for held in due:
                    held.done()
                    if not held.running and self._followed.get(held.comparison.id) is held:
                        del self._followed[held.comparison.id]

    def _one(self, held: Rows, connection: Connection, now: float) -> None:
        """Write one; where it alone is what can't be written, it alone is tried again or given up, and the others go
        on.
        """
        alone = connection.begin_nested()
        try:
            held.write(connection, now)
            alone.commit()
            held.refused = 0
        except Gone:
            alone.rollback()
            held.running = False
            held.comparison.stop()
        except (SQLAlchemyError, OSError) as error:
            if not _its_own(error):
                raise  # all is rolled back: SQLite did so itself where the disk is full, and this part is gone with it
            alone.rollback()
            held.undo()
            held.refused += 1
            if held.refused >= MOST_TRIES:
                self._give_up(held)
        except Exception:
            alone.rollback()
            self._give_up(held)

    def _give_up(self, held: Rows) -> None:
        log.exception("comparison %s can't be written", held.comparison.id)
        held.running = False
        self._given_up.add(held.comparison.id)

    def _beat(self, connection: Connection, now: float) -> None:
        seen = update(PROCESSES).where(PROCESSES.c.id == self.process).values(seen=now)
        if connection.execute(seen).rowcount == 0:
            connection.execute(insert(PROCESSES).values(id=self.process, seen=now))


def _its_own(error: Exception) -> bool:
    """Whether the database took offence at what was to be written, and is well itself."""
    if isinstance(error, DataError | IntegrityError | NoResultFound):
        return True
    return isinstance(error, StatementError) and not isinstance(error, DBAPIError)
