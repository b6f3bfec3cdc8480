"""The line: fair or shared turns, on this machine and on servers, who comes before whom, and what is evicted."""

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
from playground.models.servers import Server
from tests.waiting import until


class Sized(Recital):
    """A reciter that takes memory, as far as the pool knows."""

    spared = 0

    def spare(self) -> None:
        self.spared += 1


def sized(name: str, size: int) -> Model:
    model = reciter(name)
    return replace(model, needs_bytes=size)


def served(name: str, at_once: int = 0, place: str = "lab") -> Model:
    return replace(reciter(name), server=Server(place, "http://gpu1:8000", at_once=at_once))


@pytest.fixture
def pool() -> Iterator[Pool]:
    made = Pool(Sized, budget_bytes=100)
    yield made
    made.close()


class Going:
    """A turn in a thread of its own that runs until it is told to end."""

    def __init__(
        self, pool: Pool, model: Model, shared: bool = False, owner: str = "", job: str = ""
    ) -> None:
        self.stop = threading.Event()
        self.running = threading.Event()
        self.stopped = False
        self._leave = threading.Event()
        self.turn: Turn = pool.turn(model, self.stop, shared, owner, job)
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self) -> None:
        try:
            with self.turn as engine:
                self.turn.load(engine)
                self.running.set()
                self._leave.wait(120)
        except Stopped:
            self.stopped = True

    def end(self) -> None:
        self._leave.set()
        self._thread.join(10)


def test_fair_turns_run_one_at_a_time_in_order(pool: Pool) -> None:
    first, second, third = (Going(pool, sized(name, 10)) for name in "abc")
    assert first.running.wait(60)
    until(lambda: (second.turn.ahead, third.turn.ahead) == (1, 2))
    assert not second.running.is_set()
    first.end()
    assert second.running.wait(60)
    assert not third.running.is_set()
    second.end()
    assert third.running.wait(60)
    third.end()
    assert not any(going.turn.contended for going in (first, second, third))


def test_shared_turns_run_together_and_know_that_they_contend(pool: Pool) -> None:
    first, second = (Going(pool, sized(name, 10), shared=True) for name in "ab")
    assert first.running.wait(60) and second.running.wait(60)
    alone = Going(pool, sized("c", 10))
    until(lambda: alone.turn.ahead == 2)
    late = Going(pool, sized("d", 10), shared=True)
    time.sleep(0.05)
    assert not late.running.is_set(), "nobody overtakes a fair turn"
    first.end()
    second.end()
    assert alone.running.wait(60)
    alone.end()
    assert late.running.wait(60)
    late.end()
    assert first.turn.contended and second.turn.contended
    assert not alone.turn.contended and not late.turn.contended


def test_the_same_model_never_answers_two_at_once(pool: Pool) -> None:
    model = sized("a", 10)
    first, second = Going(pool, model, shared=True), Going(pool, model, shared=True)
    assert first.running.wait(60)
    until(lambda: second.turn.ahead == 1)
    assert not second.running.is_set()
    first.end()
    assert second.running.wait(60)
    second.end()


def test_stopping_leaves_the_line(pool: Pool) -> None:
    first, second = Going(pool, sized("a", 10)), Going(pool, sized("b", 10))
    assert first.running.wait(60)
    second.stop.set()
    until(lambda: second.stopped)
    assert pool.waiting() == 0
    first.end()


def test_the_longest_unused_model_is_evicted_first(pool: Pool) -> None:
    a, b, c = sized("a", 40), sized("b", 40), sized("c", 40)
    for model in (a, b, a):
        Going(pool, model).end()
    going = Going(pool, c)
    assert going.running.wait(60)
    assert {engine.model.variant for engine in pool.loaded()} == {"a", "c"}
    going.end()


def test_what_is_kept_for_later_is_given_back_when_a_model_is_loaded(pool: Pool) -> None:
    never = threading.Event()
    pool.load(sized("a", 40), never)
    (held,) = pool.loaded()
    pool.load(sized("a", 40), never)
    assert isinstance(held, Sized) and held.spared == 0
    pool.load(sized("b", 40), never)
    assert held.spared == 1 and held.loaded


def test_models_that_do_not_fit_together_wait_for_each_other(pool: Pool) -> None:
    first, second = (
        Going(pool, sized("a", 60), shared=True),
        Going(pool, sized("b", 60), shared=True),
    )
    assert first.running.wait(60)
    time.sleep(0.15)
    assert not second.running.is_set()
    first.end()
    assert second.running.wait(60)
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
    assert going.running.wait(60)
    assert pool.standing(model) == "in use"
    assert not pool.unload(model), "somebody's answer would break"
    going.end()
    assert pool.unload(model)
    assert pool.standing(model) == "away" and not pool.loaded()


def test_on_a_server_fair_holds_within_a_comparison_and_others_go_beside(pool: Pool) -> None:
    a1, a2 = (Going(pool, served(name), job="A") for name in ("x", "y"))
    b1, b2 = (Going(pool, served(name), job="B") for name in ("x", "y"))
    assert a1.running.wait(60) and b1.running.wait(60), "the same model, for two visitors at once"
    until(lambda: (a2.turn.ahead, b2.turn.ahead) == (1, 1))
    assert not a2.running.is_set() and not b2.running.is_set()
    b1.end()
    assert b2.running.wait(60)
    assert not a2.running.is_set(), "it waits for its own"
    a1.end()
    assert a2.running.wait(60)
    a2.end()
    b2.end()
    assert all(going.turn.contended for going in (a1, a2, b1, b2))


