"""A server on loopback that does what it should not: each model's name is a way to misbehave. Runs in a thread."""

from __future__ import annotations

import contextlib
import gzip
import json
import os
import socket
import struct
import threading
import time
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

STATUSES = {
    "400": 400,
    "401": 401,
    "403": 403,
    "404": 404,
    "413": 413,
    "422": 422,
    "429": 429,
    "500": 500,
    "503": 503,
}


def piece(text: str | None = None, finish: str | None = None, **more: Any) -> bytes:
    """One event of a stream."""
    delta: dict[str, Any] = {} if text is None else {"content": text}
    choice = {"index": 0, "delta": {**delta, **more.pop("delta", {})}, "finish_reason": finish}
    body = {
        "id": "x",
        "object": "chat.completion.chunk",
        "created": 1,
        "model": "m",
        "choices": [choice],
        **more,
    }
    return b"data: " + json.dumps(body).encode() + b"\n\n"


def usage(prompt: Any = 12, completion: Any = 4, **more: Any) -> bytes:
    """The last event, with token counts."""
    counted = {"prompt_tokens": prompt, "completion_tokens": completion, "total_tokens": 0, **more}
    body = {
        "id": "x",
        "object": "chat.completion.chunk",
        "created": 1,
        "model": "m",
        "choices": [],
        "usage": counted,
    }
    return b"data: " + json.dumps(body).encode() + b"\n\n"


WORDED = {
    "too many pictures": (
        400,
        {"error": {"message": "At most 4 image(s) may be provided in one prompt.", "code": 400}},
    ),
    "untrusted budget": (
        400,
        {"message": "mm_processor_kwargs of a request are refused; see --trust-request-mm-kwargs."},
    ),
    "no schema": (
        400,
        {"error": {"message": "response_format of type json_schema is not supported here."}},
    ),
    "too long": (
        400,
        [{"error": {"message": "This model's maximum context length is 4096 tokens."}}],
    ),
    "unknown field": (422, {"detail": [{"loc": ["body", "top_k"], "msg": "Extra inputs"}]}),
}
"""What servers answer with a status and words of their own."""

DONE = b"data: [DONE]\n\n"
WORDS = [piece(delta={"role": "assistant"}), piece("One "), piece("two "), piece("three.")]
GOOD = [*WORDS, piece(finish="stop"), usage(), DONE]


@cache
def bomb() -> bytes:
    """100 MB of nothing, compressed to some hundred kilobytes."""
    packer = zlib.compressobj(level=1, wbits=31)
    return b"".join([packer.compress(bytes(1_000_000)) for _ in range(100)]) + packer.flush()


