"""The archive on each database that it can live on: the same tests for both."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import uuid4

import pytest

from playground.archive.archive import Archive
from tests.servers.postgres import postgres


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    with postgres() as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def opened(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Callable[[], Archive]]:
    """Opens the test's own archive, as one more program would."""
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path / 'archive.sqlite'}"
    else:
        url = _fresh(request.getfixturevalue("postgres_url"))
    made: list[Archive] = []

    def open_() -> Archive:
        made.append(Archive(url, str(tmp_path / "media")))
        return made[-1]

    yield open_
    for archive in made:
        archive.close()


def _fresh(url: str) -> str:
    """The URL of a database that nobody used."""
    from sqlalchemy import create_engine, text

    name = f"t{uuid4().hex}"
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    engine.dispose()
    return f"{url.rpartition('/')[0]}/{name}"
