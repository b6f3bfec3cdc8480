"""What a request's files are charged, and how much of them may be here at a time, as it is for uploads of the page."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from starlette.requests import Request

from playground.api import bodies
from playground.api.door import Caller
from playground.api.faults import Fault
from playground.desk import Desk
from playground.hosting.limits import Limits
from playground.hosting.uploads import ALL_BYTES, ALL_TOO_MANY, TOO_MANY

_here: Counter[str] = Counter()


@contextmanager
def held(request: Request, caller: Caller) -> Iterator[None]:
    """The body of a request is read, and what is in it; of one visitor no more at a time than a question holds. For the
    event loop's thread alone. Raises Fault.
    """
    size = bodies.announced(request)
    if caller.owner and size:
        if _here[caller.owner] and _here[caller.owner] + size > bodies.MOST_FORM:
            raise Fault(429, TOO_MANY)
        if _here.total() + size > ALL_BYTES:
            raise Fault(503, ALL_TOO_MANY)
        _here[caller.owner] += size
    try:
        yield
    finally:
        if caller.owner and size:
            _here[caller.owner] -= size
            if not _here[caller.owner]:
                del _here[caller.owner]


def seen(desk: Desk, caller: Caller) -> None:
    """The visitor comes from this address."""
    for limits in _of(desk, caller):
        limits.seen(caller.owner, caller.address)


def charge(desk: Desk, caller: Caller, size: int) -> None:
    """Raises Fault where the visitor may not send so many bytes more."""
    for limits in _of(desk, caller) if size else ():
        if not limits.may_upload(caller.owner, caller.address, size):  # counted until the next line
            raise Fault(429, "You have uploaded as much as one may for now.")
        limits.uploaded(caller.owner, size)


def _of(desk: Desk, caller: Caller) -> Iterator[Limits]:
    """Those that count what the caller does."""
    if caller.owner:
        yield from (one for one in desk.witnesses if isinstance(one, Limits))
