"""The process that receives answers from servers: one event loop reads them all and hands on what came in batches.

`python -m playground.engines.server.transport.courier`: orders come in by its standard input, batches leave by its
standard output, both pickled; it ends when nobody orders any more. A piece is stamped when its bytes arrive here,
however late somebody looks. In a process of its own the reading of two hundred streams takes no time from those who
draw them.
"""

from __future__ import annotations

import asyncio
import os
import pickle
import socket
import ssl
import sys
import threading
import time
import zlib
from io import BytesIO
from queue import SimpleQueue
from types import SimpleNamespace
from typing import BinaryIO

import aiohttp

from playground.engines.events import Requested
from playground.engines.server.transport.inflating import ENCODINGS, Inflating
from playground.engines.server.transport.parcel import (
    WAITING_BYTES,
    Batch,
    Closed,
    Dropped,
    Forget,
    Item,
    Late,
    Leave,
    NoStream,
    Order,
    Post,
    Refusal,
    Taken,
    Unreached,
    Way,
)
from playground.engines.server.transport.sse import TooMuch

EACH_S, LONGEST_S = 0.0005, 0.04
"""How long what came is gathered before it is handed on, for each stream that is open, and at most."""

BODY_BYTES, BODY_S = 64_000, 5.0
"""How much of a refusal is read, and for how long."""

KEPT_S = 60.0
"""How long a connection that nobody uses is kept."""

ALIVE = tuple(
    (socket.IPPROTO_TCP, getattr(socket, name), value)
    for name, value in (("TCP_KEEPIDLE", 30), ("TCP_KEEPINTVL", 15), ("TCP_KEEPCNT", 4))
    if hasattr(socket, name)
)
"""A machine that went away without a word is noticed after a minute and a half, however patient the reader is."""

OURS = (Dropped, NoStream, Refusal, TooMuch)


class Courier:
    """Everything that is on its way; lives in the event loop."""

    def __init__(self, batches: SimpleQueue[Batch]) -> None:
        self._loop = asyncio.get_running_loop()
        self._batches = batches
        self._batch: Batch = []
        self._clients: dict[Way, aiohttp.ClientSession] = {}
        self._open: dict[int, asyncio.Task[None]] = {}
        self._untaken: dict[int, int] = {}
        self._closing: set[asyncio.Task[None]] = set()

    def take(self, order: Order) -> None:
        """Do what was ordered."""
        match order:
            case Post(id):
                self._untaken[id] = 0
                self._open[id] = self._loop.create_task(self._receive(order))
            case Taken(id, count) if id in self._open:
                self._untaken[id] -= count
            case Leave(id, seconds) if id in self._open:
                self._loop.call_later(seconds, self._open[id].cancel)
            case Forget(way) if way in self._clients:
                closing = self._loop.create_task(self._clients.pop(way).close())
                self._closing.add(closing)
                closing.add_done_callback(self._closing.discard)

    async def close(self) -> None:
        """Close every connection."""
        for client in self._clients.values():
            await client.close()

    def _put(self, id: int, item: Item) -> None:
        if not self._batch:
            self._loop.call_later(min(EACH_S * len(self._open), LONGEST_S), self._hand_on)
        self._batch.append((id, item))

    def _hand_on(self) -> None:
        self._batches.put(self._batch)
        self._batch = []

    async def _receive(self, post: Post) -> None:
        try:
            await self._read(post)
            self._put(post.id, None)
        except Exception as error:
            self._put(post.id, _fault(error))
        finally:
            del self._open[post.id], self._untaken[post.id]

    async def _read(self, post: Post) -> None:
        """Send the request and hand on what comes. Raises OURS, and what the client raises."""
        id, way = post.id, post.way
        client = self._clients.get(way) or self._made(way)
        async with client.post(
            post.url,
            data=BytesIO(post.body),
            proxy=way.proxy or None,
            allow_redirects=False,
            trace_request_ctx=id,
        ) as response:
            encoding = response.headers.get("content-encoding", "").strip().lower()
            if encoding not in ENCODINGS:
                raise NoStream(encoding)
            inflating = Inflating(encoding)
            if not 200 <= response.status < 300:
                retry_after = response.headers.get("retry-after", "")
                said = response.headers.get("location", "") if response.status < 400 else ""
                said = said or await _beginning(response, inflating)
                raise Refusal(response.status, said, retry_after)
            kind = response.headers.get("content-type", "").partition(";")[0].strip()
            if kind.lower() != "text/event-stream":
                raise NoStream(kind, await _beginning(response, inflating))
            total = 0
            try:
                async for data in response.content.iter_any():
                    at = time.perf_counter()
                    for piece in inflating.take(data):
                        self._put(id, (at, piece))
                        self._untaken[id] += len(piece)
                        total += len(piece)
                        if total > post.most_bytes:
                            raise TooMuch
                        while self._untaken[id] > WAITING_BYTES:
                            await asyncio.sleep(0.005)
            except zlib.error:
                raise NoStream(encoding) from None
            except (aiohttp.ClientError, OSError) as error:
                raise Dropped from error
            if not total and encoding:
                raise NoStream(encoding)

    def _made(self, way: Way) -> aiohttp.ClientSession:
        """A client for a way: besides the key it sends only what HTTP needs, nothing of the environment."""
        tracing = aiohttp.TraceConfig()
        tracing.on_request_headers_sent.append(self._requested)
        key = {"authorization": f"Bearer {way.key}"} if way.key else {}
        client = self._clients[way] = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(
                limit=0,  # a limit here would be a line that nobody sees
                keepalive_timeout=KEPT_S,
                ssl=_trusting(way),
                socket_factory=_socket,
            ),
            timeout=aiohttp.ClientTimeout(total=None, connect=way.connect_s),
            headers={"content-type": "application/json", **key},
            skip_auto_headers=("accept", "accept-encoding", "user-agent"),
            cookie_jar=aiohttp.DummyCookieJar(),
            auto_decompress=False,
            trace_configs=[tracing],
        )
        return client

    async def _requested(self, _: object, context: SimpleNamespace, told: object) -> None:
        # The connection stands now: what it took to make it is in no figure.
        self._put(context.trace_request_ctx, Requested(time.perf_counter()))


