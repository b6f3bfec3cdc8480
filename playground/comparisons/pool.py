"""Which models are in memory, and whose turn it is to compute.

One line for everybody, in which owners take turns, so that who wants much keeps nobody else waiting
long. A turn is exclusive (fair timing) or shared (all at once): on this machine's device towards
everybody, on a server towards the turns of its own job only, for a server batches what others ask, as
many at a time as it is said to take. A model that needs room evicts idle ones first, the longest
unused first; loads into this machine's memory happen one at a time. Knows engines only through their
seam.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Hashable
from types import TracebackType
from typing import Literal

from playground.engines.base import Engine, EngineError, Stop
from playground.engines.events import Progress
from playground.models.model import Model
from playground.models.sizes import size

Standing = Literal["away", "loading", "loaded", "in use"]


class Stopped(Exception):
    """Somebody asked to stop before the turn came."""


class Turn:
    """A place in the line for one answer; a context manager that waits for its turn and gives it
    back.

    `ahead` is how many in the line come before it. `contended` becomes True when another turn ran
    on the same device at any moment of this one. Of an `owner`'s jobs one runs at a time, the others
    wait for it; nobody's ("") wait for none. A job is a comparison.
    """

    def __init__(
        self, pool: Pool, model: Model, stop: Stop, shared: bool, owner: str, job: Hashable
    ) -> None:
        self.model = model
        self.shared = shared
        self.owner = owner
        self.job = job
        self.contended = False
        self.stop = stop
        self._pool = pool

    @property
    def ahead(self) -> int:
        """How many turns, running or waiting, must end before this one begins."""
        return self._pool._ahead(self)

    def __enter__(self) -> Engine:
        return self._pool._begin(self)

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._pool._end(self)

    def load(self, engine: Engine) -> None:
        """Bring the turn's model into memory, one load at a time. Raises EngineError, Stopped."""
        self._pool._load(self, engine)


