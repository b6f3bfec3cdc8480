"""A comparison followed to its end by a client, who stops it by going away."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import aclosing
from typing import Any, TypeVar

from starlette.requests import ClientDisconnect, Request

from playground.comparisons.comparison import Comparison

TICK_S = 0.05
QUIET_S = 10.0
"""A stream that says nothing for so long says that it is still there, so that no proxy cuts it off."""

STILL_HERE = b": still here\n\n"

T = TypeVar("T")

_work, _reading = ThreadPoolExecutor(16, "api"), ThreadPoolExecutor(16, "api reads")


async def aside(act: Callable[..., T], *arguments: Any) -> T:
    """Do what may take a moment in a thread, so that pages go on being drawn."""
    return await asyncio.get_running_loop().run_in_executor(_work, act, *arguments)


async def at_length(act: Callable[..., T], *arguments: Any) -> T:
    """The same for what may take minutes, as reading clips does: in threads of its own, so that whoever sends many
    holds up nobody who only looks.
    """
    return await asyncio.get_running_loop().run_in_executor(_reading, act, *arguments)


async def follow(comparison: Comparison) -> AsyncGenerator[None]:
    """A tick again and again, once more after its end. Calls that wait for a person end their answers, for nobody sits
    here. Whoever no longer takes the ticks has stopped it.
    """
    try:
        while True:
            comparison.watch()
            ended = comparison.ended
            for answer in comparison.answers:
                if any(call.standing == "waiting" for call in answer.calling):
                    answer.leave()
            yield
            if ended:
                return
            await asyncio.sleep(TICK_S)
    finally:
        if not comparison.ended:
            comparison.stop()


async def whole(comparison: Comparison, request: Request) -> None:
    """Until its end. Raises ClientDisconnect when the client has gone before it."""
    async with aclosing(follow(comparison)) as ticks:
        async for _ in ticks:
            if await request.is_disconnected():
                raise ClientDisconnect


async def heard(pieces: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """The pieces of a stream, empty ones left out, with a sign of life where there were none for long."""
    last = time.monotonic()
    async for piece in pieces:
        now = time.monotonic()
        if piece or now - last > QUIET_S:
            last = now
            yield piece or STILL_HERE
