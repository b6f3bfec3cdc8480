"""Questions to a server that cost it nothing: what it is, what it has. Knows HTTP and JSON, no answers of models."""

from __future__ import annotations

import statistics
import time
from typing import Any

import httpx2

from playground.engines.server.wire import certificates
from playground.servers import Server, ServerError

PATIENCE_S = 5.0
"""For each question."""

MOST_BYTES = 8_000_000
"""Of any reply."""

Json = dict[str, Any]


class Asking:
    """A connection for questions. Its errors are sentences."""

    def __init__(self, server: Server) -> None:
        self.server = server
        key = server.key.reveal()
        self._client = httpx2.Client(
            verify=certificates(),
            timeout=PATIENCE_S,
            trust_env=False,
            follow_redirects=False,
            headers={"authorization": f"Bearer {key}"} if key else {},
        )

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
            status, body = self._get(f"{server.url}/models")
            times.append(1000 * (time.perf_counter() - began))
        if status in (401, 403):
            raise ServerError(
                f"{server.name} ({server.host}) {'refused the key' if server.key else 'wants a key'} ({status})."
            )
        listed = body.get("data") if status == 200 else None
        if not isinstance(listed, list):
            if server.models:  # the operator knows them; some servers can't list theirs
                return [], statistics.median(times[1:])
            raise ServerError(
                f"{server.name} ({server.url}) lists no models ({status}): check the address, or name them in "
                "servers.toml."
            )
        return [one for one in listed if isinstance(one, dict)], statistics.median(times[1:])

    def get_json(self, url: str) -> Json:
        """What stands there; nothing where there is no JSON object."""
        try:
            status, body = self._get(url)
        except ServerError:
            return {}
        return body if status == 200 else {}

    def post_json(self, url: str, body: Json) -> Json:
        """What comes back; nothing where it is no JSON object."""
        try:
            response = self._client.post(url, json=body)
            return json_object(response) if response.status_code == 200 else {}
        except httpx2.HTTPError:
            return {}

    def _get(self, url: str) -> tuple[int, Json]:
        try:
            with self._client.stream("GET", url) as response:
                body = b""
                for data in response.iter_raw():
                    body += data
                    if len(body) > MOST_BYTES:
                        raise ServerError(f"{self.server.name} sends without end at {url}.")
                return response.status_code, json_object(httpx2.Response(200, content=body))
        except httpx2.HTTPError as error:
            why = (
                "did not answer in time"
                if isinstance(error, httpx2.TimeoutException)
                else "can't be reached"
            )
            raise ServerError(f"{self.server.name} ({self.server.host}) {why}.") from None


def json_object(response: httpx2.Response) -> Json:
    """The body as a JSON object; empty where it is none."""
    try:
        body = response.json()
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}
