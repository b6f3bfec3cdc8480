"""Questions to servers that compress their replies, though they were asked not to."""

from __future__ import annotations

import gzip
import json
import threading
import zlib
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import psutil
import pytest

from playground.engines.server.transport.asking import Asking
from playground.models.servers import Server, ServerError
from tests.servers.hostile import bomb

LIST = json.dumps({"object": "list", "data": [{"id": "m"}]}).encode()
Start = Callable[[str, bytes], tuple[Server, list[str]]]


@pytest.fixture
def start() -> Iterator[Start]:
    running = []

    def begin(encoding: str, body: bytes) -> tuple[Server, list[str]]:
        offered: list[str] = []

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *_: object) -> None: ...

            def do_GET(self) -> None:
                offered.append(self.headers.get("accept-encoding", ""))
                self.send_response(200)
                self.send_header("content-encoding", encoding)
                self.send_header("content-length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        running.append(server)
        return Server("lab", f"http://127.0.0.1:{server.server_address[1]}"), offered

    yield begin
    for server in running:
        server.shutdown()
        server.server_close()


@pytest.mark.parametrize(
    ("encoding", "body"),
    [
        ("gzip", gzip.compress(LIST)),
        ("deflate", zlib.compress(LIST)),
        ("deflate", zlib.compress(LIST, wbits=-15)),
        ("identity", LIST),
    ],
    ids=["gzip", "zlib", "deflate", "identity"],
)
def test_a_compressed_list_of_models_is_read(start: Start, encoding: str, body: bytes) -> None:
    server, offered = start(encoding, body)
    with Asking(server) as asking:
        assert asking.models()[0] == [{"id": "m"}]
    assert set(offered) == {"identity"}


def test_a_bomb_is_not_unpacked(start: Start) -> None:
    server, _ = start("gzip", bomb())
    before = psutil.Process().memory_info().rss
    with Asking(server) as asking, pytest.raises(ServerError, match="sends without end"):
        asking.models()
    assert psutil.Process().memory_info().rss - before < 100e6


def test_what_can_not_be_decompressed_is_a_sentence(start: Start) -> None:
    server, _ = start("gzip", b"no gzip at all, and long enough")
    with Asking(server) as asking, pytest.raises(ServerError, match="can't be decompressed"):
        asking.models()


def test_a_list_without_end_of_brackets_is_no_list(start: Start) -> None:
    server, _ = start("identity", b"[" * 200_000)
    with Asking(server) as asking, pytest.raises(ServerError, match="lists no models"):
        asking.models()


def test_a_host_that_no_client_can_ask_for_is_a_sentence() -> None:
    with (
        Asking(Server("lab", "http://\u00e4.-b:9")) as asking,
        pytest.raises(ServerError, match="can't be reached"),
    ):
        asking.models()


def test_half_of_a_character_in_a_name_is_a_sign(start: Start) -> None:
    """Names stand on pages, which take none."""
    body = b'{"data": [{"id": "half \\ud83d"}, {"id": "\\ud83e\\udd8a"}]}'
    server, _ = start("identity", body)
    with Asking(server) as asking:
        assert asking.models()[0] == [{"id": "half ?"}, {"id": "🦊"}]
