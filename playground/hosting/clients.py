"""From which address a request comes, where proxies stand in between that the operator trusts to say so.

What a client says of itself counts for nothing: the address is put into a header of ours, whatever stood there before.
"""

from __future__ import annotations

from collections.abc import Sequence
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address

from playground.hosting.asgi import Application, Receive, Scope, Send, header

HEADER = "x-playground-client"

Network = IPv4Network | IPv6Network


class Clients:
    """Tells `app` the client's address in HEADER: empty where no proxy is trusted, for then it may be anybody's."""

    def __init__(self, app: Application, proxies: Sequence[Network]) -> None:
        self._app = app
        self._proxies = proxies

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request or connection."""
        if scope["type"] in ("http", "websocket"):
            name = HEADER.encode()
            rest = [one for one in scope["headers"] if one[0].lower() != name]
            scope["headers"] = [*rest, (name, self._address(scope).encode())]
        await self._app(scope, receive, send)

    def _address(self, scope: Scope) -> str:
        """The nearest that is no proxy of ours; of IPv6 the network, for a client has as many addresses as it likes."""
        if not self._proxies:
            return ""
        peer = scope.get("client") or ("", 0)
        said = header(scope, b"x-forwarded-for").split(",")
        for one in (str(peer[0]), *(each.strip() for each in reversed(said))):
            try:
                address = ip_address(one)
            except ValueError:
                return ""
            if not any(address in network for network in self._proxies):
                return _group(one)
        return ""


def _group(said: str) -> str:
    address = ip_address(said)
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped is not None:
            return str(address.ipv4_mapped)
        return str(IPv6Network((address, 64), strict=False))
    return str(address)
