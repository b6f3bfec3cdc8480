"""The process that receives answers: what it hands on, in which order, and what becomes of the rest."""

from __future__ import annotations

import asyncio
import os
import pickle
import signal
import socket
import threading
import time
from collections.abc import Iterator
from queue import SimpleQueue
from typing import Any

import pytest

from playground.engines.base import EngineError
from playground.engines.events import Chunk, Requested
from playground.engines.recital import EVERYTHING
from playground.engines.server.engine import ServerEngine
from playground.engines.server.transport.courier import Courier
from playground.engines.server.transport.parcel import (
    Batch,
    Closed,
    Dropped,
    Item,
    Late,
    NoStream,
    Post,
    Refusal,
    Unreached,
    Way,
)
from playground.engines.server.transport.receiver import Receiver, receiver
from playground.engines.server.transport.sse import TooMuch
from playground.models.model import Model
from playground.models.servers import Server
from playground.prompt.conversation import Conversation, Settings
from tests.servers.hostile import Hostile, serving

WAY = Way(1, "", "", None, 10.0)


@pytest.fixture(scope="module")
def hostile() -> Iterator[Hostile]:
    with serving() as server:
        yield server


def post(id: int, url: str, model: str) -> Post:
    body = f'{{"model": "{model}", "stream": true}}'.encode()
    return Post(id, WAY, f"{url}/chat/completions", body, 1_000_000)


def carried(*posts: Post) -> list[Batch]:
    """What a courier hands on for some requests, in this process."""
    batches: SimpleQueue[Batch] = SimpleQueue()

    async def carry() -> list[Batch]:
        courier, found, left = Courier(batches), [], len(posts)
        for one in posts:
            courier.take(one)
        while left:
            await asyncio.sleep(0.01)
            while not batches.empty():
                found.append(batches.get())
                left -= sum(item is None or isinstance(item, Exception) for _, item in found[-1])
        await courier.close()
        return found

    return asyncio.run(asyncio.wait_for(carry(), 30))


def of(batches: list[Batch], id: int) -> list[Item]:
    return [item for batch in batches for whose, item in batch if whose == id]


def test_batches_keep_the_order_and_the_moments_of_every_stream(hostile: Hostile) -> None:
    began = time.perf_counter()
    batches = carried(*(post(number, hostile.url, "steady") for number in range(8)))
    for number in range(8):
        asked, *pieces, end = of(batches, number)
        assert isinstance(asked, Requested) and end is None
        timed = [piece for piece in pieces if isinstance(piece, tuple)]
        moments = [asked.at, *(at for at, _ in timed), time.perf_counter()]
        assert moments == sorted(moments) and asked.at > began
        assert b"".join(data for _, data in timed).count(b"tick") == 20
        # A second of words was not stamped when it was handed on.
        assert len({at for at, _ in timed}) >= 15


def test_many_streams_are_handed_on_together(hostile: Hostile) -> None:
    batches = carried(*(post(number, hostile.url, "steady") for number in range(40)))
    assert sum(map(len, batches)) > 2 * len(batches)


def test_the_connection_is_made_before_the_request_counts(
    hostile: Hostile, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = socket.getaddrinfo

    def slow(*arguments: Any, **more: Any) -> Any:
        time.sleep(0.5)
        return known(*arguments, **more)

    monkeypatch.setattr(socket, "getaddrinfo", slow)
    began = time.perf_counter()
    url = hostile.url.replace("127.0.0.1", "localhost")
    asked, *_ = of(carried(post(1, url, "good")), 1)
    assert isinstance(asked, Requested)
    assert asked.at - began >= 0.5, "what it took to connect is in no figure"


@pytest.mark.parametrize(
    "fault",
    [
        Dropped(),
        Closed(),
        Late(),
        TooMuch(),
        Unreached(True, 10),
        NoStream("text/html", "<html>"),
        Refusal(429, "busy", "7"),
    ],
    ids=lambda fault: type(fault).__name__,
)
def test_faults_stay_what_they_are_on_their_way(fault: Exception) -> None:
    there = pickle.loads(pickle.dumps(fault))
    assert type(there) is type(fault) and vars(there) == vars(fault)


def test_a_courier_that_dies_breaks_answers_off_and_the_next_is_asked_by_another(
    hostile: Hostile,
) -> None:
    engine = ServerEngine(_model(hostile, "slow"))
    heard: list[str] = []
    with pytest.raises(EngineError, match="closed the connection in the middle"):
        for event in engine.stream(Conversation.ask("Go."), Settings(), threading.Event()):
            if isinstance(event, Chunk):
                heard.append(event.text)
                if len(heard) == 3:
                    process = receiver()._process
                    assert process is not None
                    os.kill(process.pid, signal.SIGKILL)
    assert heard[:3] == ["tick "] * 3
    again = ServerEngine(_model(hostile, "good"))
    events = again.stream(Conversation.ask("Go."), Settings(), threading.Event())
    assert "".join(event.text for event in events if isinstance(event, Chunk)) == "One two three."
    for one in (engine, again):
        one.close()


def test_nothing_is_left_of_answers_that_ended_or_were_left(hostile: Hostile) -> None:
    mine = Receiver()
    for number in range(60):
        url, body = f"{hostile.url}/chat/completions", b'{"model": "good", "stream": true}'
        parcels = mine.post(WAY, url, body, 1_000_000)
        items: list[Item] = []
        while number % 2 and None not in items:
            items += parcels.all(1)
        parcels.leave(0)
    assert mine.breath() == 0.0
    process = mine._process
    assert process is not None and process.stdin is not None
    process.stdin.close()
    assert process.wait(20) == 0, "it ends when nobody orders any more"
    hearing = [one for one in threading.enumerate() if one.name == f"streams {process.pid}"]
    for thread in hearing:
        thread.join(20)


def _model(hostile: Hostile, name: str) -> Model:
    spec = f"server:lab/{name}"
    return Model(spec, name, name, "server", EVERYTHING, server=Server("lab", hostile.url))


def test_what_goes_to_the_courier_shows_no_secret() -> None:
    """An event loop logs what it was called with when that breaks."""
    way = Way(1, "sk-very-secret", "http://me:secret@proxy", None, 1.0)
    order = Post(1, way, "http://lab/v1", b"a secret question", 9)
    assert "secret" not in f"{way!r} {order!r} {[order]}" and "http://lab/v1" in repr(order)
