"""A tiny Hugging Face hub on loopback: one repository, served as the real one does, and its failures."""

from __future__ import annotations

import hashlib
import json
import struct
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

REPO = "someone/tiny"
COMMIT = "0123456789abcdef0123456789abcdef01234567"
SHARDS = ("model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors")


def shard(seed: int, size: int) -> bytes:
    """A safetensors file of one tensor."""
    header = json.dumps({"w": {"dtype": "U8", "shape": [size], "data_offsets": [0, size]}}).encode()
    return (
        struct.pack("<Q", len(header))
        + header
        + bytes((seed + i // 997) % 256 for i in range(size))
    )


def files(size: int) -> dict[str, bytes]:
    """What the repository holds; code and pickles, which nobody should fetch, too."""
    config = {"model_type": "gemma4", "text_config": {"max_position_embeddings": 4096}}
    index = {"weight_map": {"a": SHARDS[0], "b": SHARDS[1]}}
    return {
        "config.json": json.dumps(config).encode(),
        "model.safetensors.index.json": json.dumps(index).encode(),
        "processor_config.json": b"{}",
        "tokenizer.json": b'{"model": {}}',
        "tokenizer_config.json": b'{"chat_template": "{{ messages }}"}',
        "modeling_evil.py": b"print('never')",
        "pytorch_model.bin": b"pickle",
        "original/params.json": b"{}",
        SHARDS[0]: shard(1, size),
        SHARDS[1]: shard(2, size),
    }


class Hub(ThreadingHTTPServer):
    """`status` other than 200 is what every request gets; `break_after` bytes of a shard the connection ends, once;
    `flip` spoils a shard; `pause_s` is waited between pieces. `served` counts bytes by file, `asked` names requests.
    """

    daemon_threads = True

    def __init__(self, size: int = 400_000) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.files = files(size)
        self.status = 200
        self.error_code = ""
        self.error_message = ""
        self.break_after = 0
        self.flip = ""
        self.pause_s = 0.0
        self.served: dict[str, int] = {}
        self.asked: list[tuple[str, str, str]] = []
        threading.Thread(
            target=self.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True
        ).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away is no news."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Hub

    def log_message(self, *_: object) -> None:
        """Silence."""

    def do_HEAD(self) -> None:
        self.do_GET()

    def do_GET(self) -> None:
        hub = self.server
        path = self.path.partition("?")[0]
        hub.asked.append((self.command, path, self.headers.get("authorization", "")))
        if hub.status != 200:
            said = {"X-Error-Code": hub.error_code, "X-Error-Message": hub.error_message}
            return self._send(hub.status, b'{"error": "no"}', said)
        if path.startswith(f"/api/models/{REPO}"):
            return self._send(200, json.dumps(self._about()).encode(), {})
        name = path.removeprefix(f"/{REPO}/resolve/{COMMIT}/")
        if name not in hub.files:
            return self._send(404, b"{}", {"X-Error-Code": "RepoNotFound"})
        return self._file(name)

    def _about(self) -> dict[str, Any]:
        siblings = []
        for name, data in self.server.files.items():
            one: dict[str, Any] = {"rfilename": name, "size": len(data), "blobId": "b"}
            if name.endswith((".safetensors", ".gguf")):
                sha = hashlib.sha256(data).hexdigest()
                one["lfs"] = {"sha256": sha, "size": len(data), "pointerSize": 1}
            siblings.append(one)
        return {"id": REPO, "modelId": REPO, "sha": COMMIT, "private": False, "siblings": siblings}

    def _file(self, name: str) -> None:
        hub = self.server
        data = hub.files[name]
        etag = hashlib.sha256(data).hexdigest()
        start = 0
        wanted = self.headers.get("range", "")
        if wanted.startswith("bytes="):
            start = int(wanted[6:].partition("-")[0])
        self.send_response(206 if start else 200)
        self.send_header("ETag", f'"{etag}"')
        self.send_header("X-Repo-Commit", COMMIT)
        self.send_header("Accept-Ranges", "bytes")
        if start:
            self.send_header("Content-Range", f"bytes {start}-{len(data) - 1}/{len(data)}")
        self.send_header("Content-Length", str(len(data) - start))
        self.end_headers()
        if self.command == "HEAD":
            return
        if name == hub.flip:
            data = data[:-1] + bytes([data[-1] ^ 1])
        for at in range(start, len(data), 20_000):
            piece = data[at : at + 20_000]
            if hub.break_after and name == SHARDS[1] and at >= hub.break_after:
                hub.break_after = 0
                hub.status = 503  # and the hub stays away for a while
                self.close_connection = True
                return
            self.wfile.write(piece)
            hub.served[name] = hub.served.get(name, 0) + len(piece)
            if hub.pause_s:
                time.sleep(hub.pause_s)

    def _send(self, status: int, body: bytes, headers: dict[str, str]) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        for name, value in headers.items():
            if value:
                self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)
