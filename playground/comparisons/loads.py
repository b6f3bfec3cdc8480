"""Models that somebody wants in memory before they are asked anything, brought there in the background."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable

from playground.comparisons.pool import Pool, Stopped
from playground.engines.base import EngineError
from playground.models.model import Model


class Loads:
    """`faults` are those of models that could not be loaded; `expect` gets ready what a model needs."""

    def __init__(self, pool: Pool, expect: Callable[[Iterable[Model]], None]) -> None:
        self.faults: dict[Model, EngineError] = {}
        self._pool = pool
        self._expect = expect
        self._stops: dict[Model, threading.Event] = {}

    def begin(self, model: Model) -> None:
        """Bring a model into memory. Returns at once."""
        self.faults.pop(model, None)
        self._expect((model,))
        stop = self._stops[model] = threading.Event()

        def load() -> None:
            try:
                self._pool.load(model, stop)
            except EngineError as error:
                self.faults[model] = error
            except Stopped:
                pass  # somebody cancelled it
            finally:
                if self._stops.get(model) is stop:
                    del self._stops[model]

        threading.Thread(target=load, name=f"loading {model.variant}", daemon=True).start()

    def cancel(self, model: Model) -> None:
        """Give up loading a model."""
        if (stop := self._stops.get(model)) is not None:
            stop.set()