class Handler(BaseHTTPRequestHandler):
    """Answers as the model's name says."""

    protocol_version = "HTTP/1.1"
    server: Hostile

    def log_message(self, *_: object) -> None:
        """Silence."""

    def do_GET(self) -> None:
        self.server.seen.append((self.path, dict(self.headers), b""))
        names = [
            {"id": name, "object": "model", "owned_by": "nobody"}
            for name in ("good", "endless", "drop", *STATUSES)
        ]
        self._whole(200, json.dumps({"object": "list", "data": names}).encode())

    def do_POST(self) -> None:
        self.server.callers.append(self.client_address[1])
        body = self.rfile.read(int(self.headers["content-length"]))
        self.server.seen.append((self.path, dict(self.headers), body))
        asked = json.loads(body)
        try:
            if asked.get("stream"):
                with self.server.answering():
                    self._behave(asked["model"])
            else:  # a trial of what it takes
                self._whole(200, b'{"choices": [{}], "usage": {"prompt_tokens": 10}}')
        except (BrokenPipeError, ConnectionResetError):
            self.server.left.set()

    def _behave(self, how: str) -> None:
        if how in STATUSES:
            key = self.headers.get("authorization", "")
            said = json.dumps({"error": {"message": f"<b>no</b> {how} for {key}", "type": "x"}})
            more = {"retry-after": "77"} if how == "429" else {}
            return self._whole(STATUSES[how], said.encode(), **more)
        if how == "soon":  # busy the first time, then well
            if self.server.times("soon") == 1:
                return self._whole(429, b"{}", **{"retry-after": "0.1"})
            return self._stream(GOOD)
        if how == "redirect":
            return self._whole(307, b"", location="http://127.0.0.1:9/v1/chat/completions")
        if how == "html":
            return self._whole(200, b"<html>Welcome</html>", kind="text/html")
        if how == "gzip":  # said, and nothing in it
            return self._compressed(b"\x1f\x8b", "gzip")
        if how == "gzipped":
            return self._compressed(gzip.compress(b"".join(GOOD)), "gzip")
        if how == "deflated":
            return self._compressed(zlib.compress(b"".join(GOOD)), "deflate")
        if how == "brotli":
            return self._compressed(b"".join(GOOD), "br")
        if how == "torn gzip":
            return self._compressed(b"\x1f\x8b\x08\x00nonsense" * 9, "gzip")
        if how == "bomb":
            return self._compressed(bomb(), "gzip")
        if how == "200 with an error":
            return self._whole(200, b'[{"error": {"code": 400, "message": "no such thing"}}]')
        if how in WORDED:
            status, body = WORDED[how]
            return self._whole(status, json.dumps(body).encode())
        if how == "hangup":
            return self._hang_up()
        if how == "stall at once":
            time.sleep(self.server.stall_s)
            return self._stream(GOOD)
        return self._stream(self._pieces(how))

    def _pieces(self, how: str) -> Iterator[bytes]:
        if how == "drop":
            yield from WORDS
            self._hang_up()
        elif how == "stall":
            yield from WORDS
            time.sleep(self.server.stall_s)
        elif how == "keepalive only":
            while True:
                yield piece("")
                time.sleep(0.01)
        elif how == "half a character":
            yield from WORDS
            yield b'data: {"choices": [{"delta": {"content": "\xf0\x9f'
            self._hang_up()
        elif how == "cut character":  # whole, but cut in two by the network
            whole = piece("😀 fine")
            raw = json.dumps(
                {"choices": [{"index": 0, "delta": {"content": "😀 fine"}}]}, ensure_ascii=False
            )
            whole = b"data: " + raw.encode() + b"\n\n"
            cut = whole.index("😀".encode()) + 2
            yield whole[:cut]
            time.sleep(0.1)
            yield whole[cut:]
            yield from (piece(finish="stop"), usage(), DONE)
        elif how == "goes on":  # with what it was begun with, which it does not repeat
            yield from (piece('"Ada"}'), piece(finish="stop"), usage(), DONE)
        elif how == "halves":  # of letters, as programs send them that cut texts in UTF-16
            for half in ("A \ud83d", "\ude00 B \ud83d"):
                yield piece(half)
            yield from (piece(finish="stop"), usage(), DONE)
        elif how == "malformed":
            yield from WORDS
            yield b'data: {"choices": [{"delta"\n\n'
        elif how == "strange":
            yield from WORDS
            yield b'data: {"choices": [{"delta": {"content": {"a": 1}}}]}\n\n'
        elif how == "stranger":
            yield from WORDS
            yield b'data: {"choices": 7}\n\n'
        elif how == "empty":
            yield DONE
        elif how == "no usage":
            yield from (*WORDS, piece(finish="stop"), DONE)
        elif how == "wrong usage":
            yield from (*WORDS, piece(finish="stop"), usage(-5, "many"), DONE)
        elif how == "no end":
            yield from WORDS
        elif how == "cut piece":  # and an orderly end of the connection
            yield from (*WORDS, b'data: {"choices": [{"delta": {"conte')
        elif how == "empty events":
            yield from (b"data: \n\n", *WORDS, b"data:\n\n", *GOOD[4:-1], b"data: [DONE] \n\n")
        elif how.startswith("finish "):
            yield from (*WORDS, piece(finish=how.removeprefix("finish ")), usage(), DONE)
        elif how == "end unsaid":
            yield from (*WORDS, usage(), DONE)
        elif how == "error as text":
            yield from (*WORDS, b'data: {"error": "context too long"}\n\n')
        elif how == "error as object":
            yield from (*WORDS, b'data: {"object": "error", "message": "context too long"}\n\n')
        elif how == "error in a list":
            yield from (*WORDS, b'data: [{"error": {"message": "context too long"}}]\n\n')
        elif how == "error event":
            yield from (*WORDS, b'event: error\ndata: {"message": "context too long"}\n\n')
        elif how == "error line":
            yield from (*WORDS, b'error: {"code": 500, "message": "context too long"}\n\n')
        elif how == "nested":
            yield from (*WORDS, b"data: " + b"[" * 100_000 + b"\n\n")
        elif how == "reads":  # for longer than one may be silent
            for done in range(12):
                yield piece(prompt_progress={"total": 12, "cache": 0, "processed": done})
                time.sleep(0.1)
            yield from GOOD
        elif how == "pings":
            for _ in range(12):
                yield b": ping\n\n"
                time.sleep(0.1)
            yield from GOOD
        elif how == "all thought":
            yield from [piece(delta={"reasoning": "hm "})] * 16
            yield from (piece(finish="length"), usage(12, 16), DONE)
        elif how == "open end":  # says that it is done and keeps the line open
            yield from GOOD
            time.sleep(self.server.stall_s)
        elif how == "role only":
            yield from [piece(delta={"role": "assistant"})] * 3
            yield from GOOD
        elif how == "error inside":
            yield from WORDS
            yield b'data: {"error": {"message": "CUDA out of memory"}}\n\n'
        elif how == "huge":
            yield from (piece("x" * 10_000_000), piece(finish="stop"), DONE)
        elif how == "endless line":
            yield b"data: "
            while True:
                yield b"x" * 65_536
        elif how == "endless":
            while True:
                yield piece("more ")
        elif how == "thoughts in the text":
            for text in (
                "<|chan",
                "nel>thou",
                "ght\nlet me ",
                "see<chan",
                "nel|>",
                "It is 4.",
                "<turn|>",
            ):
                yield piece(text)
            yield from (piece(finish="stop"), usage(), DONE)
        elif how == "reasoning":
            yield piece(delta={"reasoning": "hm "})
            yield piece(delta={"reasoning_content": "well"})
            yield from (piece("Four."), piece(finish="stop"), usage(10, 5), DONE)
        elif how == "tool":
            call = {
                "index": 0,
                "id": "a",
                "type": "function",
                "function": {"name": "get_weather", "arguments": ""},
            }
            yield piece(delta={"tool_calls": [call]})
            for part in ('{"city": ', '"Rome"}'):
                yield piece(delta={"tool_calls": [{"index": 0, "function": {"arguments": part}}]})
            yield from (piece(finish="tool_calls"), usage(), DONE)
        elif how == "calculates":  # thinks, speaks and calls twice, then says what it was told
            asked = json.loads(self.server.seen[-1][2])["messages"]
            told = [message["content"] for message in asked if message["role"] == "tool"]
            if told:
                yield piece(f"It is {' and '.join(told)}.")
                yield from (piece(finish="stop"), usage(40, 9), DONE)
                return
            yield piece(delta={"reasoning": "a sum"})
            yield piece("Let me see.")
            for index, sum in enumerate(("6*7", "1/0")):
                said = {"name": "calculator", "arguments": json.dumps({"expression": sum})}
                call = {"index": index, "id": f"x{index}", "type": "function", "function": said}
                yield piece(delta={"tool_calls": [call]})
            yield from (piece(finish="tool_calls"), usage(30, 20), DONE)
        elif how == "timings":
            yield from (
                *WORDS,
                piece(finish="stop", timings={"prompt_ms": 250.0, "cache_n": 2}),
                usage(12, 4),
                DONE,
            )
        elif how == "steady":  # a second of words, whoever else asks: a server that batches
            for _ in range(20):
                time.sleep(0.05)
                yield piece("tick ")
            yield from (piece(finish="stop"), usage(12, 21), DONE)
        elif how == "slow":
            yield WORDS[0]
            for _ in range(200):
                time.sleep(0.05)
                yield piece("tick ")
        else:
            yield from GOOD

    def _stream(self, pieces: Any) -> None:
        self.send_response(200)
        self.send_header("content-type", "text/event-stream")
        self.send_header("transfer-encoding", "chunked")
        self.end_headers()
        for data in pieces:
            if b'"content"' in data:
                self.server.wrote.append(time.perf_counter())
            self.wfile.write(b"%x\r\n%s\r\n" % (len(data), data))
            self.wfile.flush()
        self.wfile.write(b"0\r\n\r\n")

    def _compressed(self, body: bytes, how: str) -> None:
        self._whole(200, body, kind="text/event-stream", **{"content-encoding": how})

    def _whole(
        self, status: int, body: bytes, kind: str = "application/json", **headers: str
    ) -> None:
        self.send_response(status)
        self.send_header("content-type", kind)
        self.send_header("content-length", str(len(body)))
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def _hang_up(self) -> None:
        """Reset the connection."""
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        os.close(self.connection.detach())
        raise ConnectionResetError