async def _beginning(response: aiohttp.ClientResponse, inflating: Inflating) -> str:
    """How a reply that is no answer begins."""
    held = bytearray()
    try:
        async with asyncio.timeout(BODY_S):
            async for data in response.content.iter_any():
                for piece in inflating.take(data):
                    held += piece
                    if len(held) > BODY_BYTES:
                        break
                if len(held) > BODY_BYTES:
                    break
    except (TimeoutError, zlib.error, aiohttp.ClientError):
        pass  # what came is what there is
    return bytes(held[:BODY_BYTES]).decode("utf-8", "replace")


def _fault(error: Exception) -> Exception:
    """A client's error as one that the page's process knows."""
    match error:
        case _ if isinstance(error, OURS):
            return type(error)(*error.args)
        case TimeoutError():
            return Late()
        case aiohttp.ClientConnectorError() | aiohttp.ClientSSLError():
            return Unreached.out_of(error)
        case aiohttp.ClientHttpProxyError() | aiohttp.InvalidURL() | UnicodeError():
            return Unreached()
        case aiohttp.ClientError() | OSError():
            return Closed()
    return RuntimeError(repr(error))


def _trusting(way: Way) -> bool | ssl.SSLContext:
    """Whose certificates are trusted: those that the environment of the page's process named when it asked."""
    if way.certificates is None:
        return True
    file, folder = way.certificates
    if file:
        return ssl.create_default_context(cafile=file)
    if folder:
        return ssl.create_default_context(capath=folder)
    import httpx2  # it looks at servers, too, and both must trust the same

    return httpx2.create_ssl_context(trust_env=False)


def _socket(address: tuple[int, int, int, str, tuple[object, ...]]) -> socket.socket:
    """One that notices when the other machine went away."""
    family, kind, protocol, _, _ = address
    made = socket.socket(family, kind, protocol)
    made.setblocking(False)
    for option in ((socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1), *ALIVE):
        made.setsockopt(*option)
    return made


async def _run(orders: BinaryIO, out: BinaryIO) -> None:
    loop, over = asyncio.get_running_loop(), asyncio.Event()
    batches: SimpleQueue[Batch] = SimpleQueue()
    courier = Courier(batches)

    def listen() -> None:
        try:
            while True:
                loop.call_soon_threadsafe(courier.take, pickle.load(orders))
        except EOFError:
            loop.call_soon_threadsafe(over.set)

    def write() -> None:
        while True:
            pickle.dump(batches.get(), out, pickle.HIGHEST_PROTOCOL)
            out.flush()

    for work in (listen, write):
        threading.Thread(target=work, name=work.__name__, daemon=True).start()
    await over.wait()
    await courier.close()


def main() -> None:
    """Until standard input ends."""
    orders, out = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a library prints must not get between the batches
    try:
        asyncio.run(_run(orders, out))
    finally:
        os._exit(0)  # nobody is left for whom anything could be ended well


if __name__ == "__main__":
    main()
