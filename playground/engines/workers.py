"""The page's side of the worker processes: starts them, connects them, knows how they died.

On Linux one clean host process imports torch and transformers in the background and forks a worker
for each model: a fork starts in a fraction of a second and shares the libraries' memory. Where fork
is unsafe each worker is a fresh process. Never `multiprocessing` itself: Streamlit replaces `__main__`,
and a child would run the page. Each process is handed its end of a pair of sockets, so there is no
address that a stranger could call and no file that could be left behind.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from multiprocessing.connection import Connection, Pipe
from multiprocessing.reduction import send_handle
from pathlib import Path

from playground.engines.base import EngineError, Stop
from playground.engines.processes import how_it_ended
from playground.engines.protocol import Died, Fork, Hello
from playground.models.device import threads

FORKS = sys.platform == "linux"
START_S = 120.0
"""How long the host may take to import its libraries and fork, on a slow and busy machine."""

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
        self._host: subprocess.Popen[bytes] | None = None
        self._host_connection: Connection | None = None
        self._fresh: dict[int, subprocess.Popen[bytes]] = {}
        self._statuses: dict[int, int] = {}
        self._changed = threading.Condition()
        self._starting = threading.Lock()

    def start(self) -> None:
        """Begin to import the heavy libraries in the background; returns at once."""
        with self._starting:
            if FORKS and (self._host is None or self._host.poll() is not None):
                self._host, self._host_connection = _launch("host")
                threading.Thread(
                    target=self._listen, args=(self._host_connection,), name="workers", daemon=True
                ).start()

    def spawn(self, stop: Stop) -> Worker | None:
        """A new worker process, connected; None when asked to stop before it was there. Raises
        EngineError.
        """
        if not FORKS:
            process, connection = _launch("worker")
            self._fresh[process.pid] = process
            return Worker(process.pid, connection, self._died)
        self.start()
        mine, its = Pipe()
        try:
            with self._starting:
                host, call = self._host, self._host_connection
                assert host is not None and call is not None
                call.send(Fork())
                send_handle(call, its.fileno(), host.pid)
            its.close()
            deadline = time.monotonic() + START_S
            while not mine.poll(0.1):
                if stop.is_set():
                    mine.close()
                    return None
                if host.poll() is not None or time.monotonic() > deadline:
                    raise EOFError
            hello = mine.recv()
            assert isinstance(hello, Hello)
        except (OSError, EOFError):
            its.close()
            mine.close()
            raise EngineError(
                "The process that runs models did not start.",
                "Look at the program's own output for the reason, and run it again.",
            ) from None
        return Worker(hello.pid, mine, self._died)

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
            if self._host is not None and self._host_connection is not None:
                self._host_connection.close()
                self._host.kill()
                self._host.wait()

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

    def _died(self, pid: int) -> int | None:
        """The exit status of a worker that ended or is about to; None when it can't be known."""
        if (fresh := self._fresh.pop(pid, None)) is not None:
            return fresh.wait()
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


def _launch(role: str) -> tuple[subprocess.Popen[bytes], Connection]:
    """A process of this program in that role, and the connection to it."""
    mine, its = Pipe()
    try:
        process = subprocess.Popen(
            [sys.executable, "-m", "playground.engines.worker", role, str(its.fileno())],
            cwd=ROOT,
            env=environment(),
            stdin=subprocess.DEVNULL,
            pass_fds=[its.fileno()],
            # A group of its own: Ctrl-C in the terminal is for this process, from the first moment on.
            process_group=0,
        )
    finally:
        its.close()
    return process, mine
