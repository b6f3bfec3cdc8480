"""The page's side of the worker processes: starts them, connects them, knows how they died.

On Linux one clean host process imports torch and transformers in the background and forks a worker
for each model: a fork starts in a fraction of a second and shares the libraries' memory. Where fork
is missing or unsafe each worker is a fresh process. Never `multiprocessing` itself: Streamlit
replaces `__main__`, and a child would run the page.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from multiprocessing.connection import Connection, Listener
from pathlib import Path
from typing import TypeVar

from playground.engines.base import EngineError, Stop
from playground.engines.processes import how_it_ended
from playground.engines.protocol import HOST, Died, Fork, Hello
from playground.models.device import threads

FORKS = sys.platform == "linux"
START_S = 120.0
"""How long a process may take to import its libraries and connect, on a slow and busy machine."""

ROOT = Path(__file__).resolve().parents[2]

ENVIRONMENT = {
    # Spinning threads made small models 10 to 15 times slower on two shared cores.
    "OMP_WAIT_POLICY": "PASSIVE",
    "TOKENIZERS_PARALLELISM": "false",
    # Weights are fetched by the page's process on request, never by a worker behind its back.
    "HF_HUB_OFFLINE": "1",
    "TRANSFORMERS_VERBOSITY": "error",
}


def environment() -> dict[str, str]:
    """This process's own with what a worker needs: no more threads than a container's processor time allows."""
    own, most = {**os.environ, **ENVIRONMENT}, threads()
    return own if most is None else {"OMP_NUM_THREADS": str(most), **own}


T = TypeVar("T")


class Worker:
    """A process that holds one model, and the connection to it."""

    def __init__(self, pid: int, connection: Connection, died: Callable[[int], int | None]) -> None:
        self.pid = pid
        self.connection = connection
        self._died = died

    def kill(self) -> None:
        """End the process at once and close the connection; its memory is free when this
        returns.
        """
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.kill(self.pid, signal.SIGKILL if hasattr(signal, "SIGKILL") else signal.SIGTERM)
        self.connection.close()
        self._died(self.pid)

    def last_words(self) -> str:
        """How the process ended, as the end of a sentence: "was killed (signal 9), which ..."."""
        return how_it_ended(self._died(self.pid))


class Workers:
    """All worker processes of this program, and the host that forks them."""

    def __init__(self) -> None:
        self._key = secrets.token_bytes(32)
        self._listener: Listener | None = None
        self._host: subprocess.Popen[bytes] | None = None
        self._host_connection: Connection | None = None
        self._fresh: dict[int, subprocess.Popen[bytes]] = {}
        self._arrived: dict[int, tuple[int, Connection]] = {}
        self._statuses: dict[int, int] = {}
        self._count = HOST
        self._changed = threading.Condition()
        self._starting = threading.Lock()

    def start(self) -> None:
        """Begin to import the heavy libraries in the background; returns at once."""
        with self._starting:
            if self._listener is None:
                self._listener = Listener(authkey=self._key)
                threading.Thread(target=self._accept, name="workers", daemon=True).start()
            if FORKS and (self._host is None or self._host.poll() is not None):
                self._host_connection = None
                self._host = self._launch(HOST)

    def spawn(self, stop: Stop) -> Worker | None:
        """A new worker process, connected; None when asked to stop before it was there. Raises
        EngineError.
        """
        self.start()
        with self._changed:
            self._count += 1
            number = self._count
        if FORKS:
            host = self._wait(lambda: self._host_connection, stop)
            if host is None:
                return None
            host.send(Fork(number))
        else:
            self._fresh[number] = self._launch(number)
        arrived = self._wait(lambda: self._arrived.pop(number, None), stop)
        if arrived is None:
            return None
        pid, connection = arrived
        return Worker(pid, connection, self._died)

    def fault(self) -> str:
        """Why no process could be started now, one sentence; empty when all is well. Imports nothing heavy."""
        host = self._host
        if host is not None and host.poll() is None:
            return ""
        try:
            call = [sys.executable, "-I", "-S", "-c", ""]
            subprocess.run(call, check=True, timeout=START_S, capture_output=True)
        except (OSError, subprocess.SubprocessError):
            return "No process can be started for a model."
        return ""

    def close(self) -> None:
        """Let the host end; workers end by themselves when their connections close."""
        with self._starting:
            if self._host_connection is not None:
                self._host_connection.close()
            if self._host is not None:
                self._host.kill()
                self._host.wait()
            if self._listener is not None:
                self._listener.close()

    def _launch(self, number: int) -> subprocess.Popen[bytes]:
        assert self._listener is not None
        process = subprocess.Popen(
            [sys.executable, "-m", "playground.engines.worker", str(number)],
            cwd=ROOT,
            env=environment(),
            stdin=subprocess.PIPE,
            # A group of its own: Ctrl-C in the terminal is for this process, from the first moment on.
            process_group=0,
        )
        # The key goes through a pipe: neither the command line nor the environment shows it.
        assert process.stdin is not None
        process.stdin.write(f"{self._listener.address}\n{self._key.hex()}\n".encode())
        process.stdin.close()
        return process

    def _accept(self) -> None:
        assert self._listener is not None
        while True:
            try:
                connection = self._listener.accept()
                hello = connection.recv()
            except OSError:
                if self._closed():
                    return
                continue
            except Exception:
                continue  # a stranger, or a worker that died while it said hello
            if not isinstance(hello, Hello):
                connection.close()
                continue
            with self._changed:
                if hello.number == HOST:
                    self._host_connection = connection
                    threading.Thread(target=self._listen, args=(connection,), daemon=True).start()
                else:
                    self._arrived[hello.number] = (hello.pid, connection)
                self._changed.notify_all()

    def _closed(self) -> bool:
        # A closed listener has no address to listen at; accept() raises at once and for ever.
        return self._listener is None or getattr(self._listener, "_listener", None) is None

    def _listen(self, host: Connection) -> None:
        """Hear from the host which workers died."""
        while True:
            try:
                message = host.recv()
            except (OSError, EOFError):
                return
            if isinstance(message, Died):
                with self._changed:
                    self._statuses[message.pid] = message.status
                    self._changed.notify_all()

    def _wait(self, ready: Callable[[], T | None], stop: Stop) -> T | None:
        deadline = time.monotonic() + START_S
        with self._changed:
            while (found := ready()) is None:
                if stop.is_set():
                    return None
                ended = [
                    p
                    for p in (self._host, *self._fresh.values())
                    if p is not None and p.poll() is not None
                ]
                if ended or time.monotonic() > deadline:
                    raise EngineError(
                        "The process that runs models did not start.",
                        "Look at the program's own output for the reason, and run it again.",
                    )
                self._changed.wait(0.1)
        return found

    def _died(self, pid: int) -> int | None:
        """The exit status of a worker that ended or is about to; None when it can't be known."""
        for number, process in list(self._fresh.items()):
            if process.pid == pid:
                del self._fresh[number]
                return process.wait()
        deadline = time.monotonic() + 2.0
        with self._changed:
            while pid not in self._statuses:
                if (
                    time.monotonic() > deadline
                    or self._host is None
                    or self._host.poll() is not None
                ):
                    return None
                self._changed.wait(0.05)
            return self._statuses[pid]