def test_a_server_takes_as_many_as_it_is_said_to(pool: Pool) -> None:
    first, second, third, fourth = (
        Going(pool, served("x", at_once=2), job=group) for group in "ABCD"
    )
    assert first.running.wait(60) and second.running.wait(60)
    until(lambda: (third.turn.ahead, fourth.turn.ahead) == (1, 2))
    assert not third.running.is_set()
    second.end()
    assert third.running.wait(60)
    assert not fourth.running.is_set()
    for going in (first, third):
        going.end()
    assert fourth.running.wait(60)
    fourth.end()


def test_the_limit_holds_for_all_at_once_too(pool: Pool) -> None:
    turns = [Going(pool, served(name, at_once=2), shared=True, job="A") for name in "xyz"]
    until(lambda: sum(going.running.is_set() for going in turns) == 2)
    time.sleep(0.05)
    waiting = [going for going in turns if not going.running.is_set()]
    assert len(waiting) == 1
    for going in turns:
        going.end()


def test_who_waits_for_its_own_comparison_keeps_no_place_from_others(pool: Pool) -> None:
    first = Going(pool, served("x", at_once=2), job="A")
    assert first.running.wait(60)
    second = Going(pool, served("y", at_once=2), job="A")
    other = Going(pool, served("x", at_once=2), job="B")
    assert other.running.wait(60)
    assert not second.running.is_set()
    for going in (first, second, other):
        going.end()


def test_two_names_of_one_server_are_one_device(pool: Pool) -> None:
    first, second = (
        Going(pool, served("x", at_once=1, place=place), job=place) for place in ("lab", "mine")
    )
    assert first.running.wait(60)
    until(lambda: second.turn.ahead == 1)
    first.end()
    assert second.running.wait(60)
    second.end()


def test_a_server_waits_for_no_load_of_this_machine(pool: Pool) -> None:
    """One that is slow to take a connection holds up nobody either."""
    slow, loading = threading.Event(), threading.Event()

    class Slow(Recital):
        loaded = False

        def load(self, stop: object) -> None:
            loading.set()
            slow.wait(120)

    made = Pool(lambda model: Slow(model) if model.variant == "slow" else Sized(model), 100)
    for model in (sized("slow", 10), served("slow", place="gone")):
        loading.clear()
        waits = Going(made, model)
        assert loading.wait(60)
        quick = Going(made, replace(served("x"), server=Server("near", "http://near")))
        assert quick.running.wait(60)
        quick.end()
        slow.set()
        waits.end()
        slow.clear()
    made.close()


def test_many_tabs_of_one_visitor_keep_another_waiting_for_one_turn(pool: Pool) -> None:
    tabs = [
        Going(pool, sized(f"{t}{n}", 1), owner="a", job=str(t)) for t in range(4) for n in range(6)
    ]
    until(tabs[0].running.is_set)
    other = [Going(pool, sized(f"other{n}", 1), owner="b", job="x") for n in range(2)]
    assert [one.turn.ahead for one in other] == [1, 3]
    assert [one.turn.ahead for one in tabs[:4]] == [0, 2, 4, 5]
    order = []
    waiting = {"a0": tabs[0], "a1": tabs[1], "a2": tabs[2], "b0": other[0], "b1": other[1]}
    while waiting:
        until(lambda: any(one.running.is_set() for one in waiting.values()))
        name = next(name for name, one in waiting.items() if one.running.is_set())
        order.append(name)
        waiting.pop(name).end()
    assert order == ["a0", "b0", "a1", "b1", "a2"]
    for one in tabs:
        one.stop.set()
        one.end()


def test_one_comparison_of_a_visitor_runs_at_a_time_and_nobodys_run_beside_each_other(
    pool: Pool,
) -> None:
    first = Going(pool, sized("a", 1), shared=True, owner="a", job="1")
    beside = Going(pool, sized("b", 1), shared=True, owner="a", job="1")
    second = Going(pool, sized("c", 1), shared=True, owner="a", job="2")
    nobodys = [Going(pool, sized(name, 1), shared=True, job=name) for name in "de"]
    until(lambda: all(one.running.is_set() for one in (first, beside, *nobodys)))
    assert second.turn.ahead == 2
    assert not second.running.is_set()
    first.end()
    beside.end()
    until(second.running.is_set)
    for one in (second, *nobodys):
        one.end()


def test_who_was_served_longest_ago_comes_first(pool: Pool) -> None:
    turns = [Going(pool, sized(f"{o}{n}", 1), owner=o) for o in "abc" for n in range(2)]
    order: list[str] = []
    left = list(turns)
    while left:
        until(lambda: any(one.running.is_set() for one in left))
        one = next(one for one in left if one.running.is_set())
        order.append(one.turn.owner)
        left.remove(one)
        one.end()
    assert order == ["a", "b", "c", "a", "b", "c"]


def test_a_model_that_can_not_be_made_holds_up_nobody() -> None:
    """Its turn never ended, and on this machine all others stood behind it for good."""

    def make(model: Model) -> Recital:
        if model.variant == "broken":
            raise OSError("its certificates can't be read")
        return Sized(model)

    pool, stop = Pool(make, budget_bytes=100), threading.Event()
    with pytest.raises(OSError, match="certificates"), pool.turn(reciter("broken"), stop):
        pass
    assert pool.models() == ()
    ending = threading.Timer(10, stop.set)  # else the next one would wait for good
    ending.start()
    with pool.turn(reciter("fine"), stop) as engine:
        assert engine.model.variant == "fine"
    ending.cancel()
    pool.close()
