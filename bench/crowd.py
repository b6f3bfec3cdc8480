"""(p) A crowd: how late words reach so many visitors of four streams each, and what the program spends on it.

The visitors are bare WebSocket clients that read what Streamlit sends, in a process of their own; so is the server that
writes fifty words a second into each stream and knows when it wrote each. Late is the first sight of a word against
the moment when it was written.
"""

from __future__ import annotations

import asyncio
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from dataclasses import dataclass, field

import psutil
import websockets
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState

from bench.numbers import table
from playground.comparisons.figures import percentile
from tests.browser.serving import ROOT, free_port

VISITORS = tuple(map(int, os.environ.get("CROWD", "1,4,16,32,50").split(",")))
NAME = "LAB"
STREAMS, WORDS, RATE, PAUSE_S = 4, 300, 50, 0.2
READY_S = 8.0
"""After the last page was opened, until what gets ready in the background is there."""


@dataclass
class Visitor:
    """One tab. `seen` is when each word was first there, `received` how many bytes came."""

    address: str
    query: str
    seen: dict[str, float] = field(default_factory=dict)
    received: int = 0
    chat: str = ""
    page: str = ""
    done: asyncio.Event = field(default_factory=asyncio.Event)

    async def open(self) -> None:
        """Draw the page once."""
        self._socket = await websockets.connect(
            f"ws://{self.address}/_stcore/stream",
            subprotocols=["streamlit"],  # type: ignore[list-item]
            origin=f"http://{self.address}",  # type: ignore[arg-type]
            max_size=None,
            open_timeout=120,
        )
        self._reading = asyncio.create_task(self._read())
        await self.run()
        await asyncio.wait_for(self.done.wait(), 120)

    async def ask(self, name: str) -> None:
        """Send a question; the answers' words begin with its name."""
        asked = WidgetState(id=self.chat)
        asked.chat_input_value.data = name
        self.received = 0
        await self.run(asked)

    async def run(self, *states: WidgetState) -> None:
        """Run the page, with what was typed into it."""
        self.done.clear()
        message = BackMsg()
        message.rerun_script.query_string = self.query
        message.rerun_script.page_script_hash = self.page
        message.rerun_script.widget_states.widgets.extend(states)
        await self._socket.send(message.SerializeToString())

    async def close(self) -> None:
        """Leave."""
        await self._socket.close()
        await self._reading

    async def _read(self) -> None:
        with suppress(websockets.ConnectionClosed):
            async for data in self._socket:
                now = time.perf_counter()
                self.received += len(data)
                message = ForwardMsg.FromString(data)  # type: ignore[arg-type]
                kind = message.WhichOneof("type")
                if kind == "new_session":
                    self.page = message.new_session.page_script_hash or self.page
                elif kind == "page_info_changed":
                    self.query = message.page_info_changed.query_string
                elif kind == "script_finished":
                    self.done.set()
                elif kind == "delta" and message.delta.WhichOneof("type") == "new_element":
                    self._look(message.delta.new_element, now)
        self.done.set()

    def _look(self, element: object, now: float) -> None:
        kind = element.WhichOneof("type")  # type: ignore[attr-defined]
        if kind == "chat_input":
            self.chat = element.chat_input.id  # type: ignore[attr-defined]
        elif kind == "markdown":
            for word in re.findall(r"\bv\d+m\d+w\d+\b", element.markdown.body):  # type: ignore[attr-defined]
                self.seen.setdefault(word, now)


def main() -> None:
    """Each crowd behind a program of its own."""
    print(
        f"(p) visitors with {STREAMS} streams of {RATE} words/s, {WORDS} words, on the same cores"
    )
    rows = [
        (
            "visitors", "page, % of a core", "all of it, %", "late p50 ms", "p95 ms", "whole race s",
            "KB each / text", "page MB",
        )
    ]  # fmt: skip
    rows += [asyncio.run(_crowd(count)) for count in VISITORS]
    table(rows)


async def _crowd(count: int) -> tuple[str, ...]:
    serving = [sys.executable, "-m", "bench.crowd"]
    with (
        tempfile.NamedTemporaryFile("r", suffix=".stamps") as stamps,
        tempfile.TemporaryDirectory() as archive,
        subprocess.Popen([*serving, stamps.name], stdout=subprocess.PIPE, text=True) as server,
    ):
        assert server.stdout is not None
        url, port = f"http://127.0.0.1:{int(server.stdout.readline())}/v1", free_port()
        run = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.port", str(port)]
        environment = {f"PLAYGROUND_SERVER_{NAME}": url, "PLAYGROUND_ARCHIVE": archive}
        with subprocess.Popen(
            run, cwd=ROOT, env=os.environ | environment, stdout=subprocess.DEVNULL
        ) as app:
            try:
                return await _race(count, f"127.0.0.1:{port}", psutil.Process(app.pid), stamps)
            finally:
                app.terminate()
                app.wait(60)
                server.kill()


