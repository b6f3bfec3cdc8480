"""An MCP server over HTTP as those made before 2026 are: it knows its sessions, and none after a start anew."""

from __future__ import annotations

import json
import secrets
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class _Handler(BaseHTTPRequestHandler):
    server: Sessions

    def log_message(self, *_: object) -> None:
        """Says nothing."""

    def do_GET(self) -> None:
        self._say(405)

    def do_DELETE(self) -> None:
        self._say(200)

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["content-length"])))
        id, method = asked.get("id"), asked["method"]
        if method == "initialize":
            session = secrets.token_hex(8)
            self.server.sessions.add(session)
            told = {
                "protocolVersion": "2025-06-18",
                "capabilities": {"tools": {}},
                "serverInfo": {"name": "sessions", "version": "1"},
            }
            self._answer(id, {"result": told}, {"mcp-session-id": session})
        elif self.headers.get("mcp-session-id") not in self.server.sessions:
            self._say(404 if "mcp-session-id" in self.headers else 400)
        elif id is None:
            self._say(202)
        else:
            results: dict[str, Any] = {
                "ping": {},
                "tools/list": {"tools": [{"name": "hello", "inputSchema": {"type": "object"}}]},
                "tools/call": {"content": [{"type": "text", "text": "hello"}]},
            }
            error = {"code": -32601, "message": "Method not found"}
            known = method in results
            self._answer(id, {"result": results[method]} if known else {"error": error})

    def _answer(self, id: Any, told: dict[str, Any], more: dict[str, str] | None = None) -> None:
        body = json.dumps({"jsonrpc": "2.0", "id": id, **told}).encode()
        self._say(200, body, {"content-type": "application/json", **(more or {})})

    def _say(self, status: int, body: bytes = b"", more: dict[str, str] | None = None) -> None:
        self.send_response(status)
        for name, value in {"content-length": str(len(body)), **(more or {})}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)


class Sessions(ThreadingHTTPServer):
    """`sessions` are those that it knows."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.sessions: set[str] = set()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/mcp"


@contextmanager
def serving() -> Iterator[Sessions]:
    """One that listens."""
    with Sessions() as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()
