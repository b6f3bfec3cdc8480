"""Answers on their way from servers: one thread receives them all, each reader takes what came for it in batches.

A piece is stamped when its bytes arrive, however late its reader looks. Knows requests and the data of events, and
nothing of answers.
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from queue import Empty, SimpleQueue
from typing import Any

import httpx2

from playground.engines.base import Stop
from playground.engines.events import Requested
from playground.engines.server.transport.sse import Events, TooMuch

LISTEN_S = 0.1
"""How long to listen before asking again whether to stop."""

BREATH_S, LONGEST_BREATH_S = 0.002, 0.1
"""How long a reader leaves what comes lying, for each stream that is open: all of them together wake five hundred times
a second, and each of them ten times at least.
"""

WAITING_BYTES = 1_000_000
"""Of one stream, not yet read: more is left in the network."""

BODY_BYTES, BODY_S = 64_000, 5.0
"""How much of a refusal is read, and for how long."""

DRAIN_S = 1.0
"""How long the end of a stream is waited for after its last event, so that its connection can be used again."""

ENCODINGS = frozenset({"", "identity", "gzip", "deflate"})
"""Compressions that are undone though nobody asked for them, in pieces of a bounded size."""


@dataclass(frozen=True, slots=True)
class Patience:
    """How long a server may take, in seconds, and how much it may send, in bytes. None: as long as somebody watches.

    `first_token_s` counts until the first text, `silence_s` between two pieces with text; a sign of life from the
    server makes either begin anew. `line_bytes` is one event of the stream, `stream_bytes` all of it.
    """

    connect_s: float = 10.0
    first_token_s: float | None = None
    silence_s: float | None = None
    line_bytes: int = 16_000_000
    stream_bytes: int = 64_000_000


class Silent(Exception):
    """A server took longer than it may; `first` tells that nothing had come yet."""

    def __init__(self, seconds: float, first: bool) -> None:
        super().__init__(f"silent for {seconds:g} s")
        self.seconds = seconds
        self.first = first


class Dropped(Exception):
    """The connection broke while the answer was read."""


class Halted(Exception):
    """Somebody asked to stop."""


class NoStream(Exception):
    """What came back is no stream of events: its media type, or how it was compressed, and how it begins."""

    def __init__(self, kind: str, body: str = "") -> None:
        super().__init__(kind)
        self.kind = kind
        self.body = body


class Refusal(Exception):
    """A status that is no success, with what the server said and how many seconds it asked to be left alone."""

    def __init__(self, status: int, body: str, retry_after: str = "") -> None:
        super().__init__(f"status {status}")
        self.status = status
        self.body = body
        self.retry_after = retry_after


Item = Requested | tuple[float, bytes] | BaseException | None
"""What the receiving thread hands on: that the request goes out, bytes with their moment, a fault, the end."""


class Receiver:
    """The thread that receives; an event loop runs in it."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._open: set[asyncio.Task[None]] = set()
        threading.Thread(target=self._loop.run_forever, name="streams", daemon=True).start()

    def send(
        self, client: httpx2.AsyncClient, url: str, body: bytes, patience: Patience
    ) -> Incoming:
        """Post a request. Returns at once; what comes back is the caller's to read."""
        incoming = Incoming(self, patience)
        receiving = self._receive(client, url, body, incoming)
        incoming.task = asyncio.run_coroutine_threadsafe(receiving, self._loop)
        return incoming

    def later(self, seconds: float, do: Callable[[], Any]) -> None:
        """Do something small in so many seconds."""
        self._loop.call_soon_threadsafe(self._loop.call_later, seconds, do)

    def close(self, client: httpx2.AsyncClient) -> None:
        """Close every connection that a client keeps."""
        asyncio.run_coroutine_threadsafe(client.aclose(), self._loop).result(timeout=10)

    def breath(self) -> float:
        """Seconds that a reader leaves what comes lying."""
        return min(BREATH_S * len(self._open), LONGEST_BREATH_S)

    async def _receive(
        self, client: httpx2.AsyncClient, url: str, body: bytes, incoming: Incoming
    ) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._open.add(task)
        try:
            await _read(client, url, body, incoming)
            incoming.put(None)
        except Exception as error:
            incoming.put(error)
        finally:
            self._open.discard(task)


