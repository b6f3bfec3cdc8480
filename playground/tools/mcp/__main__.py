"""The process that speaks to MCP servers: `python -m playground.tools.mcp`. Lines of JSON come and go.

    {"id": 1, "do": "tools", "server": "files"}                      {"id": 1, "tools": [...], "faults": [...]}
    {"id": 2, "do": "call", "server": "files", "name": ..., ...}     {"id": 2, "result": ..., "wrong": false}
    {"id": 2, "do": "leave"}                                         {"id": 3, "fault": "files ended."}

Ends when its standard input does, or when a server made it larger than it may be.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
import threading
import time
from typing import Any

import psutil

from playground.tools.mcp.named import set_up
from playground.tools.mcp.sessions import Lost, Session

MOST_BYTES = 700_000_000
"""Of memory: what a server sends without end must not be held."""


class Speaker:
    """Answers what is asked on standard input."""

    def __init__(self) -> None:
        self._sessions = {one.name: Session(one) for one in set_up().servers}
        self._running: dict[int, asyncio.Task[None]] = {}

    async def run(self) -> None:
        """Until standard input ends."""
        loop = asyncio.get_running_loop()
        lines: asyncio.Queue[bytes] = asyncio.Queue()

        def read() -> None:
            for line in sys.stdin.buffer:
                loop.call_soon_threadsafe(lines.put_nowait, line)
            loop.call_soon_threadsafe(lines.put_nowait, b"")

        threading.Thread(target=read, daemon=True).start()
        while line := await lines.get():
            self._take(json.loads(line))
        for session in self._sessions.values():
            await session.close()
        await asyncio.sleep(0.2)

    def _take(self, asked: dict[str, Any]) -> None:
        id = asked["id"]
        if asked["do"] == "leave":
            if (task := self._running.get(id)) is not None:
                task.cancel()
            return
        task = asyncio.create_task(self._answer(id, asked))
        self._running[id] = task
        task.add_done_callback(lambda _: self._running.pop(id, None))

    async def _answer(self, id: int, asked: dict[str, Any]) -> None:
        session = self._sessions.get(asked["server"])
        try:
            if session is None:
                raise Lost(f"There is no server called {asked['server']} here.")
            if asked["do"] == "tools":
                told = await session.tools()
            else:
                told = await session.call(asked["name"], asked["arguments"])
        except Lost as lost:
            told = {"fault": str(lost)}
        except Exception as error:
            told = {"fault": f"{asked['server']} broke: {type(error).__name__}."}
        sys.stdout.write(json.dumps({"id": id, **told}) + "\n")
        sys.stdout.flush()


def _watch() -> None:
    process = psutil.Process()
    while process.memory_info().rss < MOST_BYTES:
        time.sleep(0.1)
    os._exit(3)


if __name__ == "__main__":
    threading.Thread(target=_watch, daemon=True).start()
    asyncio.run(Speaker().run())
    os._exit(0)