class Pool:
    """The engines that were made so far, and the line for them.

    `make` builds the engine of a model; `budget_bytes` is what all loaded models may hold together.
    """

    def __init__(self, make: Callable[[Model], Engine], budget_bytes: int) -> None:
        self.budget_bytes = budget_bytes
        self._make = make
        self._engines: dict[Model, Engine] = {}
        self._used: dict[Model, float] = {}
        self._waiting: list[Turn] = []
        self._running: list[Turn] = []
        self._served: dict[str, float] = {}
        self._changed = threading.Condition()
        self._loading = threading.Lock()

    def turn(
        self, model: Model, stop: Stop, shared: bool = False, owner: str = "", job: Hashable = None
    ) -> Turn:
        """Take a place in the line, behind the owner's others; enter the turn to wait for it. Without a job it
        belongs to nobody else's.

        Raises EngineError when the model could never fit.
        """
        if model.needs_bytes > self.budget_bytes:
            raise EngineError(
                f"{model.variant} needs about {size(model.needs_bytes)} of memory, and models may use "
                f"{size(self.budget_bytes)} here.",
                "Choose a smaller variant, or run this on a machine with more memory.",
            )
        turn = Turn(self, model, stop, shared, owner, object() if job is None else job)
        with self._changed:
            self._waiting.append(turn)
        return turn

    def loaded(self) -> tuple[Engine, ...]:
        """The engines whose model is in memory now."""
        with self._changed:
            return tuple(engine for engine in self._engines.values() if engine.loaded)

    def models(self) -> tuple[Model, ...]:
        """Those that are in memory or on their way into it."""
        with self._changed:
            busy = {turn.model for turn in self._running}
            known = self._engines.items()
            return tuple(model for model, engine in known if engine.loaded or model in busy)

    def standing(self, model: Model) -> Standing:
        """Whether a model is in memory, and busy."""
        with self._changed:
            engine = self._engines.get(model)
            busy = any(turn.model == model for turn in self._running)
            if engine is None or not engine.loaded:
                return "loading" if busy else "away"
            return "in use" if busy else "loaded"

    def loading(self, model: Model) -> Progress | None:
        """How far a model is on its way into memory; None where it is not, or nobody tells."""
        with self._changed:
            engine = self._engines.get(model)
        return engine.loading if engine is not None else None

    def load(self, model: Model, stop: Stop) -> None:
        """Bring a model into memory without asking it anything. Raises EngineError, Stopped."""
        turn = self.turn(model, stop, shared=True)
        with turn as engine:
            turn.load(engine)

    def unload(self, model: Model) -> bool:
        """Give a model's memory back; False when it is in use."""
        with self._changed:
            if any(turn.model == model for turn in self._running):
                return False
            engine = self._engines.pop(model, None)
            if engine is not None:
                engine.close()
            return True

    def waiting(self) -> int:
        """How many turns stand in the line."""
        with self._changed:
            return len(self._waiting)

    def close(self) -> None:
        """Unload everything."""
        with self._changed:
            engines = list(self._engines.values())
        for engine in engines:
            engine.close()

    def _begin(self, turn: Turn) -> Engine:
        with self._changed:
            try:
                while not self._may_run(turn):
                    if turn.stop.is_set():
                        raise Stopped
                    self._changed.wait(0.1)
            finally:
                self._waiting.remove(turn)
                self._changed.notify_all()
            engine = self._engines.get(turn.model)
            if engine is None:  # first: one that can't be made holds up nobody
                engine = self._engines[turn.model] = self._make(turn.model)
            for other in self._running:
                if other.model.device == turn.model.device:
                    other.contended = turn.contended = True
            self._running.append(turn)
            self._served[turn.owner] = time.monotonic()
            return engine

    def _end(self, turn: Turn) -> None:
        with self._changed:
            self._running.remove(turn)
            self._used[turn.model] = time.monotonic()
            if not any(one.owner == turn.owner for one in (*self._running, *self._waiting)):
                del self._served[turn.owner]
            self._changed.notify_all()

    def _may_run(self, turn: Turn) -> bool:
        return not self._must_end(turn) and self._room_for(turn.model)

    def _ahead(self, turn: Turn) -> int:
        with self._changed:
            return self._must_end(turn) if turn in self._waiting else 0

    def _must_end(self, turn: Turn) -> int:
        """How many of those that run or stand before it must end first."""
        waiting = self._line()
        before = waiting[: waiting.index(turn)]
        apart = sum(not _together(turn, other) for other in (*self._running, *before))
        server = turn.model.server
        if server is None:
            return apart
        there = [other for other in self._running if _same_device(turn, other)]
        line = [other for other in before if _same_device(turn, other)]
        # Who waits for its own job takes no place from others that could begin now.
        ready = [other for other in line if all(_together(other, one) for one in self._running)]
        if len(there) + len(ready) < server.turns:
            return apart
        return max(apart, len(there) + len(line) - server.turns + 1)

    def _line(self) -> list[Turn]:
        """Those who wait, in fair order: every owner's next before anybody's second next, and the owner who was served
        longest ago first. Who runs has had this round's turn.
        """
        had: dict[str, int] = {}
        for turn in self._running:
            had[turn.owner] = had.get(turn.owner, 0) + 1
        running = set(had)
        places = {}
        for turn in self._waiting:
            places[turn] = had.get(turn.owner, 0)
            had[turn.owner] = places[turn] + 1

        def order(turn: Turn) -> tuple[int, bool, float]:
            served = self._served.get(turn.owner, float("-inf"))
            return places[turn], turn.owner not in running, served

        return sorted(self._waiting, key=order)

    def _room_for(self, model: Model) -> bool:
        """Whether the model fits beside those in use once every idle one is evicted."""
        in_use = {turn.model for turn in self._running} - {model}
        return model.needs_bytes + sum(used.needs_bytes for used in in_use) <= self.budget_bytes

    def _load(self, turn: Turn, engine: Engine) -> None:
        if engine.loaded:
            return
        if turn.model.server is not None:  # takes no memory here, and may be slow to answer
            engine.load(turn.stop)
            return
        while not self._loading.acquire(timeout=0.1):
            if turn.stop.is_set():
                raise Stopped
        try:
            for idle in self._too_many(turn.model):
                idle.close()
            for loaded in self.loaded():
                loaded.spare()
            engine.load(turn.stop)
        finally:
            self._loading.release()
        if turn.stop.is_set():
            raise Stopped

    def _too_many(self, model: Model) -> list[Engine]:
        """Idle engines to close so that the model fits, the longest unused first."""
        with self._changed:
            loaded = [
                other for other, engine in self._engines.items() if engine.loaded and other != model
            ]
            in_use = {turn.model for turn in self._running}
            idle = sorted(
                (m for m in loaded if m not in in_use and m.server is None),
                key=lambda m: self._used.get(m, 0.0),
            )
            excess = model.needs_bytes + sum(m.needs_bytes for m in loaded) - self.budget_bytes
            evicted: list[Engine] = []
            for candidate in idle:
                if excess <= 0:
                    break
                evicted.append(self._engines[candidate])
                excess -= candidate.needs_bytes
            return evicted


def _same_device(one: Turn, other: Turn) -> bool:
    return one.model.device == other.model.device


def _together(one: Turn, other: Turn) -> bool:
    """Whether two turns may run side by side: other devices always, one device when both share. On
    this machine a model is one process and answers one at a time; on a server, turns of different
    jobs need not heed each other, and of one owner's jobs one runs at a time.
    """
    if one.owner and one.owner == other.owner and one.job != other.job:
        return False
    if not _same_device(one, other):
        return True
    if one.model.server is not None and one.job != other.job:
        return True
    if one.model == other.model and one.model.server is None:
        return False
    return one.shared and other.shared