class Incoming:
    """One answer on its way. `done` tells that the server said that this was all."""

    def __init__(self, receiver: Receiver, patience: Patience) -> None:
        self.patience = patience
        self.done = False
        self.task: Any = None
        self._receiver = receiver
        self._items: SimpleQueue[Item] = SimpleQueue()
        self._came = self._taken = 0

    def put(self, item: Item) -> None:
        """For the receiving thread."""
        if isinstance(item, tuple):
            self._came += len(item[1])
        self._items.put(item)

    @property
    def crowded(self) -> bool:
        """Whether its reader is behind."""
        return self._came - self._taken > WAITING_BYTES

    def pieces(
        self, stop: Stop, spoke: Callable[[], bool]
    ) -> Iterator[Requested | tuple[float, bytes]]:
        """The moment when the request went out, then the data of each event with the moment when it came.

        `spoke` tells whether the pieces so far brought any text since it was last asked. The connection is closed in
        the end. Raises Halted, Silent, Dropped, TooMuch, NoStream, Refusal, and what the client raises.
        """
        events, deadline = Events(self.patience.line_bytes), _Deadline(self.patience)
        at = 0.0
        try:
            while True:
                for item in self._batch(stop, deadline):
                    if isinstance(item, Requested):
                        yield item
                        continue
                    if isinstance(item, BaseException):
                        raise item
                    pings = events.pings
                    if item is not None:
                        at = item[0]
                        self._taken += len(item[1])
                    for data in events.rest() if item is None else events.take(item[1]):
                        if data == b"[DONE]":
                            self.done = True
                            return
                        yield at, data
                    if item is None:
                        return
                    deadline.renew(spoke(), events.pings > pings)
                time.sleep(self._receiver.breath())
        finally:
            # Cancelling closes the connection; one that came to its end can be used again.
            self._receiver.later(DRAIN_S if self.done else 0, self.task.cancel)

    def _batch(self, stop: Stop, deadline: _Deadline) -> list[Item]:
        """All that is there, once there is something."""
        while True:
            if stop.is_set():
                raise Halted
            try:
                batch = [self._items.get(timeout=min(deadline.left(), LISTEN_S))]
                break
            except Empty:
                continue
        while not self._items.empty():
            batch.append(self._items.get_nowait())
        return batch


class _Deadline:
    """When the next text must have come."""

    def __init__(self, patience: Patience) -> None:
        self._patience = patience
        self._first = True
        self._since = time.monotonic()

    def renew(self, text: bool, life: bool) -> None:
        """Text has come, or a sign of life."""
        if text or life:
            self._first, self._since = self._first and not text, time.monotonic()

    def left(self) -> float:
        """Seconds until it is too late; raises Silent when it is."""
        allowed = self._patience.first_token_s if self._first else self._patience.silence_s
        if allowed is None:
            return LISTEN_S
        left = self._since + allowed - time.monotonic()
        if left <= 0:
            raise Silent(allowed, self._first)
        return left


async def _read(client: httpx2.AsyncClient, url: str, body: bytes, incoming: Incoming) -> None:
    """Send the request and hand on what comes. Raises what `Incoming.pieces` raises."""

    async def trace(name: str, _: object) -> None:
        # The connection stands now: what it took to make it is in no figure. A proxy gets a request of its own first.
        if name.endswith(".send_request_headers.started"):
            incoming.put(Requested(time.perf_counter()))

    async with client.stream("POST", url, content=body, extensions={"trace": trace}) as response:
        encoding = response.headers.get("content-encoding", "").strip().lower()
        if encoding not in ENCODINGS:
            raise NoStream(encoding)
        if not response.is_success:
            retry_after = response.headers.get("retry-after", "")
            raise Refusal(response.status_code, await _beginning(response), retry_after)
        kind = response.headers.get("content-type", "").partition(";")[0].strip()
        if kind.lower() != "text/event-stream":
            raise NoStream(kind, await _beginning(response))
        total = 0
        try:
            async for data in response.aiter_bytes():
                incoming.put((time.perf_counter(), data))
                total += len(data)
                if total > incoming.patience.stream_bytes:
                    raise TooMuch
                while incoming.crowded:
                    await asyncio.sleep(0.005)
        except httpx2.DecodingError:
            raise NoStream(encoding) from None
        except httpx2.HTTPError as error:
            raise Dropped from error
        if not total and encoding:
            raise NoStream(encoding)


async def _beginning(response: httpx2.Response) -> str:
    """How a reply that is no answer begins."""
    held = bytearray()
    try:
        async with asyncio.timeout(BODY_S):
            async for data in response.aiter_bytes():
                held += data
                if len(held) > BODY_BYTES:
                    break
    except (TimeoutError, httpx2.HTTPError):
        pass  # what came is what there is
    return bytes(held[:BODY_BYTES]).decode("utf-8", "replace")


def receiver() -> Receiver:
    """The one of this process, started when the first server is asked."""
    with _starting:
        return _receiver()


@cache
def _receiver() -> Receiver:
    return Receiver()


_starting = threading.Lock()
