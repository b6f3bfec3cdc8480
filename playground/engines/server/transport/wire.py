"""One answer on its way from a server: the data of its events, as long as it may take and somebody wants it.

A piece is stamped when its bytes arrive, however late its reader looks. Knows the data of events, nothing of answers.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

from playground.engines.base import Stop
from playground.engines.events import Requested
from playground.engines.server.transport.parcel import Item, Way
from playground.engines.server.transport.receiver import Parcels, receiver
from playground.engines.server.transport.sse import Events

LISTEN_S = 0.1
"""How long to listen before asking again whether to stop."""

Heard = Literal["text", "life", ""]
"""What some pieces brought: text, another sign that the server is at work, or neither."""

DRAIN_S = 1.0
"""How long the end of a stream is waited for after its last event, so that its connection can be used again."""


@dataclass(frozen=True, slots=True)
class Patience:
    """How long a server may take, in seconds, and how much it may send, in bytes. None: as long as somebody watches.

    `first_token_s` counts from the request to the first text, `silence_s` between two pieces with text; a sign of life
    from the server makes either begin anew. `line_bytes` is one event of the stream, `stream_bytes` all of it.
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


class Halted(Exception):
    """Somebody asked to stop."""


def send(way: Way, url: str, body: bytes, patience: Patience) -> Incoming:
    """Post a request. Returns at once; what comes back is the caller's to read."""
    return Incoming(receiver().post(way, url, body, patience.stream_bytes), patience)


class Incoming:
    """One answer on its way. `done` tells that the server said that this was all, `over` that nothing more can come:
    what is still told then may have been cut.
    """

    def __init__(self, parcels: Parcels, patience: Patience) -> None:
        self.patience = patience
        self.done = self.over = False
        self._parcels = parcels

    def pieces(
        self, stop: Stop, heard: Callable[[], Heard]
    ) -> Iterator[Requested | tuple[float, bytes]]:
        """The moment when the request went out, then the data of each event with the moment when it came.

        `heard` tells what the pieces brought since it was last asked. The connection is closed in
        the end. Raises Halted, Silent, and the faults of `parcel`.
        """
        events, deadline = Events(self.patience.line_bytes), _Deadline(self.patience)
        at = 0.0
        try:
            while True:
                for item in self._batch(stop, deadline):
                    if isinstance(item, Requested):
                        deadline.begin()
                        yield item
                        continue
                    if isinstance(item, BaseException):
                        raise item
                    pings = events.pings
                    if item is not None:
                        at = item[0]
                    self.over = item is None
                    for data in events.rest() if item is None else events.take(item[1]):
                        if data.strip() == b"[DONE]":
                            self.done = True
                            return
                        yield at, data
                    if item is None:
                        return
                    brought = heard()
                    deadline.renew(brought == "text", bool(brought) or events.pings > pings)
                time.sleep(self._parcels.breath())
        finally:
            # One that came to its end can be used again.
            self._parcels.leave(DRAIN_S if self.done else 0)

    def _batch(self, stop: Stop, deadline: _Deadline) -> list[Item]:
        """All that is there, once there is something."""
        while True:
            if stop.is_set():
                raise Halted
            if batch := self._parcels.all(min(deadline.left(), LISTEN_S)):
                return batch


class _Deadline:
    """When the next text must have come."""

    def __init__(self, patience: Patience) -> None:
        self._patience = patience
        self._first = True
        self._since = float("inf")  # the way to the connection has a limit of its own

    def begin(self) -> None:
        """The request has gone out."""
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
