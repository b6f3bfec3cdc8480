"""A real server of the real app for the browser tests, in a process of its own on a free port."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import tempfile
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil

from tests.waiting import come_up

ROOT = Path(__file__).parents[2]
APP = ("-m", "streamlit", "run", "app.py")
SLOW = (str(Path(__file__).with_name("slow.py")),)


@dataclass(frozen=True)
class Server:
    """Where it listens, which process it is, and what it wrote."""

    url: str
    pid: int
    output: Path

    def log(self) -> str:
        """Everything that it printed so far."""
        return self.output.read_text("utf-8", "replace")

    def workers(self) -> list[psutil.Process]:
        """The processes of loaded models: the children of the host."""
        return [
            worker
            for host in psutil.Process(self.pid).children()
            for worker in host.children(recursive=True)
        ]


@contextmanager
def serving(command: Sequence[str] = APP, port: int = 0) -> Iterator[Server]:
    """Start at a port, a free one if none is said, wait until it answers, and end it; fails when anything broke in it
    meanwhile.
    """
    port = port or free_port()
    with tempfile.NamedTemporaryFile(suffix=".log") as output:
        process = subprocess.Popen(
            [sys.executable, *command, "--server.port", str(port)],
            cwd=ROOT,
            stdout=output,
            stderr=subprocess.STDOUT,
            env={**os.environ, "PLAYGROUND_END_S": "1"},
        )
        server = Server(f"http://localhost:{port}", process.pid, Path(output.name))
        try:
            wait_for(server, process)
            yield server
        finally:
            process.terminate()
            process.wait(60)
        assert "Traceback" not in server.log(), server.log()


def wait_for(server: Server, process: subprocess.Popen[bytes], seconds: float = 60.0) -> None:
    """Return once the server says that it is well."""
    health = f"{server.url}/_stcore/health"
    come_up(process, lambda: urllib.request.urlopen(health, timeout=1), server.log, seconds)


def free_port() -> int:
    """A port that nobody uses right now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
