"""Speeds out of the archive: the median of what was measured here, of real weights alone."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import Connection, select, update

from playground.archive import library, measured
from playground.archive.archive import Archive
from playground.archive.export.json_file import digests
from playground.archive.importing.own import Imported
from playground.archive.schema import ANSWERS
from playground.archive.writing.taking_in import take_in
from playground.prompt.conversation import Conversation
from tests.archive.kept import ask, columns, desk, settled


def pretend(connection: Connection, speeds: dict[int, float | None], **model: object) -> None:
    """Give answers, by their number, the speeds and the model of ones that were measured."""
    rows = connection.execute(select(ANSWERS.c.id, ANSWERS.c.head).order_by(ANSWERS.c.id)).all()
    for number, speed in speeds.items():
        head = dict(rows[number].head)
        contender = dict(head["contender"])
        contender["model"] = {**contender["model"], "engine": "local", "demo": False, **model}
        figures = {} if speed is None else {"output_tps": speed}
        change = {"head": {**head, "contender": contender}, "figures": figures, "state": "done"}
        connection.execute(update(ANSWERS).where(ANSWERS.c.id == rows[number].id).values(change))


@pytest.fixture
def archive(opened: Callable[[], Archive]) -> Archive:
    held = desk(opened())
    for number in range(4):
        ask(held, str(number))
    settled(held)
    assert held.archive is not None
    return held.archive


def found(archive: Archive) -> list[tuple[float, int]]:
    with archive.reading() as connection:
        return [(one.speed, one.count) for one in measured.speeds(connection)]


def test_recitals_are_no_measurement(archive: Archive) -> None:
    assert found(archive) == []


def test_the_median_by_model(archive: Archive) -> None:
    with archive.writing() as connection:
        pretend(connection, {0: 10.0, 2: 90.0, 4: 20.0}, weights="google/x", variant="E2B")
        pretend(connection, {6: None}, weights="google/x", variant="E2B")
    assert found(archive) == [(20.0, 3)]


def test_demo_sized_ones_never_stand_for_the_real_thing(archive: Archive) -> None:
    with archive.writing() as connection:
        pretend(connection, {0: 10.0}, demo=True)
    assert found(archive) == []


def test_what_came_with_a_file_or_a_copy_was_not_measured_here(archive: Archive) -> None:
    """Anybody may bring in a file that says anything, and everybody would read it as this machine's speed."""
    with archive.reading() as connection:
        (first, *_) = library.ids(connection, library.Wanted())
    kept = archive.record(first)
    assert kept is not None
    media = {name: archive.store.get(name) for name in digests(kept)}
    taken_in = take_in(archive, Imported(kept, media))
    held = desk(archive)
    comparison = held.find(first)
    assert comparison is not None
    copied = held.make_own(comparison, "somebody")
    held.ask_on(held.find(taken_in), Conversation.ask("And now?"), columns("a"))  # type: ignore[arg-type]
    settled(held)
    with archive.writing() as connection:
        rows = (
            connection.execute(select(ANSWERS.c.comparison).order_by(ANSWERS.c.id)).scalars().all()
        )
        pretend(connection, {n: 1e9 for n, id in enumerate(rows) if id in (taken_in, copied.id)})
    (asked_on,) = found(archive)
    assert asked_on == (1e9, 1), "the one that was given here alone"
    assert archive.record(copied.id) is not None and archive.record(taken_in) is not None
