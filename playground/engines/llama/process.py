"""The page's side of one llama.cpp process: starts it, waits until it listens, says how it ended."""

from __future__ import annotations

import contextlib
import queue
import re
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Callable
from pathlib import Path

from playground.engines.base import EngineError, Stop
from playground.engines.llama.order import IMPORTED, Order, Said, said
from playground.engines.processes import how_it_ended
from playground.engines.workers import ROOT, environment

LISTEN_S = 0.05
GONE_S = 0.3
"""How long after a broken connection a process is waited for, to tell whether it ended."""

ENDING_S = 1.0
"""How long a process whose pipe closed may take to be gone."""

TOLD = re.compile(r"^[\d.]+ E \s*(?P<words>.+)")
"""A line of llama.cpp's log that tells of a fault."""

LOADING, NOTHING_SAID = "error loading model: ", "failed to load model from"
"""What stands before the reason, and a reason that is none: what was wrong stands in a line before it."""

ASSERTION = re.compile(r"(GGML_ASSERT\(.*\)|GGML_ABORT.*) failed")


class Process:
    """A process that serves one GGUF model. Raises EngineError where it can't be started."""

    def __init__(self, title: str, order: Order) -> None:
        self.order = order
        self._title = title
        self._imported = False
        self._said: queue.SimpleQueue[Said | None] = queue.SimpleQueue()
        self._log: deque[str] = deque(maxlen=200)
        try:
            self._child = subprocess.Popen(
                [sys.executable, "-m", "playground.engines.llama"],
                cwd=ROOT,
                env=environment(),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                # A group of its own: Ctrl-C in the terminal is for this process.
                process_group=0,
            )
        except OSError as error:
            raise EngineError(
                f"No process could be started for {title} ({error.strerror or error}).",
                "Free some memory, and run it again.",
            ) from None
        for read in (self._listen, self._follow):
            threading.Thread(target=read, name=f"llama.cpp of {title}", daemon=True).start()
        with contextlib.suppress(OSError):  # it has ended already: `address` says how
            assert self._child.stdin is not None
            self._child.stdin.write(order.line())
            self._child.stdin.flush()

    @property
    def pid(self) -> int:
        """Its number."""
        return self._child.pid

    @property
    def alive(self) -> bool:
        """Whether it still runs."""
        return self._child.poll() is None

    def gone(self) -> bool:
        """Whether it has ended, or is about to: its connections close a moment before it is gone."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._child.wait(GONE_S)
        return not self.alive

    def address(self, stop: Stop, tick: Callable[[], None]) -> str:
        """Where it listens, once it does; empty when asked to stop before. `tick` is called while it loads.

        Raises EngineError.
        """
        while not stop.is_set():
            try:
                heard = self._said.get(timeout=LISTEN_S)
            except queue.Empty:
                tick()
                continue
            if heard is None:
                raise self.lost("while it loaded")
            if heard.reason:
                raise self._unloadable(heard)
            self._imported = self._imported or heard.stage == IMPORTED
            if heard.address:
                return heard.address
        return ""

    def lost(self, when: str) -> EngineError:
        """How it ended without being told to, as an error to show; it is gone when this returns."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._child.wait(ENDING_S)
        status = self._child.poll()
        self.end()
        words = how_it_ended(status)
        if not self._imported:
            return EngineError(
                f"llama.cpp does not start on this machine: its process {words}.",
                "Install the package xllamacpp anew, or take weights in safetensors.",
            )
        why = next(filter(None, map(_assertion, reversed(self._log))), "")
        return EngineError(
            f"The process of {self._title} {words}, {when}{f': {why}' if why else ''}.",
            "Run it again: it will be started anew.",
        )

    def end(self) -> None:
        """End it at once; its memory is free when this returns."""
        with contextlib.suppress(OSError):
            self._child.kill()
        self._child.wait()
        for pipe in (self._child.stdin, self._child.stdout, self._child.stderr):
            with contextlib.suppress(OSError):
                if pipe is not None:
                    pipe.close()

    def _unloadable(self, heard: Said) -> EngineError:
        """What it said; where that is only that it failed, what its log says."""
        self.end()
        if heard.remedy:
            return EngineError(heard.reason, heard.remedy)
        time.sleep(LISTEN_S)  # the log comes through a pipe of its own
        told = [found["words"] for line in self._log if (found := TOLD.match(line))]
        why = next(
            (line for line in told if LOADING in line and NOTHING_SAID not in line),
            told[0] if told else heard.reason,
        )
        file = Path(self.order.file)
        why = (
            why.replace(str(file), file.name).rpartition(LOADING)[2].rpartition("from_reader: ")[2]
        )
        return EngineError(
            f"llama.cpp can't load {self._title}: {why[:300].rstrip('.')}.",
            "Download the file again, or take other weights.",
        )

    def _listen(self) -> None:
        assert self._child.stdout is not None
        with contextlib.suppress(OSError, ValueError):
            for line in self._child.stdout:
                self._said.put(said(line))
        self._said.put(None)

    def _follow(self) -> None:
        assert self._child.stderr is not None
        with contextlib.suppress(OSError, ValueError):
            for line in self._child.stderr:
                self._log.append(line.decode("utf-8", "replace").rstrip())


def _assertion(line: str) -> str:
    """What a line of the log says of an assertion that failed."""
    found = ASSERTION.search(line)
    return found[0][:200] if found else ""
