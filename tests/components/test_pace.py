"""How often a running comparison is drawn depends on how many are watched."""

from __future__ import annotations

from contextlib import ExitStack
from itertools import islice

import pytest

from components.compare.reading.pace import LONG_AFTER_S, LONG_S, QUICKEST_S, SLOWEST_S, Pace


def watch(pace: Pace, count: int) -> float:
    """The tick while so many are watched."""
    if count == 0:
        return pace.tick_s
    with pace.watched():
        return watch(pace, count - 1)


def test_few_are_drawn_twenty_times_a_second_and_many_four_times() -> None:
    assert watch(Pace(), 1) == QUICKEST_S == 1 / 20
    assert watch(Pace(), 50) == SLOWEST_S == 1 / 4


def test_between_few_and_many_all_together_are_drawn_equally_often() -> None:
    assert watch(Pace(), 8) == pytest.approx(0.08)
    assert watch(Pace(), 16) == pytest.approx(0.16)


def test_who_leaves_makes_it_quicker_for_the_others_also_when_a_drawing_breaks() -> None:
    pace = Pace()
    watch(pace, 30)
    with pytest.raises(RuntimeError), pace.watched():
        raise RuntimeError
    assert pace.tick_s == QUICKEST_S


def test_the_browser_is_left_alone_for_longer_often_at_first_and_now_and_then_for_good() -> None:
    pace = Pace()
    with pace.watched() as rests:
        each = list(islice(rests, 400))
    assert set(each) == {QUICKEST_S, LONG_S}
    between, quick = [], 0
    for rest in each:
        quick += 1
        if rest == LONG_S:
            between.append((quick - 1) * QUICKEST_S)
            quick = 0
    assert between[: len(LONG_AFTER_S)] == pytest.approx(list(LONG_AFTER_S), abs=2 * QUICKEST_S)
    assert len(between) > 5
    assert set(between[len(LONG_AFTER_S) :]) == {between[len(LONG_AFTER_S) - 1]}


def test_where_many_are_watched_no_rest_is_shorter_than_the_others() -> None:
    pace = Pace()
    with ExitStack() as many:
        every = [many.enter_context(pace.watched()) for _ in range(50)]
        assert {next(every[0]) for _ in range(40)} == {SLOWEST_S}
