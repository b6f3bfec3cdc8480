"""One line to a server: a client and the connection that it keeps, driven step by step by the thread that listens.

The event loop runs only while that thread waits, so stopping is a cancelled task and a closed connection, and no
second thread is needed. Knows requests and pieces of a stream, and nothing of answers.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from ssl import SSLContext
from typing import TYPE_CHECKING, Any, TypeVar

import httpx2

from playground.engines.base import Stop
from playground.models.servers import Server

if TYPE_CHECKING:
    from openai import AsyncStream
    from openai.types.chat import ChatCompletionChunk

T = TypeVar("T")

LISTEN_S = 0.05
"""How long to listen before asking again whether to stop."""

HEADERS = frozenset({b"host", b"accept", b"connection", b"content-length", b"content-type"})
"""What goes to a server besides the key: nothing that the environment or the client would like to add, and no offer to
take compressed answers, whose size nobody could bound.
"""

KEPT_S = 60.0
"""How long a connection that nobody uses is kept."""


@dataclass(frozen=True, slots=True)
class Patience:
    """How long a server may take, in seconds, and how much it may send, in bytes.

    `first_token_s` is long: a server may have to load the model. `silence_s` counts between pieces with text.
    `line_bytes` is one event of the stream, `stream_bytes` all of it.
    """

    connect_s: float = 10.0
    first_token_s: float = 300.0
    silence_s: float = 60.0
    line_bytes: int = 16_000_000
    stream_bytes: int = 64_000_000


class TooMuch(Exception):
    """A server sent more than any answer needs."""


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
    """What came back is no stream of events: its media type."""


class Line:
    """One conversation partner at a time; not for two threads at once."""

    def __init__(self, server: Server, patience: Patience) -> None:
        from openai import AsyncOpenAI  # takes half a second to import
        from openai.types.chat import ChatCompletionChunk

        self._patience = patience
        self._runner = asyncio.Runner()
        self._loop = self._runner.get_loop()
        self._client = AsyncOpenAI(
            base_url=server.url,
            api_key="set by the transport",
            max_retries=0,
            http_client=httpx2.AsyncClient(
                transport=_Guarded(server, patience),
                timeout=httpx2.Timeout(None, connect=patience.connect_s),
                follow_redirects=False,
            ),
        )
        # What the client makes at its first use would otherwise count in the first answer's TTFT.
        self._completions = self._client.chat.completions
        ChatCompletionChunk.model_rebuild(force=True)

    def pieces(
        self, arguments: Mapping[str, Any], stop: Stop, spoke: Callable[[], bool]
    ) -> Iterator[tuple[float, ChatCompletionChunk]]:
        """Send the request and give each piece of the answer with its moment; the connection is closed in the end.

        `spoke` tells whether the pieces so far brought any text since it was last asked. Raises Halted, Silent,
        Dropped, TooMuch, NoStream, and what the client raises.
        """
        from openai import APIConnectionError

        deadline = _Deadline(self._patience)
        stream: AsyncStream[ChatCompletionChunk] | None = None
        try:
            stream = self._wait(self._completions.create(**arguments), stop, deadline)
            kind = stream.response.headers.get("content-type", "")
            if not kind.startswith("text/event-stream"):
                raise NoStream(kind.partition(";")[0])
            while True:
                try:
                    piece = self._wait(_next(stream), stop, deadline)
                except StopAsyncIteration:
                    return
                except APIConnectionError as error:
                    raise Dropped from error
                yield piece
                if spoke():
                    deadline.renew()
        finally:
            if stream is not None and not self._loop.is_closed():
                self._loop.run_until_complete(stream.close())

    def close(self) -> None:
        """Close the connection that was kept."""
        if not self._loop.is_closed():
            self._loop.run_until_complete(self._client.close())
            self._runner.close()

    def _wait(self, coming: Awaitable[T], stop: Stop, deadline: _Deadline) -> T:
        task = asyncio.ensure_future(coming, loop=self._loop)
        try:
            while not task.done():
                if stop.is_set():
                    raise Halted
                left = deadline.left()
                self._loop.run_until_complete(asyncio.wait({task}, timeout=min(left, LISTEN_S)))
            return task.result()
        finally:
            if not task.done():
                task.cancel()
                self._loop.run_until_complete(asyncio.wait({task}))


class _Deadline:
    """When the next text must have come."""

    def __init__(self, patience: Patience) -> None:
        self._silence_s = patience.silence_s
        self._allowed = patience.first_token_s
        self._first = True
        self._since = time.monotonic()

    def renew(self) -> None:
        """Text has come."""
        self._first, self._allowed, self._since = False, self._silence_s, time.monotonic()

    def left(self) -> float:
        """Seconds until it is too late; raises Silent when it is."""
        left = self._since + self._allowed - time.monotonic()
        if left <= 0:
            raise Silent(self._allowed, self._first)
        return left


async def _next(stream: AsyncStream[ChatCompletionChunk]) -> tuple[float, ChatCompletionChunk]:
    """The next piece, stamped when it is there."""
    piece = await anext(stream)
    return time.perf_counter(), piece


class _Guarded(httpx2.AsyncHTTPTransport):
    """Sends the key to its own server only, nothing that the environment adds, and reads no more than is allowed."""

    def __init__(self, server: Server, patience: Patience) -> None:
        super().__init__(verify=certificates(), limits=httpx2.Limits(keepalive_expiry=KEPT_S))
        self._server = server
        self._patience = patience

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        kept = [(name, value) for name, value in request.headers.raw if name.lower() in HEADERS]
        if self._server.key:
            kept.append((b"authorization", b"Bearer " + self._server.key.reveal().encode()))
        request.headers = httpx2.Headers(kept)
        response = await super().handle_async_request(request)
        if "content-encoding" in response.headers:
            await response.aclose()
            raise NoStream(response.headers["content-encoding"])
        response.stream = _Bounded(response.stream, self._patience)
        return response


class _Bounded(httpx2.AsyncByteStream):
    """A body that ends in TooMuch when it, or one line of it, becomes too long."""

    def __init__(self, body: Any, patience: Patience) -> None:
        self._body, self._patience = body, patience

    async def __aiter__(self) -> AsyncIterator[bytes]:
        total = line = 0
        async for data in self._body:
            total += len(data)
            last = data.rfind(b"\n")
            line = line + len(data) if last < 0 else len(data) - last - 1
            if total > self._patience.stream_bytes or line > self._patience.line_bytes:
                raise TooMuch
            yield data

    async def aclose(self) -> None:
        await self._body.aclose()


@lru_cache(maxsize=1)
def certificates() -> SSLContext:
    """The authorities that are trusted, read once: it takes tens of milliseconds."""
    return httpx2.create_ssl_context()
