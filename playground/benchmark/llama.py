"""The third column: llama.cpp on a GGUF file, asked through the engine that the page uses."""

from __future__ import annotations

import threading
import time
from types import TracebackType

from playground.benchmark.task import Run, Task
from playground.engines.base import EngineError
from playground.engines.events import Chunk, Finished, Requested
from playground.engines.llama.engine import LlamaEngine
from playground.models.model import Model
from playground.prompt.conversation import Conversation, Settings


class Llama:
    """A loaded GGUF model; `load_s` is how long that took, `peak_bytes` what its process held at most in an answer."""

    def __init__(self, model: Model) -> None:
        self._engine = LlamaEngine(model, endless=True)
        self.peak_bytes = 0
        began = time.perf_counter()
        self._engine.load(threading.Event())
        self.load_s = time.perf_counter() - began

    def __enter__(self) -> Llama:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._engine.close()

    def ask(self, task: Task, number: int) -> Run:
        """One answer. The prompt begins with its number, so that nothing of it is known from the last one.

        Raises EngineError where the answer is shorter than asked for.
        """
        parts = () if task.part is None else (task.part,)
        asked = Conversation.ask(f"{number}. {task.prompt}", parts)
        settings = Settings(temperature=0, max_tokens=task.tokens)
        events = list(self._engine.stream(asked, settings, threading.Event()))
        (requested,) = [event for event in events if isinstance(event, Requested)]
        stamps = [event.at for event in events if isinstance(event, Chunk) and event.text]
        last = events[-1]
        assert isinstance(last, Finished)
        if last.output is None or last.output.total < task.tokens or len(stamps) < 2:
            raise EngineError("llama.cpp ended its answer before the length that was asked for.")
        self.peak_bytes = max(self.peak_bytes, last.peak_memory_bytes or 0)
        read = last.prompt.total - (last.prompt.cached or 0) if last.prompt else 0
        return Run(
            stamps[0] - requested.at,
            (last.output.total - 1) / (stamps[-1] - stamps[0]),
            read / last.prefill_s if last.prefill_s else 0.0,
        )
