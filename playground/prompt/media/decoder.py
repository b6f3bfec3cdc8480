"""Has a file decoded by a process of its own, so that a file that crashes its decoder takes nothing else down.

Decoders are large C libraries, and hostile bytes have crashed them (a bent M4A did in a trial): the page's process must
outlive that, and must not wait for its interpreter while a clip is decoded. Knows no format.
"""

from __future__ import annotations

import atexit
import logging
import pickle
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import psutil

from playground.prompt.conversation import Media
from playground.prompt.limits import Limits
from playground.prompt.media.faults import MediaError
from playground.prompt.media.wishes import USUAL, Wish

log = logging.getLogger(__name__)

PATIENCE_S = 60.0
"""How long one file may take; what is read at all takes some seconds on two slow cores, if nothing else runs there."""

TICK_S = 0.1
"""How often somebody who waits is asked whether it is still worth it."""

KEPT_BYTES = 400_000_000
"""A process that holds more after a file is ended: its allocator seldom gives memory back."""

ROOT = Path(__file__).resolve().parents[3]


def nothing() -> None:
    """What somebody does meanwhile who waits to the end."""


class Decoder:
    """A decoding process: started with the first file, and anew after one that ended it. One file at a time.

    With a `niceness` above 0 everything else on the machine comes first.
    """

    def __init__(self, patience_s: float = PATIENCE_S, niceness: int = 0) -> None:
        self._patience_s = patience_s
        self._niceness = niceness
        self._process: subprocess.Popen[bytes] | None = None
        atexit.register(self.close)

    def read(
        self,
        name: str,
        data: bytes,
        limits: Limits,
        tick: Callable[[], None] = nothing,
        wish: Wish = USUAL,
    ) -> tuple[Media, ...]:
        """The parts in one file. Raises MediaError.

        `tick` is called ten times a second meanwhile; whatever it raises ends the process and is passed on.
        """
        found: tuple[Media, ...] = self.ask(name, "read", (name, data, limits, wish), tick)
        return found

    def ask(
        self, name: str, task: str, arguments: tuple[Any, ...], tick: Callable[[], None] = nothing
    ) -> Any:
        """What the process makes of a request about the file of that name. Raises MediaError, and as `read` does."""
        process = self._running()
        asking = _Asking(process, (task, arguments))
        asking.start()
        until = time.monotonic() + self._patience_s
        try:
            while not asking.done.wait(TICK_S):
                if time.monotonic() > until:
                    raise MediaError(name, "takes too long to decode: send it smaller or shorter.")
                tick()
        except BaseException:
            self.close()
            raise
        if asking.reply is None:
            self.close()
            log.warning("decoding %s ended its process (%s)", name, process.returncode)
            raise MediaError(name, "is damaged and can't be read: its decoder broke down.")
        if _held_bytes(process) > KEPT_BYTES:
            self.close()
        if isinstance(asking.reply, str):
            raise MediaError(name, asking.reply)
        return asking.reply

    def close(self) -> None:
        """End the process; the next file starts another."""
        process, self._process = self._process, None
        if process is None:
            return
        process.kill()
        process.wait()
        for pipe in (process.stdin, process.stdout):
            with suppress(OSError):
                if pipe:
                    pipe.close()

    def _running(self) -> subprocess.Popen[bytes]:
        if self._process is not None and self._process.poll() is not None:
            self.close()
        if self._process is None:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "playground.prompt.media", str(self._niceness)],
                cwd=ROOT,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
            )
        return self._process


def _held_bytes(process: subprocess.Popen[bytes]) -> int:
    try:
        return int(psutil.Process(process.pid).memory_info().rss)
    except psutil.Error:
        return 0  # it ended meanwhile


class _Asking(threading.Thread):
    """Puts one request to the process and takes its reply; None when the process ended without one."""

    def __init__(self, process: subprocess.Popen[bytes], request: object) -> None:
        super().__init__(name="decoding", daemon=True)
        self._process = process
        self._request = request
        self.reply: Any = None
        self.done = threading.Event()

    def run(self) -> None:
        """For the thread."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        try:
            pickle.dump(self._request, self._process.stdin)
            self._process.stdin.flush()
            self.reply = pickle.load(self._process.stdout)
        except (OSError, ValueError, EOFError, pickle.UnpicklingError):
            pass  # it was ended
        finally:
            self._request = None
            self.done.set()
