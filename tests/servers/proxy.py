"""A reverse proxy that takes no body above a megabyte, as nginx does unless it is told otherwise. Runs in a thread."""

from __future__ import annotations

import re
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

MOST = 1_000_000
REFUSAL = b"HTTP/1.1 413 Request Entity Too Large\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"


@contextmanager
def proxy(port: int) -> Iterator[str]:
    """In front of the server on that port; yields the proxy's address."""
    listening = socket.create_server(("127.0.0.1", 0))

    def accept() -> None:
        with suppress(OSError):
            while True:
                client, _ = listening.accept()
                threading.Thread(target=_serve, args=(client, port), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    try:
        yield f"http://localhost:{listening.getsockname()[1]}"
    finally:
        listening.close()


def _serve(client: socket.socket, port: int) -> None:
    """One request, and its connection's end; a WebSocket's lasts as long as it does."""
    with client, suppress(OSError):
        head = b""
        while b"\r\n\r\n" not in head:
            piece = client.recv(65_536)
            if not piece:
                return
            head += piece
        head, _, body = head.partition(b"\r\n\r\n")
        length = re.search(rb"(?im)^content-length: *(\d+)", head)
        if length and int(length[1]) > MOST:
            left = int(length[1]) - len(body)
            while left > 0 and (piece := client.recv(65_536)):
                left -= len(piece)
            client.sendall(REFUSAL)
            return
        if not re.search(rb"(?im)^upgrade: *websocket", head):
            head = re.sub(rb"(?im)^connection:.*\r\n", b"", head) + b"\r\nConnection: close"
        with socket.create_connection(("127.0.0.1", port)) as server:
            server.sendall(head + b"\r\n\r\n" + body)
            threading.Thread(target=_pump, args=(client, server), daemon=True).start()
            _pump(server, client)


def _pump(source: socket.socket, target: socket.socket) -> None:
    with suppress(OSError):
        while piece := source.recv(65_536):
            target.sendall(piece)
        target.shutdown(socket.SHUT_WR)
