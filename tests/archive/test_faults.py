"""Whatever becomes of its disk, the archive says one sentence, comparisons go on in memory, and are kept later on."""

from __future__ import annotations

import errno
import socket
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import event

from playground.archive import database, library
from playground.archive.archive import Archive, ArchiveError
from playground.archive.writing import writer
from playground.desk import Desk
from tests.archive.kept import ask, desk, settled

FULL = "Comparisons are not kept just now: the disk is full; free some room."
UNWRITABLE = "Comparisons are not kept just now: its directory can't be written"
LOCKED = "Comparisons are not kept just now: another program holds its database; it is tried again."
DAMAGED = "Comparisons are not kept just now: its database is damaged; move the file away"


@pytest.fixture
def held(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    monkeypatch.setattr(writer, "RETRY_S", 0.0)
    monkeypatch.setattr(database, "BUSY_MS", 100)
    made = desk(Archive.within(tmp_path))
    yield made
    made.close()


def pragma(archive: Archive, said: str) -> Callable[[], None]:
    """Let SQLite behave so on every connection from now on; returns what ends that."""
    engine = archive.engine()

    def prepare(connection: sqlite3.Connection, _: object) -> None:
        connection.execute(f"PRAGMA {said}")

    event.listen(engine, "connect", prepare)
    engine.dispose()

    def end() -> None:
        event.remove(engine, "connect", prepare)
        engine.dispose()

    return end


def goes_on(held: Desk, sentence: str) -> str:
    """A question is answered in memory, and the archive says why it is nowhere else; the comparison's id."""
    assert held.archive is not None
    comparison = ask(held)
    assert [answer.state for answer in comparison.answers] == ["done", "done"]
    assert held.archive.fault.startswith(sentence)
    assert "\n" not in held.archive.fault
    assert held.find(comparison.id) is comparison
    return comparison.id


def is_kept_now(held: Desk, id: str) -> None:
    """What could not be written is written once that works again."""
    settled(held)
    assert held.archive is not None and held.archive.fault == ""
    kept = held.archive.record(id)
    assert kept is not None
    assert [one.state for one in kept.rounds[0].answers] == ["done", "done"]
    assert all(one.chunks for one in kept.rounds[0].answers)


def test_a_full_disk_for_the_database(held: Desk) -> None:
    assert held.archive is not None
    ask(held)
    settled(held)
    end = pragma(held.archive, "max_page_count = 1")  # not one page more than there are
    id = goes_on(held, FULL)
    end()
    is_kept_now(held, id)


def test_a_full_disk_for_the_media(held: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    assert held.archive is not None
    with monkeypatch.context() as patch:

        def put(data: bytes) -> str:
            raise OSError(errno.ENOSPC, "No space left on device")

        patch.setattr(held.archive.store, "put", put)
        id = goes_on(held, FULL)
    is_kept_now(held, id)


def test_a_database_that_may_only_be_read(held: Desk) -> None:
    """An earlier comparison opens all the same, and the list stands."""
    assert held.archive is not None
    before = ask(held)
    settled(held)
    end = pragma(held.archive, "query_only = ON")
    id = goes_on(held, UNWRITABLE)
    assert held.find(before.id) is not None
    with held.archive.reading() as connection:
        assert library.ids(connection, library.Wanted()) == (before.id,)
    end()
    is_kept_now(held, id)


@pytest.mark.parametrize("place", ["/sys/playground", "/proc/1/playground"])
def test_a_directory_in_which_nothing_can_be_made(place: str) -> None:
    """Of the kernel's file systems, which refuse even root."""
    made = desk(Archive.within(Path(place)))
    goes_on(made, "Comparisons are not kept just now:")
    made.close()


def test_a_database_that_another_program_holds(held: Desk, tmp_path: Path) -> None:
    ask(held)
    settled(held)
    other = sqlite3.connect(tmp_path / "archive.sqlite", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    id = goes_on(held, LOCKED)
    other.execute("ROLLBACK")
    other.close()
    is_kept_now(held, id)


def test_a_database_that_was_spoilt_while_it_was_open(held: Desk, tmp_path: Path) -> None:
    """Every page but the first is overwritten; the log beside it is gone."""
    assert held.archive is not None
    ask(held)
    settled(held)
    held.archive.engine().dispose()
    file = tmp_path / "archive.sqlite"
    data = file.read_bytes()
    file.write_bytes(data[:4096] + b"\x5a" * (len(data) - 4096))
    for beside in ("archive.sqlite-wal", "archive.sqlite-shm"):
        (tmp_path / beside).unlink(missing_ok=True)
    goes_on(held, DAMAGED)


def test_a_server_that_says_nothing_holds_nobody_up_for_long(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """It takes the connection and never answers, as one behind a wall does."""
    monkeypatch.setattr(database, "SILENT_S", 2)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"postgresql+psycopg://me@127.0.0.1:{silent.getsockname()[1]}/kept"
        made = desk(Archive(url, str(tmp_path)))
        goes_on(made, "Comparisons are not kept just now: its database can't be reached")
        made.close()


def test_a_place_for_media_that_there_is_not(tmp_path: Path) -> None:
    made = desk(Archive(f"sqlite:///{tmp_path / 'archive.sqlite'}", "nowhere://bucket/media"))
    goes_on(made, "Comparisons are not kept just now: PLAYGROUND_MEDIA names a place that takes")
    assert made.archive is not None
    with pytest.raises(ArchiveError, match="PLAYGROUND_MEDIA names a place"):
        made.archive.try_out()
    made.close()
