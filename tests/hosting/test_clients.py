"""What is believed of where a request comes from: a trusted proxy's word, and nobody else's."""

from __future__ import annotations

import asyncio
from ipaddress import ip_network
from typing import Any

import pytest

from playground.hosting.asgi import Receive, Scope, Send, header
from playground.hosting.clients import HEADER, REWRITTEN, USER, Clients

PROXIES = [ip_network("10.0.0.0/8"), ip_network("fd00::/8")]
ADA = (b"x-forwarded-email", b"ada@lab.org")
FORGED = [(HEADER.encode(), b"6.6.6.6"), (USER.encode(), b"root@lab.org")]


def told(
    peer: str,
    *headers: tuple[bytes, bytes],
    proxies: Any = PROXIES,
    kind: str = "http",
    port: int = 1,
) -> tuple[str, str, str]:
    """Address, user and scheme as the application hears them; the client says some of its own too."""
    heard: list[tuple[str, str, str]] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        address, user = (header(scope, name.encode()) for name in (HEADER, USER))
        heard.append((address, user, scope["scheme"]))

    scope = {
        "type": kind,
        "scheme": {"http": "http", "websocket": "ws"}[kind],
        "headers": [*FORGED, *headers],
        "client": (peer, port),
    }
    asyncio.run(Clients(app, proxies, "x-forwarded-email")(scope, None, None))  # type: ignore[arg-type]
    return heard[0]


@pytest.mark.parametrize(
    ("peer", "forwarded", "found"),
    [
        ("10.0.0.1", "203.0.113.9", "203.0.113.9"),
        ("10.0.0.1", "1.2.3.4, 203.0.113.9", "203.0.113.9"),
        ("10.0.0.1", "203.0.113.9, 10.0.0.2", "203.0.113.9"),
        ("::ffff:10.0.0.1", "203.0.113.9, ::ffff:10.0.0.2", "203.0.113.9"),
        ("fd00::1", "203.0.113.9", "203.0.113.9"),
        ("203.0.113.9", "1.2.3.4", "203.0.113.9"),
        ("::ffff:203.0.113.9", "1.2.3.4", "203.0.113.9"),
        ("10.0.0.1", "2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("10.0.0.1", "::ffff:203.0.113.9", "203.0.113.9"),
        ("10.0.0.1", "", ""),
        ("10.0.0.1", "nonsense", ""),
        ("10.0.0.1", "1.2.3.4\n203.0.113.9", "203.0.113.9"),
        ("10.0.0.1", "203.0.113.9\n10.0.0.2", "203.0.113.9"),
    ],
)
def test_an_address_is_believed_from_a_trusted_proxy_alone(
    peer: str, forwarded: str, found: str
) -> None:
    lines = [(b"x-forwarded-for", one.encode()) for one in forwarded.split("\n")]
    assert told(peer, *lines)[0] == found
    assert told(peer, *lines, proxies=[])[0] == ""


@pytest.mark.parametrize("kind", ["http", "websocket"])
@pytest.mark.parametrize("peer", ["10.0.0.1", "::ffff:10.0.0.1", "fd00::1"])
def test_a_proxy_says_who_comes_and_whether_over_https(peer: str, kind: str) -> None:
    """A socket that takes both kinds of connections, as the image's does, calls IPv4's addresses "::ffff:…"."""
    plain, secure = {"http": ("http", "https"), "websocket": ("ws", "wss")}[kind]
    assert told(peer, ADA, kind=kind)[1:] == ("ada@lab.org", plain)
    over = (b"x-forwarded-proto", b"https")
    assert told(peer, ADA, over, kind=kind)[1:] == ("ada@lab.org", secure)
    assert told(peer, kind=kind)[1] == "", "it said nothing"
    assert told(peer, ADA, ADA, kind=kind)[1] == "", "one of them is not the proxy's"


@pytest.mark.parametrize("peer", ["203.0.113.9", "::ffff:203.0.113.9", "::1", "nonsense", ""])
def test_nobody_elses_word_counts(peer: str) -> None:
    over = (b"x-forwarded-proto", b"https")
    as_it = (b"x-forwarded-for", b"10.0.0.1")
    assert told(peer, ADA, over, as_it)[1:] == ("", "http")
    assert told("10.0.0.1", ADA, over, proxies=[])[1:] == ("", "http")


def test_a_proxy_on_this_machine_is_known_by_what_uvicorn_made_of_its_word() -> None:
    """By default uvicorn puts the address that such a proxy tells in the place of the proxy's own."""
    here = [ip_network("127.0.0.1/32")]
    assert told("203.0.113.9", ADA, proxies=here, port=REWRITTEN)[:2] == (
        "203.0.113.9",
        "ada@lab.org",
    )
    assert told("203.0.113.9", ADA, proxies=here)[1] == ""
    assert told("203.0.113.9", ADA, port=REWRITTEN)[1] == "", "that one is not trusted"
