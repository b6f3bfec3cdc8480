"""The archive, for commands that look into it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from playground.archive import library, record
from playground.archive.archive import Archive, ArchiveError
from playground.desk import open_archive
from playground.questions.faults import BadCall

LAST = "last"
"""Stands for the id of the newest comparison."""


@contextmanager
def archive() -> Iterator[Archive]:
    """Where comparisons are kept. Raises BadCall where nothing is, or when it can't be read or written."""
    opened = open_archive()
    if opened is None:
        raise BadCall("nothing is kept here: PLAYGROUND_ARCHIVE is off.")
    try:
        yield opened
    except ArchiveError as error:
        raise BadCall(str(error)) from None
    finally:
        opened.close()


def find(opened: Archive, id: str) -> record.Comparison:
    """The comparison of that id. Raises BadCall when there is none, ArchiveError."""
    id = text(id)
    if id == LAST:
        with opened.reading() as connection:
            id = library.newest(connection) or id
    found = opened.record(id)
    if found is None:
        raise BadCall(
            f"there is no comparison {id!r} here; playground history lists those there are."
        )
    return found


def text(given: str) -> str:
    """What was given, if it is text. Raises BadCall."""
    try:
        given.encode()
    except UnicodeEncodeError:
        raise BadCall(f"{given!r} is no text: it holds bytes that are not UTF-8.") from None
    return given


def every(opened: Archive) -> Iterator[record.Comparison]:
    """Everything that is kept, one after the other. Raises ArchiveError."""
    with opened.reading() as connection:
        ids = library.ids(connection, library.Wanted())
    for id in ids:
        found = opened.record(id)
        if found is not None:
            yield found
