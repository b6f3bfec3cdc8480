"""What repeats give together: distinct answers, agreement, means with Student's interval."""

from __future__ import annotations

import json
from itertools import cycle
from math import sqrt
from statistics import stdev

import pytest

from playground.comparisons.answer import Answer
from playground.comparisons.contender import Contender
from playground.comparisons.findings.repeats import Spread, spread, student, together
from playground.desk import Desk
from playground.engines.recital import Recital, reciter
from playground.prompt.conversation import Conversation, Settings


@pytest.mark.parametrize(
    ("freedom", "share", "errors"),
    [
        (1, 0.5, 1.0),
        (1, 0.95, 12.7062047362),
        (2, 0.95, 4.30265272975),
        (3, 0.95, 3.18244630528),
        (4, 0.95, 2.77644510520),
        (5, 0.95, 2.57058183564),
        (9, 0.95, 2.26215716280),
        (10, 0.99, 3.16927267262),
        (19, 0.95, 2.09302405441),
        (30, 0.95, 2.04227245630),
        (59, 0.95, 2.00099537809),
    ],
)
def test_the_interval_is_students(freedom: int, share: float, errors: float) -> None:
    """Against scipy's stats.t.ppf((1 + share) / 2, freedom)."""
    assert student(freedom, share) == pytest.approx(errors, rel=1e-9)


def test_a_mean_says_how_many_values_it_is_of() -> None:
    values = [4.1, 3.9, 4.4, 4.0, 4.6]
    found = spread(values)
    assert found is not None
    assert (found.mean, found.n) == (pytest.approx(4.2), 5)
    assert found.half == pytest.approx(2.77644510520 * stdev(values) / sqrt(5))
    assert spread([3.0]) == Spread(3.0, None, 1)
    assert spread([2.0, 2.0]) == Spread(2.0, 0.0, 2)
    assert spread([]) is None
    assert spread([float("nan"), 1.0]) is None


def answered(*texts: str, breaks_after: int | None = None) -> list[Answer]:
    said = cycle(texts)
    desk = Desk(
        lambda model: Recital(model, lambda _: next(said), breaks_after=breaks_after),
        budget_bytes=1,
    )
    try:
        seats = [
            Contender(reciter("E2B"), Settings(seed=n), f"E2B · {n}") for n in range(len(texts))
        ]
        comparison = desk.start(Conversation.ask("Which?"), seats)
        for answer in comparison.answers:
            answer.wait()
        return list(comparison.answers)
    finally:
        desk.close()


def test_answers_that_differ_in_words_are_counted() -> None:
    found = together(answered("a red ball", "a  red\nball", "a blue ball", "a red ball"))
    assert (found.asked, found.n) == (4, 4)
    assert [(" ".join(text.split()), count) for text, count in found.distinct] == [
        ("a red ball", 3),
        ("a blue ball", 1),
    ]
    assert found.agreement == pytest.approx((3 * 1 + 3 * 2 / 3) / 6)
    assert found.figures["answer_tokens"].n == found.figures["ttft_s"].n == 4
    assert "thinking_tokens" not in found.figures
    plain = json.loads(json.dumps(found.as_dict()))
    assert plain["distinct"][1] == {"text": "a blue ball", "count": 1}
    assert set(plain["figures"]["ttft_s"]) == {"mean", "half_of_95_percent", "n"}


def test_what_did_not_come_to_its_end_counts_nowhere() -> None:
    answers = answered("one two three", "one two three")
    answers[1].state = "stopped"
    found = together(answers)
    assert (found.asked, found.n, found.agreement) == (2, 1, None)
    assert all(one.n == 1 and one.half is None for one in found.figures.values())
    nothing = together(answered("one two", "one two", breaks_after=1))
    assert (nothing.n, nothing.distinct, nothing.figures) == (0, (), {})


def test_an_answer_that_is_a_call_counts_by_its_call() -> None:
    answers = answered("x", "x")
    for answer in answers:
        answer._script.text, answer._script.tool_call = "", "call:f{}"
    assert together(answers).distinct == (("call:f{}", 2),)
