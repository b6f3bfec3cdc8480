"""Questions to a server outside of any conversation: what it is, what it has. Knows HTTP and JSON, and is bounded in
time and size whatever the server does.
"""

from __future__ import annotations

import json
import statistics
import time
from typing import Any

import httpx2

from playground.engines.server.transport import client
from playground.engines.server.transport.reach import unreached
from playground.models.servers import Server, ServerError

PATIENCE_S = 5.0
"""For a question that costs the server nothing."""

MOST_BYTES = 8_000_000
"""Of any reply."""

Json = dict[str, Any]


class Asking:
    """A connection for questions; a context manager. Raises ServerError, one sentence. What stands at a path is asked
    for once.
    """

    def __init__(self, server: Server) -> None:
        self.server = server
        self._got: dict[str, Json] = {}
        self._client = client.questions(server)

    def __enter__(self) -> Asking:
        return self

    def __exit__(self, *_: object) -> None:
        self._client.close()

    def models(self) -> tuple[list[Json], float]:
        """What `/models` lists, and the median time of such a request in milliseconds."""
        server = self.server
        times = []
        for _ in range(4):
            began = time.perf_counter()
            status, body = self._send("GET", f"{server.url}/models")
            times.append(1000 * (time.perf_counter() - began))
        latency = statistics.median(times[1:])  # the first one connects
        if status in (401, 403):
            key = "refused the key" if server.key else "wants a key"
            raise ServerError(f"{server.name} ({server.host}) {key} ({status}).")
        listed = _object(body).get("data") if status == 200 else None
        if isinstance(listed, list):
            return [one for one in listed if isinstance(one, dict)], latency
        if server.models:  # the operator knows them; some servers can't list theirs
            return [], latency
        raise ServerError(
            f"{server.name} ({server.url}) lists no models ({status}): check the address, or name them in servers.toml."
        )

    def get(self, path: str) -> Json:
        """The JSON object that stands at a path of the host; empty where there is none."""
        if path not in self._got:
            try:
                status, body = self._send("GET", self.server.root + path)
            except ServerError:
                return {}
            self._got[path] = _object(body) if status == 200 else {}
        return self._got[path]

    def post(self, url: str, content: Json, seconds: float = PATIENCE_S) -> tuple[int, Json, str]:
        """The status of what comes back, its JSON object if it is one, and its text."""
        status, body = self._send("POST", url, content, seconds)
        return status, _object(body), body.decode("utf-8", "replace")

    def _send(
        self, method: str, url: str, content: Json | None = None, seconds: float = PATIENCE_S
    ) -> tuple[int, bytes]:
        name = f"{self.server.name} ({self.server.host})"
        try:
            try:
                return self._reply(method, url, content, seconds)
            except (httpx2.RemoteProtocolError, httpx2.ReadError, httpx2.WriteError):
                # A kept connection that the server has closed meanwhile, as some do after an error.
                return self._reply(method, url, content, seconds)
        except httpx2.TimeoutException:
            raise ServerError(f"{name} did not answer in time.") from None
        except httpx2.DecodingError:
            raise ServerError(f"{name} sends what can't be decompressed.") from None
        except (httpx2.HTTPError, httpx2.InvalidURL, UnicodeError) as error:
            raise ServerError(*unreached(error, self.server)) from None

    def _reply(
        self, method: str, url: str, content: Json | None, seconds: float
    ) -> tuple[int, bytes]:
        until = time.monotonic() + 2 * seconds
        timeout = httpx2.Timeout(seconds, connect=PATIENCE_S)
        with self._client.stream(method, url, json=content, timeout=timeout) as response:
            body = bytearray()
            for data in response.iter_bytes():  # decompressed in pieces of a bounded size
                body += data
                if len(body) > MOST_BYTES or time.monotonic() > until:
                    raise ServerError(f"{self.server.name} sends without end at {url}.")
            return response.status_code, bytes(body)


def _object(body: bytes) -> Json:
    try:
        found = json.loads(body)
        if b"\\u" in body:  # names go on pages, which take no half of a character
            found = json.loads(json.dumps(found, ensure_ascii=False).encode("utf-8", "replace"))
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}
