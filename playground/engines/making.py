"""The engines of a running program: which class a model gets, and what they share, begun once somebody wants it."""

from __future__ import annotations

from collections.abc import Iterable

from playground.engines.base import Engine
from playground.engines.local import LocalEngine
from playground.engines.workers import Workers
from playground.models.model import Model


class Engines:
    """Makes them. `silence_s` is how long a server may be silent; None: as long as somebody watches."""

    def __init__(self, silence_s: float | None = None) -> None:
        self._silence_s = silence_s
        self._workers = Workers()
        self._host_wanted = self._courier_wanted = False

    def make(self, model: Model) -> Engine:
        """The engine of a model, which is not loaded yet."""
        if model.runtime == "llama.cpp":
            from playground.engines.llama.engine import LlamaEngine  # with the client below

            return LlamaEngine(model)
        if model.server is None:
            return LocalEngine(model, self._workers)
        # An HTTP client, if it is needed.
        from playground.engines.server.engine import ServerEngine
        from playground.engines.server.transport.wire import Patience

        silence = self._silence_s
        return ServerEngine(model, Patience(first_token_s=silence, silence_s=silence))

    def expect(self, models: Iterable[Model]) -> None:
        """Somebody chose these: what those on this machine and those on servers need begins to get ready. Returns at
        once.
        """
        chosen = tuple(models)
        if not self._host_wanted and any(map(_needs_host, chosen)):
            self._host_wanted = True
            self._workers.start()
        if not self._courier_wanted and any(model.server is not None for model in chosen):
            self._courier_wanted = True
            from playground.engines.server.transport.receiver import receiver

            receiver().start()

    def fault(self) -> str:
        """Why none of this machine's could be started now, in a sentence; nothing when all is well."""
        return self._workers.fault()

    def close(self) -> None:
        """End what they share."""
        self._workers.close()


def _needs_host(model: Model) -> bool:
    """Whether it runs in a process that the host forks: llama.cpp has processes of its own."""
    return model.engine == "local" and model.runtime == "transformers"
