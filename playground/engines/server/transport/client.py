"""The one place that makes HTTP clients: which headers they send, how long they keep a connection."""

from __future__ import annotations

import socket

import httpx2

from playground.engines.server.transport.reach import certificates, proxy
from playground.models.servers import Server

KEPT_S = 60.0
"""How long a connection that nobody uses is kept."""

ALIVE = tuple(
    (socket.IPPROTO_TCP, getattr(socket, name), value)
    for name, value in (("TCP_KEEPIDLE", 30), ("TCP_KEEPINTVL", 15), ("TCP_KEEPCNT", 4))
    if hasattr(socket, name)
)
"""A machine that went away without a word is noticed after a minute and a half, however patient the reader is."""


def questions(server: Server) -> httpx2.Client:
    """A client for questions that are answered in one piece, uncompressed if the server listens. Raises ServerError."""
    return httpx2.Client(
        verify=certificates(server),
        proxy=proxy(server),
        trust_env=False,  # a .netrc would add passwords
        follow_redirects=False,
        headers={"accept-encoding": "identity", **_key(server)},
    )


def streams(server: Server, connect_s: float) -> httpx2.AsyncClient:
    """A client for answers that come bit by bit; it waits without end for all but the connection.

    Besides the key it sends only what HTTP needs: nothing of the environment, and no offer to take compressed answers.
    Raises ServerError.
    """
    client = httpx2.AsyncClient(
        transport=httpx2.AsyncHTTPTransport(
            verify=certificates(server),
            proxy=proxy(server),
            trust_env=False,
            # A limit here would be a line that nobody sees.
            limits=httpx2.Limits(max_connections=None, keepalive_expiry=KEPT_S),
            socket_options=((socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1), *ALIVE),
        ),
        timeout=httpx2.Timeout(None, connect=connect_s),
        follow_redirects=False,
        headers={"content-type": "application/json", **_key(server)},
    )
    for name in ("accept-encoding", "user-agent"):
        del client.headers[name]
    return client


def _key(server: Server) -> dict[str, str]:
    key = server.key.reveal()
    return {"authorization": f"Bearer {key}"} if key else {}
