"""The page's end of the courier: starts the process, sends it requests, gives each reader what came for it.

Knows requests as bytes, and nothing of events and answers.
"""

from __future__ import annotations

import itertools
import pickle
import subprocess
import sys
import threading
from contextlib import suppress
from functools import cache
from pathlib import Path
from queue import Empty, SimpleQueue

from playground.engines.server.transport.parcel import (
    WAITING_BYTES,
    Batch,
    Dropped,
    Forget,
    Item,
    Leave,
    Order,
    Post,
    Taken,
    Way,
)

ROOT = Path(__file__).resolve().parents[4]

COURIER = (sys.executable, "-m", "playground.engines.server.transport.courier")

EACH_S, LONGEST_S = 0.001, 0.1
"""How long a reader leaves what comes lying, for each stream that is open: all of them together wake a thousand times
a second, and each of them ten times at least.
"""


class Receiver:
    """All answers that are on their way. Where the courier dies they break off, and the next request starts another."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._waiting: dict[int, Parcels] = {}
        self._ids = itertools.count(1)
        self._ordering = threading.Lock()

    def start(self) -> None:
        """Begin to get ready; returns at once."""
        with self._ordering:
            self._running()

    def post(self, way: Way, url: str, body: bytes, most_bytes: int) -> Parcels:
        """Send a request. Returns at once; what comes back is the caller's to take, and to leave in the end."""
        parcels = Parcels(self, next(self._ids))
        with self._ordering:
            process = self._running()
            self._waiting[parcels.id] = parcels
            self._order(process, Post(parcels.id, way, url, body, most_bytes))
        return parcels

    def tell(self, order: Order) -> None:
        """An order that matters only while the courier lives."""
        with self._ordering:
            if isinstance(order, Leave):
                self._waiting.pop(order.id, None)
            if self._process is not None:
                self._order(self._process, order)

    def forget(self, way: Way) -> None:
        """Close every connection that is kept on a way."""
        self.tell(Forget(way))

    def breath(self) -> float:
        """Seconds that a reader leaves what comes lying."""
        return min(EACH_S * len(self._waiting), LONGEST_S)

    def _running(self) -> subprocess.Popen[bytes]:
        if self._process is None:
            self._process = subprocess.Popen(
                COURIER,
                cwd=ROOT,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                # A group of its own: Ctrl-C in the terminal is for this process.
                process_group=0,
            )
            name, heard = f"streams {self._process.pid}", (self._process,)
            threading.Thread(target=self._hear, args=heard, name=name, daemon=True).start()
        return self._process

    def _order(self, process: subprocess.Popen[bytes], order: Order) -> None:
        assert process.stdin is not None
        with suppress(OSError):  # it died: who waits is told by the thread that hears it
            pickle.dump(order, process.stdin, pickle.HIGHEST_PROTOCOL)
            process.stdin.flush()

    def _hear(self, process: subprocess.Popen[bytes]) -> None:
        assert process.stdin is not None and process.stdout is not None
        with suppress(EOFError, OSError, pickle.UnpicklingError):
            while True:
                batch: Batch = pickle.load(process.stdout)
                for id, item in batch:
                    if (parcels := self._waiting.get(id)) is not None:
                        parcels.put(item)
        process.kill()
        process.wait()
        with self._ordering:
            if self._process is process:
                self._process = None
            lost, self._waiting = list(self._waiting.values()), {}
            for pipe in (process.stdin, process.stdout):
                with suppress(OSError):
                    pipe.close()
        for parcels in lost:
            parcels.put(Dropped())


class Parcels:
    """What comes for one request, in the order in which it came."""

    def __init__(self, receiver: Receiver, id: int) -> None:
        self.id = id
        self._receiver = receiver
        self._items: SimpleQueue[Item] = SimpleQueue()
        self._taken = 0

    def put(self, item: Item) -> None:
        """For the thread that hears the courier."""
        self._items.put(item)

    def all(self, seconds: float) -> list[Item]:
        """All that is there, once there is something; nothing where none comes for so long."""
        try:
            batch = [self._items.get(timeout=seconds)]
        except Empty:
            return []
        while not self._items.empty():
            batch.append(self._items.get_nowait())
        self._taken += sum(len(item[1]) for item in batch if isinstance(item, tuple))
        if self._taken > WAITING_BYTES // 2:
            self._receiver.tell(Taken(self.id, self._taken))
            self._taken = 0
        return batch

    def leave(self, seconds: float) -> None:
        """Nobody wants more of it: its connection is closed in so many seconds, unless it ended before."""
        self._receiver.tell(Leave(self.id, seconds))

    def breath(self) -> float:
        """Seconds to leave lying what comes next."""
        return self._receiver.breath()


def receiver() -> Receiver:
    """The one of this process."""
    with _making:
        return _receiver()


@cache
def _receiver() -> Receiver:
    return Receiver()


_making = threading.Lock()
