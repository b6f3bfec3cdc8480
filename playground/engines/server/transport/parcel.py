"""What goes between the page's process and the courier: requests one way, what came for them the other way, and faults.

Plain facts that can be pickled. Knows no HTTP.
"""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from dataclasses import dataclass, field

from playground.engines.events import Requested

WAITING_BYTES = 1_000_000
"""Of one stream, not yet read: more is left in the network."""


@dataclass(frozen=True, slots=True)
class Way:
    """How a server is reached: who asks (each client keeps connections of its own), its key, a proxy's URL or nothing,
    the file and the folder of certificates that were named where it takes TLS, and for how many seconds a connection
    is tried. Key and proxy stand in no log.
    """

    client: int
    key: str = field(repr=False)
    proxy: str = field(repr=False)
    certificates: tuple[str, str] | None
    connect_s: float


@dataclass(frozen=True, slots=True)
class Post:
    """A request; at most `most_bytes` of what comes back are received."""

    id: int
    way: Way
    url: str
    body: bytes = field(repr=False)
    most_bytes: int


@dataclass(frozen=True, slots=True)
class Taken:
    """So many bytes more of an answer were read."""

    id: int
    count: int


@dataclass(frozen=True, slots=True)
class Leave:
    """Nobody wants more of an answer: its connection is closed in so many seconds, unless it ended before."""

    id: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Forget:
    """Close every connection that is kept on a way."""

    way: Way


Order = Post | Taken | Leave | Forget

Item = Requested | tuple[float, bytes] | BaseException | None
"""What came for a request: that it goes out, bytes with their moment, a fault, the end."""

Batch = list[tuple[int, Item]]
"""Items in the order in which they came, each with the id of its request."""


class Dropped(Exception):
    """The connection broke while the answer was read."""


class Closed(Exception):
    """The connection broke before anything came, or what came was no HTTP."""


class Late(Exception):
    """The connection was not taken in time."""


class Unreached(Exception):
    """No connection came about; `tls` where TLS was the reason, `verify` OpenSSL's number for what is wrong with the
    certificate, 0 where nothing is.
    """

    def __init__(self, tls: bool = False, verify: int = 0) -> None:
        super().__init__(tls, verify)
        self.tls = tls
        self.verify = verify

    @classmethod
    def out_of(cls, error: BaseException) -> Unreached:
        """What an error of a client tells."""
        found = [cause for cause in _causes(error) if isinstance(cause, ssl.SSLError)]
        # A client's own error may be one of TLS by its type, and tell nothing.
        return cls(bool(found), max((getattr(one, "verify_code", 0) for one in found), default=0))


class NoStream(Exception):
    """What came back is no stream of events: its media type, or how it was compressed, and how it begins."""

    def __init__(self, kind: str, body: str = "") -> None:
        super().__init__(kind, body)
        self.kind = kind
        self.body = body


class Refusal(Exception):
    """A status that is no success, with what the server said and how many seconds it asked to be left alone."""

    def __init__(self, status: int, body: str, retry_after: str = "") -> None:
        super().__init__(status, body, retry_after)
        self.status = status
        self.body = body
        self.retry_after = retry_after


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    """The error, and what it came from."""
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__
