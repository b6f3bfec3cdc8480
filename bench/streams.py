"""(j) What a piece of a served answer costs, and how much of it the page: many streams at once, fifty pieces a second.

Each goes through the engine into an answer, as on the page; the fake server is a process of its own.
"""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import time
from contextlib import suppress

import psutil

from bench.numbers import table
from playground.comparisons import answering
from playground.comparisons.answer import Answer
from playground.comparisons.contender import contenders
from playground.comparisons.pool import Pool
from playground.engines.recital import EVERYTHING
from playground.engines.server.engine import ServerEngine
from playground.models.model import Model
from playground.models.servers import Server
from playground.prompt.conversation import Conversation, Settings

STREAMS = (1, 4, 16, 64)
RATE, PIECES, PAUSE_S = 50, 300, 1.0
ASK = Conversation.ask("Go.")


def main() -> None:
    """Measure each number of streams."""
    print(f"(j) streams at once, {RATE} pieces a second each, {PIECES} pieces")
    rows = [("streams", "µs of CPU a piece", "of it in the page", "% of a core", "last piece late")]
    serving = [sys.executable, "-m", "bench.streams"]
    with subprocess.Popen(serving, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        url = f"http://127.0.0.1:{int(server.stdout.readline())}/v1"
        _race(url, 4)  # imports, connections
        rows += [_race(url, count) for count in STREAMS]
        server.kill()
    table(rows)


def _race(url: str, count: int) -> tuple[str, ...]:
    """So many answers at once."""
    model = Model("server:fake/m", "m", "m", "server", EVERYTHING, server=Server("fake", url))
    pool = Pool(ServerEngine, 1)
    columns = contenders([(model, Settings(max_tokens=PIECES))] * count)
    answers = [Answer(column, ASK) for column in columns]
    cpu, courier, began = time.process_time(), _courier(), time.perf_counter()
    for answer in answers:
        answering.begin(answer, pool, shared=True)()
    for answer in answers:
        answer.wait()
    cpu, took = time.process_time() - cpu, time.perf_counter() - began
    all_of_it = cpu + _courier() - courier
    pool.close()
    pieces = sum(len(answer.chunks) for answer in answers)
    assert pieces == count * PIECES, [answer.reason for answer in answers]
    late = max(answer.chunks[-1].at for answer in answers) - began - PAUSE_S - (PIECES - 1) / RATE
    return (
        str(count),
        f"{1e6 * all_of_it / pieces:.0f}",
        f"{1e6 * cpu / pieces:.0f}",
        f"{100 * all_of_it / took:.0f}",
        f"{1000 * late:.0f} ms",
    )


def _courier() -> float:
    """Seconds of CPU that the process spent which receives."""
    there = [one for one in psutil.Process().children() if "courier" in " ".join(one.cmdline())]
    return sum(sum(one.cpu_times()[:2]) for one in there)


async def _serve() -> None:
    """Answers every request with `PIECES` pieces at a steady pace; prints its port."""
    server = await asyncio.start_server(_answer, "127.0.0.1", 0, backlog=256)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


async def _answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    head = await reader.readuntil(b"\r\n\r\n")
    length = int(head.lower().split(b"content-length:")[1].split(b"\r\n")[0])
    await reader.readexactly(length)
    writer.write(b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nconnection: close\r\n\r\n")
    began = time.monotonic() + PAUSE_S
    with suppress(ConnectionError):
        for number in range(PIECES):
            await asyncio.sleep(began + number / RATE - time.monotonic())
            writer.write(_event({"content": f"word{number} "}))
            await writer.drain()
        writer.write(_event({}, "stop") + b"data: [DONE]\n\n")
        await writer.drain()
    writer.close()


def _event(delta: dict[str, str], finish: str | None = None) -> bytes:
    choice = {"index": 0, "delta": delta, "finish_reason": finish}
    piece = {"id": "x", "object": "chat.completion.chunk", "model": "m", "choices": [choice]}
    return b"data: " + json.dumps(piece).encode() + b"\n\n"


if __name__ == "__main__":
    asyncio.run(_serve())
