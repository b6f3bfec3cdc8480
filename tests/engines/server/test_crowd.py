"""Several visitors on one server: it batches them, and a hanging answer is its own visitor's trouble only."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

import pytest

from playground.comparisons.comparison import Comparison
from playground.comparisons.contender import Contender
from playground.comparisons.pool import Pool
from playground.engines.recital import EVERYTHING
from playground.engines.server.engine import ServerEngine
from playground.engines.server.transport.wire import Patience
from playground.models.model import Model
from playground.models.servers import Server
from playground.prompt.conversation import Conversation, Settings
from tests.servers.hostile import Hostile, serve

VISITORS = 10


@pytest.fixture
def hostile() -> Iterator[Hostile]:
    server = serve()
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def pool() -> Iterator[Pool]:
    made = Pool(lambda model: ServerEngine(model, Patience()), budget_bytes=10**9)
    yield made
    made.close()


def comparison(hostile: Hostile, *names: str) -> Comparison:
    server = Server("lab", hostile.url)
    models = [
        Model(f"server:lab/{name}", name, name, "server", EVERYTHING, server=server)
        for name in names
    ]
    columns = [Contender(model, Settings(), str(n)) for n, model in enumerate(models)]
    return Comparison(Conversation.ask("Hello!"), columns)


def watch(comparisons: list[Comparison], until: Callable[[], bool]) -> None:
    """Look at all of them until something is so."""
    began = time.monotonic()
    while not until() and time.monotonic() - began < 60:
        for one in comparisons:
            one.watch()
        time.sleep(0.02)
    assert until()


def test_ten_visitors_are_answered_at_the_same_time(hostile: Hostile, pool: Pool) -> None:
    """A server that batches them is not asked one after the other."""
    crowd = [comparison(hostile, "steady") for _ in range(VISITORS)]
    for one in crowd:
        one.run(pool)
    watch(crowd, lambda: all(one.ended for one in crowd))
    assert all(one.answers[0].state == "done" for one in crowd)
    assert hostile.most > VISITORS / 2
    figures = [one.answers[0].figures() for one in crowd]
    assert all(one.contended for one in figures)


def test_a_hanging_answer_holds_up_nobody_else(hostile: Hostile, pool: Pool) -> None:
    hostile.stall_s = 30.0
    hangs, quick = comparison(hostile, "stall at once", "good"), comparison(hostile, "good", "good")
    for one in (hangs, quick):
        one.run(pool)
    watch([hangs, quick], lambda: quick.ended)
    assert [answer.state for answer in quick.answers] == ["done", "done"]
    assert hangs.answers[1].state == "waiting" and hangs.answers[1].ahead == 1
    hangs.stop()
    models = [contender.model for contender in hangs.contenders]
    watch([], lambda: all(pool.standing(model) == "loaded" for model in models))
