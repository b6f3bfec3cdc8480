"""A GGUF model on this machine behind the same seam as every other: llama.cpp's server in a process of its own, asked
by the server engine.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import httpx2

from playground.engines.base import EngineError, Stop
from playground.engines.events import Event, Finished, Progress
from playground.engines.llama.order import Order
from playground.engines.llama.process import Process
from playground.engines.processes import forget_peak, held_bytes, peak_bytes
from playground.engines.server.engine import ServerEngine
from playground.engines.server.transport import client
from playground.models.device import threads
from playground.models.gguf import need
from playground.models.gguf.described import bytes_per_token, text_model
from playground.models.model import Model
from playground.models.servers import Key, Server
from playground.models.weight_files import Spoilt
from playground.prompt.conversation import Conversation, Image, Settings, Video

FREE_S = 0.35
"""How long a process may take to be free after a stop; one that reads on is ended, and loaded again when needed."""

PICTURES_OTHERWISE = (
    "llama.cpp scales pictures in its own way: it sees a little else than transformers does."
)


class LlamaEngine:
    """One GGUF model in one process of its own. `endless` answers go on to the longest that is asked for."""

    notes: tuple[str, ...] = ()

    def __init__(self, model: Model, endless: bool = False) -> None:
        self.model = model
        self._endless = endless
        self.loading: Progress | None = None
        self._process: Process | None = None
        self._client: ServerEngine | None = None

    @property
    def loaded(self) -> bool:
        """Whether the process lives and holds the model."""
        return self._client is not None and self._process is not None and self._process.alive

    def load(self, stop: Stop) -> None:
        """Start a process and let it load; raises EngineError with the reason when it can't."""
        if self.loaded:
            return
        self._start(need.TEXT_BATCH, 0, stop)

    def stream(self, conversation: Conversation, settings: Settings, stop: Stop) -> Iterator[Event]:
        """Ask the process and pass its events on. The tokens of a picture are fixed when it starts: where this question
        wants others it is started anew first.
        """
        picture = _picture_tokens(conversation, settings, self.model)
        process = self._process
        if process is not None and picture and process.order.picture != picture:
            self._start(max(need.TEXT_BATCH, picture), picture, stop)
        process, asked = self._process, self._client
        if stop.is_set() and asked is None:
            yield Finished(time.perf_counter(), "stopped")
            return
        if process is None or asked is None:
            raise EngineError(f"{self.model.title} is not loaded.", "Run it again.")
        forget_peak(process.pid)
        try:
            for event in asked.stream(
                conversation, settings.settled(self.model.sampling), _Ended(stop, process)
            ):
                if isinstance(event, Finished):
                    if event.reason == "stopped" and not stop.is_set():
                        raise self._lost(process)
                    yield self._finished(event, process, bool(picture))
                    return
                yield event
        except EngineError:
            if stop.is_set() or not process.gone():
                raise
            raise self._lost(process) from None

    def memory_bytes(self) -> int:
        """What only its process holds, the pages of the file that it mapped among them."""
        return held_bytes(self._process.pid) if self._process is not None else 0

    def spare(self) -> None:
        """Nothing is held that a load would not need again."""

    def close(self) -> None:
        """End the process; all its memory is given back."""
        asked, self._client = self._client, None
        process, self._process = self._process, None
        if asked is not None:
            asked.close()
        if process is not None:
            process.end()

    def _start(self, batch: int, picture: int, stop: Stop) -> None:
        """A process with the model in it, in the place of the one that there is. Raises EngineError."""
        self.close()
        order = self._order(batch, picture)
        process = self._process = Process(self.model.title, order)
        began = time.perf_counter()

        def tick() -> None:
            done = min(held_bytes(process.pid), self.model.bytes)
            self.loading = Progress(time.perf_counter(), "weights", done, self.model.bytes, began)

        try:
            address = process.address(stop, tick)
            if address:
                server = Server("llama.cpp", address, "llama.cpp", Key(order.key))
                self._client = ServerEngine(replace(self.model, server=server))
                self._client.load(stop)
        finally:
            self.loading = None
            if self._client is None:
                self.close()

    def _order(self, batch: int, picture: int) -> Order:
        file = self.model.path
        if file is None or not file.is_file():
            raise EngineError(
                f"The weights of {self.model.variant} ({self.model.weights}) are no longer there.",
                "Download them again, or choose other weights.",
            )
        encoders = self.model.encoders
        return Order(
            str(file),
            str(encoders) if encoders is not None else "",
            secrets.token_urlsafe(24),
            self.model.capabilities.context,
            batch,
            picture,
            threads() or 0,
            self._endless,
        )

    def _finished(self, event: Finished, process: Process, pictures: bool) -> Finished:
        """The end of an answer with what only this side knows; a process that does not let go is ended."""
        peak = peak_bytes(process.pid)
        if event.reason == "stopped" and not self._free():
            self.close()
        remarks = (*event.remarks, PICTURES_OTHERWISE) if pictures else event.remarks
        return replace(
            event,
            at=event.at,
            peak_memory_bytes=peak,
            weight_bytes_per_token=_read_per_token(self.model.path),
            remarks=remarks,
        )

    def _free(self) -> bool:
        """Whether the process has stopped computing: it answers this question between two batches."""
        assert self._client is not None
        server = self._client.model.server
        assert server is not None
        try:
            with client.questions(server) as asking:
                told = asking.get(f"{server.root}/slots", timeout=FREE_S).json()
            return not any(slot["is_processing"] for slot in told)
        except (httpx2.HTTPError, ValueError, LookupError, TypeError):
            return False

    def _lost(self, process: Process) -> EngineError:
        error = process.lost("while it answered")
        self.close()
        return error


class _Ended:
    """Asks to stop when somebody did, or when there is no process any more that could answer."""

    def __init__(self, stop: Stop, process: Process) -> None:
        self._stop = stop
        self._process = process

    def is_set(self) -> bool:
        return self._stop.is_set() or not self._process.alive


def _picture_tokens(conversation: Conversation, settings: Settings, model: Model) -> int:
    """How many tokens each picture of a conversation takes: all have the same, and a clip's frames where there are only
    clips; 0 where there are none.
    """
    parts = list(conversation.media())
    if any(isinstance(part, Image) for part in parts):
        return settings.image_tokens or model.capabilities.image_tokens
    return max((part.frame_tokens for part in parts if isinstance(part, Video)), default=0)


def _read_per_token(file: Path | None) -> int | None:
    """Bytes of the weights that a token reads, from the file's header; None where it is gone meanwhile."""
    try:
        return bytes_per_token(text_model(file)) if file is not None else None
    except Spoilt:
        return None