class Hostile(ThreadingHTTPServer):
    """`seen` is every request: path, headers, body. `callers` are the ports that they came from, `wrote` when a piece
    with text was written. `left` is set once a client went away in the middle. `most` is how many answers it gave at
    the same time.
    """

    request_queue_size = 64

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.seen: list[tuple[str, dict[str, str], bytes]] = []
        self.callers: list[int] = []
        self.wrote: list[float] = []
        self.left = threading.Event()
        self.stall_s = 3.0
        self.most = self._now = 0
        self._counting = threading.Lock()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/v1"

    @contextlib.contextmanager
    def answering(self) -> Iterator[None]:
        """Count an answer while it is given."""
        with self._counting:
            self._now += 1
            self.most = max(self.most, self._now)
        try:
            yield
        finally:
            with self._counting:
                self._now -= 1

    def times(self, model: str) -> int:
        """How often a model was asked."""
        return sum(json.loads(body).get("model") == model for _, _, body in self.seen if body)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away is no news."""


def serve() -> Hostile:
    """Start one; `shutdown` and `server_close` end it."""
    server = Hostile()
    threading.Thread(
        target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True
    ).start()
    return server


@contextmanager
def serving() -> Iterator[Hostile]:
    """One for as long as it is wanted."""
    server = serve()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
