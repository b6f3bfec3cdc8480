"""A model on this machine: the page's side of one worker process.

Starts the worker when the model is wanted, hands it conversations, passes its events on, and says
in a sentence how it died. Knows nothing of torch.
"""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Iterator

from playground.engines.base import EngineError, Stop
from playground.engines.events import Event, Finished, Progress, Requested
from playground.engines.processes import alive, held_bytes
from playground.engines.protocol import Ask, Broke, Forget, Halt, Load, Loaded, Told
from playground.engines.workers import Worker, Workers
from playground.models.model import Model
from playground.prompt.conversation import Conversation, Settings

LISTEN_S = 0.05
"""How long to listen to a worker before asking again whether to stop."""


class LocalEngine:
    """One model in one process of its own."""

    def __init__(self, model: Model, workers: Workers) -> None:
        self.model = model
        self.notes: tuple[str, ...] = ()
        self.loading: Progress | None = None
        self._workers = workers
        self._worker: Worker | None = None
        self._asked = 0
        self._sending = threading.Lock()

    @property
    def loaded(self) -> bool:
        """Whether the worker lives and holds the model."""
        return self._worker is not None and alive(self._worker.pid)

    def load(self, stop: Stop) -> None:
        """Start a worker and let it load; raises EngineError with the reason when it can't."""
        if self.loaded:
            return
        if self.model.path is None or not self.model.path.is_dir():
            raise EngineError(
                f"The weights of {self.model.variant} ({self.model.weights}) are no longer there.",
                "Download them again, or choose other weights.",
            )
        self.close()
        worker = self._workers.spawn(stop)
        if worker is None:
            return
        try:
            drafter = str(self.model.drafter or "")
            worker.connection.send(Load(str(self.model.path), self.model.dtype, drafter))
            while not stop.is_set():
                if worker.connection.poll(LISTEN_S):
                    message = worker.connection.recv()
                    if isinstance(message, Broke):
                        raise EngineError(message.reason, message.remedy)
                    if isinstance(message, Told) and isinstance(message.event, Progress):
                        self.loading = message.event
                    if isinstance(message, Loaded):
                        self._worker = worker
                        self.notes = message.notes
                        return
        except (OSError, EOFError):
            raise self._lost(worker, "while it loaded") from None
        finally:
            self.loading = None
            if self._worker is not worker:
                worker.kill()

    def stream(self, conversation: Conversation, settings: Settings, stop: Stop) -> Iterator[Event]:
        """Ask the worker and pass its events on; a worker that dies raises EngineError and is
        gone.
        """
        worker = self._worker
        if worker is None:
            raise EngineError(f"{self.model.variant} is not loaded.", "Run it again.")
        settings = settings.settled(self.model.sampling)
        self._asked += 1
        number = self._asked
        halted = False
        try:
            yield Requested(time.perf_counter())
            self._send(worker, Ask(number, conversation, settings))
            while True:
                if stop.is_set() and not halted:
                    self._send(worker, Halt(number))
                    halted = True
                if not worker.connection.poll(LISTEN_S):
                    continue
                message = worker.connection.recv()
                if isinstance(message, Broke):
                    raise EngineError(message.reason, message.remedy)
                if isinstance(message, Told) and message.number == number:
                    yield message.event
                    if isinstance(message.event, Finished):
                        return
        except (OSError, EOFError):
            raise self._lost(worker, "while it answered") from None

    def memory_bytes(self) -> int:
        """What only the worker holds (unique set size); what it shares with the other workers is
        not counted.
        """
        worker = self._worker
        return held_bytes(worker.pid) if worker is not None else 0

    def spare(self) -> None:
        """Let the worker give back what it keeps of earlier conversations."""
        worker = self._worker
        if worker is not None:
            with contextlib.suppress(OSError):
                self._send(worker, Forget())

    def close(self) -> None:
        """End the worker; all its memory is given back."""
        worker, self._worker = self._worker, None
        if worker is not None:
            worker.kill()

    def _send(self, worker: Worker, message: Ask | Halt | Forget) -> None:
        with self._sending:
            worker.connection.send(message)

    def _lost(self, worker: Worker, when: str) -> EngineError:
        self._worker = None
        words = worker.last_words()
        worker.kill()
        return EngineError(
            f"The process of {self.model.variant} {words}, {when}.",
            "Run it again: it will be started anew.",
        )
