"""Has files decoded by a process of its own, so that a file that crashes its decoder takes nothing else down.

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
from pathlib import Path

from playground.prompt.conversation import Media
from playground.prompt.limits import LIMITS, Limits
from playground.prompt.media.faults import MediaError, base_name

log = logging.getLogger(__name__)

PATIENCE_S = 120.0
"""How long one file may take; a minute of 1080p takes about three seconds on two slow cores."""

ROOT = Path(__file__).resolve().parents[3]


class Decoder:
    """The decoding process: started with the first file, and anew after one that crashed it. One file at a time."""

    def __init__(self, patience_s: float = PATIENCE_S) -> None:
        self._patience_s = patience_s
        self._process: subprocess.Popen[bytes] | None = None
        self._turn = threading.Lock()
        atexit.register(self.close)

    def read(self, name: str, data: bytes, limits: Limits) -> tuple[Media, ...]:
        """The parts in one file. Raises MediaError."""
        with self._turn:
            process = self._running()
            assert process.stdin is not None
            assert process.stdout is not None
            clock = threading.Timer(self._patience_s, process.kill)
            clock.start()
            try:
                pickle.dump((name, data, limits), process.stdin)
                process.stdin.flush()
                reply: tuple[Media, ...] | str = pickle.load(process.stdout)
            except (OSError, EOFError, pickle.UnpicklingError):
                late = not clock.is_alive()
                self.close()
                log.warning("decoding %s ended its process (%s)", name, process.returncode)
                fault = "takes too long to decode." if late else "is damaged and can't be read."
                raise MediaError(name, fault) from None
            finally:
                clock.cancel()
        if isinstance(reply, str):
            raise MediaError(name, reply)
        return reply

    def close(self) -> None:
        """End the process; the next file starts another."""
        if self._process is not None:
            self._process.kill()
            self._process.communicate()
            self._process = None

    def _running(self) -> subprocess.Popen[bytes]:
        if self._process is not None and self._process.poll() is not None:
            self.close()
        if self._process is None:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "playground.prompt.media"],
                cwd=ROOT,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
            )
        return self._process


_decoder = Decoder()


def read(name: str, data: bytes, limits: Limits = LIMITS) -> tuple[Media, ...]:
    """The parts in one file: a picture, a recording, or a clip followed by its soundtrack if it has one.

    Raises MediaError, whose text is one sentence that names the file and the fault.
    """
    name = base_name(name)
    if not data:
        raise MediaError(name, "is empty.")
    if len(data) > limits.file_bytes:
        has, most = len(data) / 1e6, limits.file_bytes / 1e6
        raise MediaError(name, f"has {has:,.0f} MB, but a file may have at most {most:,.0f} MB.")
    return _decoder.read(name, data, limits)
