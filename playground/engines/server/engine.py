"""A model on a server, behind the same seam as one on this machine."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator

from playground import tokens
from playground.conversation import Conversation, Settings
from playground.engines.base import EngineError, Model, Stop
from playground.engines.server.faults import may_try_again, sentence
from playground.engines.server.profiles import PROFILES
from playground.engines.server.reply import Reply
from playground.engines.server.request import request
from playground.engines.server.wire import Halted, Line, Patience
from playground.events import Chunk, Event, Finished, Requested

MOST_CHARACTERS = 2_000_000
"""Of one answer: some sixty times what the longest one needs."""

SLACK = 4
"""A server that sends more than so many times the pieces that it may make tokens does not count."""


class ServerEngine:
    """One model of one server. May answer several at once: each has a line of its own."""

    notes: tuple[str, ...] = ()
    loading = None

    def __init__(self, model: Model, patience: Patience | None = None) -> None:
        if model.server is None:
            raise ValueError("a model of the server engine names its server")
        self.model = model
        self._server = model.server
        self._patience = patience or Patience()
        self._profile = PROFILES[self._server.kind or "other"]
        self._idle: list[Line] = []
        self._changing = threading.Lock()

    @property
    def loaded(self) -> bool:
        """Whether a line is ready; the model's weights are the server's affair."""
        return bool(self._idle)

    def load(self, stop: Stop) -> None:
        """Make a line ready. What the server has to load counts in TTFT: it can't be told apart."""
        if not self._idle:
            self._give_back(Line(self._server, self._patience))

    def stream(self, conversation: Conversation, settings: Settings, stop: Stop) -> Iterator[Event]:
        """Send the request and pass the answer on. A try that fails before the first token may be made again; each
        begins with its own `Requested`.
        """
        arguments = request(conversation, settings, self.model.weights, self._profile)
        line = self._take()
        tries = 0
        try:
            while True:
                yield Requested(time.perf_counter())
                heard = False
                try:
                    for event in self._listen(line, arguments, conversation, settings, stop):
                        heard = heard or isinstance(event, Chunk)
                        yield event
                    return
                except Halted:
                    yield Finished(time.perf_counter(), "stopped")
                    return
                except Exception as error:
                    tries += 1
                    wait = None if heard else may_try_again(error, tries)
                    if wait is None:
                        raise sentence(error, self._server, self.model.weights) from None
                if not _rest(wait, stop):
                    yield Finished(time.perf_counter(), "stopped")
                    return
        finally:
            self._give_back(line)

    def memory_bytes(self) -> int:
        """Nothing of it is on this side."""
        return 0

    def close(self) -> None:
        """Close every connection that is kept."""
        with self._changing:
            lines, self._idle = self._idle, []
        for line in lines:
            line.close()

    def _listen(
        self,
        line: Line,
        arguments: dict[str, object],
        conversation: Conversation,
        settings: Settings,
        stop: Stop,
    ) -> Iterator[Event]:
        """One try."""
        reply = Reply()
        spoken = characters = pieces = 0
        at = time.perf_counter()

        def spoke() -> bool:
            nonlocal spoken
            before, spoken = spoken, characters
            return characters > before

        for at, piece in line.pieces(arguments, stop, spoke):
            for chunk in reply.take(piece, at):
                characters += len(chunk.text)
                pieces += bool(chunk.text)
                yield chunk
            if characters > MOST_CHARACTERS or pieces > SLACK * settings.max_tokens + 64:
                raise EngineError(
                    f"{self._server.name} went on far beyond the {settings.max_tokens:,} tokens that it was asked for; "
                    "the rest was cut off.",
                    "Something is wrong with this server: look at its log.",
                )
        yield from reply.rest(at)
        if reply.reason is None:
            raise EngineError(
                f"{self._server.name} {'broke off' if characters else 'ended'} without an end to its answer.",
                "Run it again, and look at the server's log if it happens again.",
            )
        foreseen = tokens.count(conversation, settings, self.model)
        yield reply.finished(time.perf_counter(), reply.reason, foreseen)

    def _take(self) -> Line:
        with self._changing:
            if self._idle:
                return self._idle.pop()
        return Line(self._server, self._patience)

    def _give_back(self, line: Line) -> None:
        with self._changing:
            self._idle.append(line)


def _rest(seconds: float, stop: Stop) -> bool:
    """Wait; False when asked to stop meanwhile."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if stop.is_set():
            return False
        time.sleep(0.05)
    return True
