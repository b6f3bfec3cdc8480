"""The connection to the archive's database, and its tables brought up to date.

SQLite by default: one file, write-ahead log, safe under several threads and several processes. PostgreSQL by a URL.
"""

from __future__ import annotations

import os
from pathlib import Path

from sqlalchemy import Engine, create_engine, event, inspect, text
from sqlalchemy.engine import make_url

from playground.archive.faults import Newer
from playground.archive.sets.folder import make_for_oneself

HERE = Path(__file__).parent
HEAD = "0002"
"""The newest revision in migrations/versions; `test_migrations` holds it."""

BUSY_MS = 30_000
"""How long a writer waits for another process's: each write takes milliseconds."""


SILENT_S = 10
"""A database's server that says nothing for so long can't be reached."""


def connect(url: str) -> Engine:
    """An engine for that database, its tables as this program wants them.

    Raises sqlalchemy.exc.SQLAlchemyError or OSError when it can't be opened, is no archive, or a newer version's.
    """
    address = make_url(url)
    if address.get_backend_name() == "sqlite" and address.database:
        make_for_oneself(Path(address.database).parent)
        _touch_for_oneself(address.database)
        engine = create_engine(address, connect_args={"timeout": BUSY_MS / 1000})
        event.listen(engine, "connect", _prepare)
        event.listen(engine, "begin", _begin_at_once)
    else:
        libpq = address.get_driver_name().startswith("psycopg")
        engine = create_engine(
            address, pool_pre_ping=True, connect_args=_patience() if libpq else {}
        )
    try:
        there = revision(engine)
        if there > HEAD:
            raise Newer
        if there != HEAD:
            migrate(engine)
    except BaseException:
        engine.dispose()
        raise
    return engine


def _patience() -> dict[str, int]:
    """A server that is cut off says nothing for minutes by itself, and who asks would wait for it."""
    silent_ms = 1000 * SILENT_S
    return {"connect_timeout": SILENT_S, "tcp_user_timeout": silent_ms, "keepalives_idle": SILENT_S}


def revision(engine: Engine) -> str:
    """The revision that the tables have; empty where there are none."""
    with engine.connect() as connection:
        if not inspect(connection).has_table("alembic_version"):
            return ""
        return str(
            connection.execute(text("SELECT version_num FROM alembic_version")).scalar() or ""
        )


def migrate(engine: Engine) -> None:
    """Bring the tables up to date; another process that does the same meanwhile is waited for."""
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(HERE / "migrations"))
    with engine.begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(4004)"))
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def _touch_for_oneself(file: str) -> None:
    """What was asked and answered is nobody else's on this machine; what SQLite puts beside the file has its rights."""
    if not file.startswith((":memory:", "file:")) and not Path(file).exists():
        os.close(os.open(file, os.O_RDWR | os.O_CREAT, 0o600))


def _prepare(connection: object, _: object) -> None:
    connection.isolation_level = None  # type: ignore[attr-defined] # transactions begin below, not in the driver
    cursor = connection.cursor()  # type: ignore[attr-defined]
    for pragma in (
        "journal_mode=WAL",
        "synchronous=NORMAL",
        "foreign_keys=ON",
        f"busy_timeout={BUSY_MS}",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_at_once(connection: object) -> None:
    """A transaction that may write takes its place in the line at once: one that reads first and then writes would be
    refused when somebody else wrote in between. Readers see a snapshot either way.
    """
    options = connection.get_execution_options()  # type: ignore[attr-defined]
    kind = "DEFERRED" if options.get("reading") else "IMMEDIATE"
    connection.exec_driver_sql(f"BEGIN {kind}")  # type: ignore[attr-defined]
