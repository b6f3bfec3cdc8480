"""From which address a request comes, and from whom, where proxies stand in between that the operator trusts to say so.

What a client says of itself counts for nothing: both are put into headers of ours, whatever stood there before.
"""

from __future__ import annotations

from collections.abc import Sequence
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address

from playground.hosting.asgi import Application, Receive, Scope, Send, headers

HEADER = "x-playground-client"
USER = "x-playground-user"

REWRITTEN = 0
"""The port that uvicorn gives a client whose address a proxy on this machine told: no connection comes from it."""

HERE = ("127.0.0.1", "::1")

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
        if scope["type"] in ("http", "websocket"):
            own = (HEADER.encode(), USER.encode())
            rest = [one for one in scope["headers"] if one[0].lower() not in own]
            told = (self._address(scope).encode(), self._user(scope))
            scope["headers"] = [*rest, *zip(own, told, strict=True)]
        await self._app(scope, receive, send)

    def _address(self, scope: Scope) -> str:
        """The nearest that is no proxy of ours; of IPv6 the network, for a client has as many addresses as it likes."""
        if not self._proxies:
            return ""
        peer = scope.get("client") or ("", 0)
        # Some proxies add a line of their own behind what the client said: together they are one list (RFC 9110, 5.3).
        said = ",".join(headers(scope, b"x-forwarded-for")).split(",")
        for one in (str(peer[0]), *(each.strip() for each in reversed(said))):
            try:
                address = ip_address(one)
            except ValueError:
                return ""
            if not any(address in network for network in self._proxies):
                return _group(one)
        return ""

    def _user(self, scope: Scope) -> bytes:
        """What the header says, once, where the connection is a proxy's."""
        said = [value for key, value in scope["headers"] if key.lower() == self._user_header]
        host, port = scope.get("client") or ("", REWRITTEN + 1)
        peers = HERE if port == REWRITTEN else (str(host),)
        return said[0].strip() if len(said) == 1 and any(map(self._trusted, peers)) else b""

    def _trusted(self, peer: str) -> bool:
        try:
            address = ip_address(peer)
        except ValueError:
            return False
        return any(address in network for network in self._proxies)


def _group(said: str) -> str:
    address = ip_address(said)
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped is not None:
            return str(address.ipv4_mapped)
        return str(IPv6Network((address, 64), strict=False))
    return str(address)
