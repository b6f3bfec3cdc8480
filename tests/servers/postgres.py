"""A real PostgreSQL of the tests' own: Debian's programs, a directory that goes with the tests, a socket in it."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.browser.serving import free_port


def programs() -> Path:
    """Where initdb and pg_ctl lie. Fails where PostgreSQL is not installed: `.ci/programs` installs it."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    on_path = shutil.which("initdb")
    assert found or on_path, (
        "the archive's tests need PostgreSQL (Debian: apt-get install postgresql)"
    )
    return found[-1].parent if found else Path(str(on_path)).parent


@contextmanager
def postgres() -> Iterator[str]:
    """Started and ended; gives the URL of an empty database."""
    bin, port = programs(), free_port()
    # It refuses to run as root, and its user must be able to reach the directory.
    user = ("postgres", pwd.getpwnam("postgres").pw_uid) if os.geteuid() == 0 else ("", -1)
    with tempfile.TemporaryDirectory(prefix="pg", ignore_cleanup_errors=True) as folder:
        if user[0]:
            os.chown(folder, user[1], -1)

        def call(*words: str) -> None:
            subprocess.run(
                [str(bin / words[0]), *words[1:]],
                check=True,
                stdout=subprocess.DEVNULL,
                user=user[0] or None,
                cwd=folder,
                env={**os.environ, "LC_ALL": "C.UTF-8"},
            )

        data = f"{folder}/data"
        call("initdb", "-D", data, "-U", "playground", "-A", "trust", "-E", "UTF8", "--no-sync")
        options = f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={folder} -c fsync=off"
        call("pg_ctl", "-D", data, "-o", options, "-l", f"{folder}/log", "-w", "start")
        try:
            yield f"postgresql+psycopg://playground@127.0.0.1:{port}/postgres"
        finally:
            call("pg_ctl", "-D", data, "-m", "immediate", "stop")
