"""Who may call: whoever knows a token, or on one's own machine whoever sits at it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from ipaddress import IPv6Address, ip_address
from urllib.parse import urlsplit

from starlette.requests import Request

from playground.api.faults import Fault
from playground.archive.archive import Archive
from playground.config import read
from playground.hosting.clients import HEADER
from playground.hosting.people.visitor import token_holder
from playground.hosting.tokens import Tokens

MOST_AT_ONCE = 8
"""Requests of one visitor that are read or answered at a time."""

FORWARDED = ("forwarded", "x-forwarded-for", "x-real-ip")


@dataclass(frozen=True, slots=True)
class Caller:
    """`owner` is the visitor whose comparisons these are, empty where everything is one person's; `viewer` is who
    looks, None where everything may be seen. `address` is where a trusted proxy says that they are.
    """

    owner: str
    viewer: str | None
    address: str


def look_in(request: Request, archive: Archive | None) -> Caller:
    """Anybody, who sees nothing of anybody's. Raises Fault where the API is off."""
    if read().api == "off":
        how = "the operator turns it on with PLAYGROUND_API=1."
        raise Fault(404, f"The API is off here; {how}", code="api_off")
    return Caller("", "", "")


def enter(request: Request, archive: Archive | None) -> Caller:
    """Who calls; may read a file. Raises Fault."""
    look_in(request, archive)
    held = read()
    if not held.hosted and _here(request):
        return Caller("", None, "")
    if held.api == "here":
        how = "PLAYGROUND_API=1 opens it to others, with tokens"
        raise Fault(403, f"The API is for programs on this machine alone; {how}.", code="not_here")
    return _by_token(request, archive, held.hosted)


class Room:
    """How many requests of each visitor are inside."""

    def __init__(self) -> None:
        self._inside: Counter[str] = Counter()

    @contextmanager
    def taken(self, caller: Caller) -> Iterator[None]:
        """A place for one request. For the event loop's thread alone. Raises Fault."""
        if caller.owner and self._inside[caller.owner] >= MOST_AT_ONCE:
            raise Fault(
                429, f"{MOST_AT_ONCE} requests at a time are the most; wait for one to end."
            )
        self._inside[caller.owner] += 1
        try:
            yield
        finally:
            self._inside[caller.owner] -= 1
            if not self._inside[caller.owner]:
                del self._inside[caller.owner]


def _by_token(request: Request, archive: Archive | None, hosted: bool) -> Caller:
    kind, _, said = request.headers.get("authorization", "").partition(" ")
    if kind.lower() != "bearer" or not said.strip():
        raise Fault(
            401,
            "Send a token as Authorization: Bearer; the Engines page makes one.",
            code="no_token",
        )
    owner = Tokens(archive.media).owner(said.strip()) if archive is not None else None
    if owner is None:
        raise Fault(401, "There is no such token; it may have been revoked.", code="wrong_token")
    if not token_holder(owner, "", read()).asks:
        raise Fault(
            403, "Whoever made this token has to sign in and make another.", code="signed_out"
        )
    return Caller(owner, owner if hosted else None, request.headers.get(HEADER, ""))


def _here(request: Request) -> bool:
    """Whether a program on this machine asks by itself: no proxy for somebody, no page of elsewhere in a browser."""
    headers = request.headers
    if any(name in headers for name in FORWARDED):
        return False
    if not _loopback(request.client.host if request.client else ""):
        return False
    host = urlsplit(f"//{headers.get('host', '')}")
    if not (host.hostname == "localhost" or _loopback(host.hostname or "")):
        return False  # a name that somebody pointed at this machine
    if headers.get("sec-fetch-site", "none") not in ("none", "same-origin"):
        return False
    origin = headers.get("origin")
    return origin is None or urlsplit(origin).netloc == host.netloc


def _loopback(said: str) -> bool:
    try:
        address = ip_address(said)
    except ValueError:
        return False
    if isinstance(address, IPv6Address) and address.ipv4_mapped is not None:
        return address.ipv4_mapped.is_loopback
    return address.is_loopback
