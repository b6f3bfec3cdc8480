"""Archives that earlier versions wrote open after the migration, whole, on both databases."""

from __future__ import annotations

import errno
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import JSON, MetaData, create_engine, func, select, text
from sqlalchemy.exc import SQLAlchemyError

from playground.archive import database, library
from playground.archive.archive import Archive, ArchiveError
from playground.archive.library import Wanted
from tests.archive.kept import CLIP, PICTURE, SOUND, ask, desk

RELEASED = sorted(Path(__file__).with_name("released").glob("*.json"))
"""The rows of an archive as each version of the tables had them; made by that version's own code."""


def scripts() -> Config:
    config = Config()
    config.set_main_option("script_location", str(database.HERE / "migrations"))
    return config


def as_it_was(url: str, file: Path) -> None:
    """A database with the tables of that version, and its rows."""
    engine = create_engine(url)
    with engine.begin() as connection:
        config = scripts()
        config.attributes["connection"] = connection
        command.upgrade(config, file.stem)
        tables = MetaData()
        tables.reflect(connection, resolve_fks=False)
        for name, rows in json.loads(file.read_text("utf-8")).items():
            assert rows
            connection.execute(tables.tables[name].insert(), rows)
        if connection.dialect.name == "postgresql":
            for name in ("answer", "words"):  # ids that were given do not move the counter
                most = select(func.max(tables.tables[name].c.id)).scalar_subquery()
                connection.execute(select(func.setval(f"{name}_id_seq", most)))
        assert isinstance(tables.tables["round"].c.asked.type, JSON)
    engine.dispose()


def test_the_newest_version_of_the_tables_is_the_one_that_is_wanted() -> None:
    assert ScriptDirectory.from_config(scripts()).get_current_head() == database.HEAD
    versions = {path.stem for path in RELEASED}
    all_versions = {one.revision for one in ScriptDirectory.from_config(scripts()).walk_revisions()}
    assert all_versions - versions == {database.HEAD}, "keep rows of each version before this one"


@pytest.mark.parametrize("file", RELEASED, ids=lambda file: file.stem)
def test_an_old_archive_opens_after_the_migration(
    opened: Callable[[], Archive], file: Path
) -> None:
    archive = opened()
    as_it_was(archive.url, file)
    for medium in (PICTURE, SOUND, *CLIP.frames):
        archive.store.put(medium.data)
    with archive.reading() as connection:
        pinned, other = library.entries(connection, Wanted())
        assert [one.id for one in library.entries(connection, Wanted(words="zoo three"))] == [
            pinned.id
        ]
        assert [one.id for one in library.entries(connection, Wanted(kind="image"))] == [pinned.id]
        assert len(library.entries(connection, Wanted(kind="video"))) == 2
    assert (pinned.name, pinned.note, pinned.labels) == ("The zoo", "look again", ("animals",))
    assert (pinned.pinned, pinned.lines[0].rating) == (True, 1)
    assert pinned.kinds == ("audio", "image", "video")
    assert (other.kinds, len(other.pictures)) == (("video",), 1)
    found = archive.find(pinned.id)
    assert found is not None
    assert [round.asked.question for round in found.rounds] == ["What is it?", "Instead?"]
    assert [round.asked.question for round in found.branches(found.last)] == [
        "And then?",
        "Instead?",
    ]
    first = found.rounds[0].answers[0]
    assert (first.text.strip(), first.thinking.strip()) == ("one two three", "let me see")
    assert first.figures().output_tokens is not None
    assert [part.kind for part in found.rounds[0].asked.media()] == ["image", "video", "audio"]


def test_what_a_newer_version_wrote_is_left_alone_and_said(opened: Callable[[], Archive]) -> None:
    """As after a step back to the version before."""
    archive = opened()
    engine = archive.engine()
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    held = desk(opened())
    comparison = ask(held)
    assert [answer.state for answer in comparison.answers] == ["done", "done"]
    assert held.archive is not None
    assert held.archive.fault == (
        "Comparisons are not kept just now: a newer version of this program wrote its database; use that one, or let "
        "PLAYGROUND_ARCHIVE name another."
    )
    with (
        pytest.raises(ArchiveError, match="a newer version of this program"),
        held.archive.reading(),
    ):
        pass
    assert database.revision(engine) == "9999"
    held.close()


@pytest.mark.parametrize("file", RELEASED, ids=lambda file: file.stem)
def test_a_migration_that_breaks_off_leaves_what_was_there(
    opened: Callable[[], Archive], file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive = opened()
    as_it_was(archive.url, file)
    with monkeypatch.context() as patch:

        def broken(*_: object) -> None:
            raise OSError(errno.ENOSPC, "No space left on device")

        patch.setattr("alembic.op.rename_table", broken)  # when the old table was dropped already
        with pytest.raises(ArchiveError, match="the disk is full"), archive.reading():
            pass
    engine = create_engine(archive.url)
    assert database.revision(engine) == file.stem
    engine.dispose()
    with archive.reading() as connection:
        assert library.ids(connection, Wanted())


def test_what_is_no_archive_is_not_touched(tmp_path: Path) -> None:
    (tmp_path / "archive.sqlite").write_bytes(b"nothing of ours" * 1000)
    with pytest.raises(SQLAlchemyError):
        database.connect(f"sqlite:///{tmp_path / 'archive.sqlite'}")
    assert (tmp_path / "archive.sqlite").read_bytes() == b"nothing of ours" * 1000
