"""From which address a request comes, from whom and whether over https, where proxies stand in between that the
operator trusts to say so.

What a client says of itself counts for nothing: address and user are put into headers of ours, whatever stood there
before.
"""

from __future__ import annotations

from collections.abc import Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

from playground.hosting.asgi import Application, Receive, Scope, Send, headers

HEADER = "x-playground-client"
USER = "x-playground-user"

REWRITTEN = 0
"""The port that uvicorn gives a client whose address a proxy on this machine told: no connection comes from it."""

HERE = ("127.0.0.1", "::1")

SECURE = {"http": "https", "websocket": "wss"}
"""The scheme of each type of connection, where it came to the proxy over TLS."""

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network


class Clients:
    """Tells `app` the client's address in HEADER, and in USER what a proxy says in its `user_header` of who comes: both
    empty where no proxy is trusted, for then they may be anybody's.
    """

    def __init__(self, app: Application, proxies: Sequence[Network], user_header: str = "") -> None:
        self._app = app
        self._proxies = proxies
        self._user_header = user_header.encode()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request or connection."""
        if scope["type"] in SECURE:
            own = (HEADER.encode(), USER.encode())
            rest = [one for one in scope["headers"] if one[0].lower() not in own]
            proxied = self._comes_from_a_proxy(scope)
            told = (self._address(scope).encode(), self._user(scope) if proxied else b"")
            scope["headers"] = [*rest, *zip(own, told, strict=True)]
            if proxied and headers(scope, b"x-forwarded-proto")[-1:] == ["https"]:
                scope["scheme"] = SECURE[scope["type"]]
        await self._app(scope, receive, send)

    def _comes_from_a_proxy(self, scope: Scope) -> bool:
        host, port = scope.get("client") or ("", REWRITTEN + 1)
        peers = HERE if port == REWRITTEN else (str(host),)
        return any(self._trusts(_read(one)) for one in peers)

    def _address(self, scope: Scope) -> str:
        """The nearest that is no proxy of ours; of IPv6 the network, for a client has as many addresses as it likes."""
        if not self._proxies:
            return ""
        peer = scope.get("client") or ("", 0)
        # Some proxies add a line of their own behind what the client said: together they are one list (RFC 9110, 5.3).
        said = ",".join(headers(scope, b"x-forwarded-for")).split(",")
        for one in (str(peer[0]), *(each.strip() for each in reversed(said))):
            address = _read(one)
            if not self._trusts(address):
                return "" if address is None else _group(address)
        return ""

    def _user(self, scope: Scope) -> bytes:
        """What the header says, once."""
        said = [value for key, value in scope["headers"] if key.lower() == self._user_header]
        return said[0].strip() if len(said) == 1 else b""

    def _trusts(self, address: Address | None) -> bool:
        return any(address in network for network in self._proxies if address is not None)


def _read(said: str) -> Address | None:
    """None where it is no address. A socket that takes both kinds of connections calls IPv4's "::ffff:10.0.0.5"."""
    try:
        address = ip_address(said)
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return mapped or address


def _group(address: Address) -> str:
    if isinstance(address, IPv6Address):
        return str(IPv6Network((address, 64), strict=False))
    return str(address)
