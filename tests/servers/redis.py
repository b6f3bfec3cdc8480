"""A Redis server of the tests' own, in memory, on a free port."""

from __future__ import annotations

import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.browser.serving import free_port
from tests.waiting import come_up

PROGRAM = "/usr/bin/redis-server"


@contextmanager
def redis(folder: Path) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """Its URL and its process, while it runs; it writes into the folder, if at all."""
    port = free_port()
    process = subprocess.Popen(
        [PROGRAM, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", str(folder)],
        stdout=subprocess.DEVNULL,
    )
    try:
        there = ("127.0.0.1", port)
        come_up(
            process, lambda: socket.create_connection(there, timeout=1), lambda: "no Redis came up"
        )
        yield f"redis://127.0.0.1:{port}", process
    finally:
        process.kill()
        process.wait(30)
