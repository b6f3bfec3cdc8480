"""What a request's files are charged, as uploads of the page are."""

from __future__ import annotations

from collections.abc import Iterator

from playground.api.door import Caller
from playground.api.faults import Fault
from playground.desk import Desk
from playground.hosting.limits import Limits


def seen(desk: Desk, caller: Caller) -> None:
    """The visitor comes from this address."""
    for limits in _of(desk, caller):
        limits.seen(caller.owner, caller.address)


def charge(desk: Desk, caller: Caller, size: int) -> None:
    """Raises Fault where the visitor may not send so many bytes more."""
    for limits in _of(desk, caller) if size else ():
        if not limits.may_upload(caller.owner, caller.address, size):
            raise Fault(429, "You have uploaded as much as one may for now.")
        limits.uploaded(caller.owner, size)


def _of(desk: Desk, caller: Caller) -> Iterator[Limits]:
    """Those that count what the caller does."""
    if caller.owner:
        yield from (one for one in desk.witnesses if isinstance(one, Limits))
