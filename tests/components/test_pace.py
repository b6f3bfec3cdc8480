"""How often a running comparison is drawn depends on how many are watched."""

from __future__ import annotations

import pytest

from components.compare.reading.pace import QUICKEST_S, SLOWEST_S, Pace


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