async def _race(count: int, address: str, page: psutil.Process, stamps: object) -> tuple[str, ...]:
    models = ",".join(f"server:lab/m{number}" for number in range(STREAMS))
    query = f"timing=All+at+once&max_tokens=4096&on={models}"
    visitors = [Visitor(address, query) for _ in range(count)]
    for visitor in visitors:
        while True:
            with suppress(OSError):
                await visitor.open()
                break
            await asyncio.sleep(0.1)
    await asyncio.sleep(READY_S)
    others = page.children(recursive=True)
    began, before = time.perf_counter(), [_spent(one) for one in (page, *others)]
    for number, visitor in enumerate(visitors):
        await visitor.ask(f"v{number}")
    await asyncio.gather(*(asyncio.wait_for(one.done.wait(), 300) for one in visitors))
    took = time.perf_counter() - began
    spent = [_spent(one) - was for one, was in zip((page, *others), before, strict=True)]
    written = {word: float(at) for word, at in map(str.split, stamps)}  # type: ignore[call-overload]
    seen = {word: at for visitor in visitors for word, at in visitor.seen.items()}
    late = sorted(seen[word] - at for word, at in written.items() if word in seen)
    assert len(late) == count * STREAMS * WORDS, f"{len(late)} words were seen"
    text = sum(len(word) + 1 for word in written) / count
    figures = (
        str(count),
        f"{100 * spent[0] / took:.0f}",
        f"{100 * sum(spent) / took:.0f}",
        *(f"{1000 * percentile(late, share):.0f}" for share in (0.5, 0.95)),
        f"{took:.1f}, ideal {PAUSE_S + WORDS / RATE:.1f}",
        f"{sum(one.received for one in visitors) / count / text:.0f}",
        f"{page.memory_info().rss / 1e6:.0f}",
    )
    for visitor in visitors:
        await visitor.close()
    return figures


def _spent(process: psutil.Process) -> float:
    times = process.cpu_times()
    return float(times.user + times.system)


async def _serve(stamps: str) -> None:
    """Answer with words that say whose they are, and write down when each left. Prints its port."""
    with open(stamps, "w", encoding="utf-8", buffering=1) as written:

        async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            with suppress(ConnectionError, asyncio.IncompleteReadError):
                await _answer(reader, writer, written)
            writer.close()

        server = await asyncio.start_server(answer, "127.0.0.1", 0, backlog=512, limit=1 << 24)
        print(server.sockets[0].getsockname()[1], flush=True)
        await server.serve_forever()


async def _answer(reader, writer, written) -> None:  # type: ignore[no-untyped-def]
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    if head.startswith("GET"):
        listed = [{"id": f"m{number}", "object": "model"} for number in range(STREAMS)]
        writer.write(_whole({"object": "list", "data": listed}))
        await writer.drain()
        return
    length = int(re.search(r"content-length: *(\d+)", head, re.IGNORECASE)[1])  # type: ignore[index]
    asked = json.loads(await reader.readexactly(length))
    if not asked.get("stream"):
        writer.write(_whole({"choices": [{}], "usage": {"prompt_tokens": 10}}))
        await writer.drain()
        return
    said = json.dumps(asked["messages"][-1])
    name = re.search(r"v\d+", said)[0] + asked["model"]  # type: ignore[index]
    writer.write(b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nconnection: close\r\n\r\n")
    began = time.monotonic() + PAUSE_S
    for number in range(WORDS):
        await asyncio.sleep(began + number / RATE - time.monotonic())
        gap = "\n\n" if number % 60 == 0 else " "
        writer.write(_event({"content": f"{gap}{name}w{number}"}))
        written.write(f"{name}w{number} {time.perf_counter()}\n")
        await writer.drain()
    writer.write(_event({}, "stop") + b"data: [DONE]\n\n")
    await writer.drain()


def _event(delta: dict[str, str], finish: str | None = None) -> bytes:
    choice = {"index": 0, "delta": delta, "finish_reason": finish}
    piece = {"id": "x", "object": "chat.completion.chunk", "model": "m", "choices": [choice]}
    return b"data: " + json.dumps(piece).encode() + b"\n\n"


def _whole(said: object) -> bytes:
    body = json.dumps(said).encode()
    head = f"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {len(body)}\r\n"
    return f"{head}connection: close\r\n\r\n".encode() + body


if __name__ == "__main__":
    asyncio.run(_serve(sys.argv[1]))
