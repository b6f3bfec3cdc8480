"""The one place that says how servers are asked: the client for questions, the way for answers."""

from __future__ import annotations

import itertools
from urllib.parse import urlsplit

import httpx2

from playground import config
from playground.engines.server.transport.parcel import Way
from playground.engines.server.transport.reach import certificates, proxy, proxy_address
from playground.models.servers import Server


def questions(server: Server) -> httpx2.Client:
    """A client for questions that are answered in one piece, uncompressed if the server listens. Raises ServerError."""
    return httpx2.Client(
        verify=certificates(server),
        proxy=proxy(server),
        trust_env=False,  # a .netrc would add passwords
        follow_redirects=False,
        headers={"accept-encoding": "identity", **_key(server)},
    )


def way(server: Server, connect_s: float) -> Way:
    """How answers that come bit by bit are fetched: with connections of its own, so that they can all be closed, and no
    limit but for the connection. Raises ServerError.
    """
    certificates(server)  # what is wrong with them is told here
    said = config.read().certificates if urlsplit(server.url).scheme == "https" else None
    return Way(next(_clients), server.key.reveal(), proxy_address(server), said, connect_s)


_clients = itertools.count(1)


def _key(server: Server) -> dict[str, str]:
    key = server.key.reveal()
    return {"authorization": f"Bearer {key}"} if key else {}
