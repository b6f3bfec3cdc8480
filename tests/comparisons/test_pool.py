"""The line: fair or shared turns, who comes before whom, and what is evicted."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from dataclasses import replace

import pytest

from playground.comparisons.pool import Pool, Stopped, Turn
from playground.engines.base import EngineError
from playground.engines.recital import Recital, reciter
from playground.models.model import Model


class Sized(Recital):
    """A reciter that takes memory, as far as the pool knows."""


def sized(name: str, size: int) -> Model:
    model = reciter(name)
    return replace(model, needs_bytes=size)


@pytest.fixture
def pool() -> Iterator[Pool]:
    made = Pool(Sized, budget_bytes=100)
    yield made
    made.close()


class Going:
    """A turn in a thread of its own that runs until it is told to end."""

    def __init__(self, pool: Pool, model: Model, shared: bool = False) -> None:
        self.stop = threading.Event()
        self.running = threading.Event()
        self.stopped = False
        self._leave = threading.Event()
        self.turn: Turn = pool.turn(model, self.stop, shared)
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self) -> None:
        try:
            with self.turn as engine:
                self.turn.load(engine)
                self.running.set()
                self._leave.wait(10)
        except Stopped:
            self.stopped = True

    def end(self) -> None:
        self._leave.set()
        self._thread.join(10)


def until(true: object, seconds: float = 5.0) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if true():  # type: ignore[operator]
            return True
        time.sleep(0.01)
    return False


def test_fair_turns_run_one_at_a_time_in_order(pool: Pool) -> None:
    first, second, third = (Going(pool, sized(name, 10)) for name in "abc")
    assert first.running.wait(5)
    assert until(lambda: (second.turn.ahead, third.turn.ahead) == (1, 2))
    assert not second.running.is_set()
    first.end()
    assert second.running.wait(5)
    assert not third.running.is_set()
    second.end()
    assert third.running.wait(5)
    third.end()
    assert not any(going.turn.contended for going in (first, second, third))


def test_shared_turns_run_together_and_know_that_they_contend(pool: Pool) -> None:
    first, second = (Going(pool, sized(name, 10), shared=True) for name in "ab")
    assert first.running.wait(5) and second.running.wait(5)
    alone = Going(pool, sized("c", 10))
    assert until(lambda: alone.turn.ahead == 2)
    late = Going(pool, sized("d", 10), shared=True)
    time.sleep(0.05)
    assert not late.running.is_set(), "nobody overtakes a fair turn"
    first.end()
    second.end()
    assert alone.running.wait(5)
    alone.end()
    assert late.running.wait(5)
    late.end()
    assert first.turn.contended and second.turn.contended
    assert not alone.turn.contended and not late.turn.contended


def test_the_same_model_never_answers_two_at_once(pool: Pool) -> None:
    model = sized("a", 10)
    first, second = Going(pool, model, shared=True), Going(pool, model, shared=True)
    assert first.running.wait(5)
    assert until(lambda: second.turn.ahead == 1)
    assert not second.running.is_set()
    first.end()
    assert second.running.wait(5)
    second.end()


def test_stopping_leaves_the_line(pool: Pool) -> None:
    first, second = Going(pool, sized("a", 10)), Going(pool, sized("b", 10))
    assert first.running.wait(5)
    second.stop.set()
    assert until(lambda: second.stopped)
    assert pool.waiting() == 0
    first.end()


def test_the_longest_unused_model_is_evicted_first(pool: Pool) -> None:
    a, b, c = sized("a", 40), sized("b", 40), sized("c", 40)
    for model in (a, b, a):
        Going(pool, model).end()
    going = Going(pool, c)
    assert going.running.wait(5)
    assert {engine.model.variant for engine in pool.loaded()} == {"a", "c"}
    going.end()


def test_models_that_do_not_fit_together_wait_for_each_other(pool: Pool) -> None:
    first, second = (
        Going(pool, sized("a", 60), shared=True),
        Going(pool, sized("b", 60), shared=True),
    )
    assert first.running.wait(5)
    time.sleep(0.15)
    assert not second.running.is_set()
    first.end()
    assert second.running.wait(5)
    assert [engine.model.variant for engine in pool.loaded()] == ["b"]
    second.end()


def test_a_model_that_can_never_fit_is_told_so_at_once(pool: Pool) -> None:
    with pytest.raises(EngineError, match=r"giant needs about .* of memory"):
        pool.turn(sized("giant", 500), threading.Event())


def test_a_model_is_loaded_and_unloaded_without_a_question(pool: Pool) -> None:
    model = sized("a", 60)
    assert pool.standing(model) == "away"
    pool.load(model, threading.Event())
    assert pool.standing(model) == "loaded"
    going = Going(pool, model)
    assert going.running.wait(5)
    assert pool.standing(model) == "in use"
    assert not pool.unload(model), "somebody's answer would break"
    going.end()
    assert pool.unload(model)
    assert pool.standing(model) == "away" and not pool.loaded()
