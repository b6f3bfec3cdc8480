"""Answers as they come: states, stop for one and for all, the lease, failures that stay alone."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from playground.comparisons import comparison as module
from playground.comparisons.comparison import Comparison
from playground.comparisons.contender import Contender, contenders
from playground.comparisons.pool import Pool
from playground.desk import Desk
from playground.engines.base import Engine, Stop
from playground.engines.events import Event
from playground.engines.recital import EVERYTHING, Recital, reciter
from playground.hosting import sessions
from playground.models.model import Model
from playground.prompt.conversation import Conversation, Settings
from playground.prompt.mend import Mend
from tests.waiting import ended, until

ROOT = Path(__file__).parents[2]
ASK = Conversation.ask("Say it.")
TEXT = "one two three four five six seven eight nine ten"


def begin(
    make: Callable[[Model], Engine], *names: str, all_at_once: bool = False, **settings: object
) -> Comparison:
    columns = contenders([(reciter(name), Settings(**settings)) for name in names])  # type: ignore[arg-type]
    comparison = Comparison(ASK, columns, all_at_once)
    comparison.run(Pool(make, budget_bytes=1))
    return comparison


def test_every_contender_answers_with_its_own_figures() -> None:
    comparison = begin(
        lambda model: Recital(model, TEXT, "let me see", load_s=0.01), "a", "b", thinking=True
    )
    ended(comparison)
    for answer in comparison.answers:
        assert (answer.state, answer.finish_reason) == ("done", "stop")
        assert answer.text.split() == TEXT.split()
        assert answer.thinking.split() == ["let", "me", "see"]
        figures = answer.figures()
        assert figures.output_tokens is not None
        assert (figures.output_tokens.thinking, figures.output_tokens.answer) == (3, 10)
        assert not figures.contended
    first, second = comparison.answers
    assert first.figures().load_s >= 0.01  # type: ignore[operator]
    assert second.figures().queue_s >= first.figures().load_s, "fair: b waited until a was done"  # type: ignore[operator]


def test_all_at_once_is_marked_as_contended() -> None:
    comparison = begin(
        lambda model: Recital(model, TEXT, tokens_per_second=100), "a", "b", all_at_once=True
    )
    ended(comparison)
    assert [answer.figures().contended for answer in comparison.answers] == [True, True]


def test_the_same_model_twice_has_two_labels_and_two_answers() -> None:
    comparison = begin(lambda model: Recital(model, TEXT), "a", "a")
    ended(comparison)
    assert [answer.contender.label for answer in comparison.answers] == ["a · 1 of 2", "a · 2 of 2"]
    assert [answer.state for answer in comparison.answers] == ["done", "done"]


def test_stopping_one_keeps_its_text_and_lets_the_others_finish() -> None:
    comparison = begin(
        lambda model: Recital(model, TEXT, tokens_per_second=10), "a", "b", all_at_once=True
    )
    first, second = comparison.answers
    while len(first.chunks) < 3:
        comparison.watch()
        time.sleep(0.005)
    first.stop()
    kept = first.text
    assert first.state == "stopped" and kept
    ended(comparison)
    assert first.text == kept
    assert second.state == "done"
    assert second.text.split() == TEXT.split()


def test_stopping_all_ends_those_that_wait_load_or_prefill() -> None:
    comparison = begin(lambda model: Recital(model, TEXT, load_s=5, prefill_s=5), "a", "b", "c")
    time.sleep(0.05)
    comparison.stop()
    assert [answer.state for answer in comparison.answers] == ["stopped"] * 3


def test_a_failure_stays_alone_and_keeps_what_came() -> None:
    comparison = begin(
        lambda model: Recital(model, TEXT, breaks_after=4 if model.variant == "a" else None),
        "a",
        "b",
    )
    ended(comparison)
    first, second = comparison.answers
    assert (first.state, first.reason) == ("failed", "The reciter lost its voice.")
    assert first.text.split() == TEXT.split()[:4]
    assert second.state == "done"


def test_a_bug_in_an_engine_is_a_sentence_not_a_hang(caplog: pytest.LogCaptureFixture) -> None:
    class Buggy(Recital):
        def stream(self, *_: object) -> object:  # type: ignore[override]
            raise KeyError("oops")

    comparison = begin(Buggy, "a")
    ended(comparison)
    assert comparison.answers[0].state == "failed"
    assert comparison.answers[0].reason == "a broke while it answered."
    assert "oops" in caplog.text


def test_a_comparison_that_nobody_watches_stops_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "LEASE_S", 0.2)
    comparison = begin(lambda model: Recital(model, TEXT * 100, tokens_per_second=20), "a", "b")
    until(lambda: comparison.ended)
    assert [answer.state for answer in comparison.answers] == ["stopped", "stopped"]


def test_the_maximum_length_ends_an_answer() -> None:
    comparison = begin(lambda model: Recital(model, TEXT), "a", max_tokens=4)
    ended(comparison)
    assert comparison.answers[0].finish_reason == "length"
    assert comparison.answers[0].text.split() == TEXT.split()[:4]


def test_who_was_cut_off_may_say_more() -> None:
    comparison = begin(lambda model: Recital(model, TEXT), "a", max_tokens=4)
    ended(comparison)
    (answer,) = comparison.answers
    assert answer.reason == "Cut off at 4 tokens, the longest answer set."
    assert answer.mends == (Mend("longer", 16),)


def test_a_thought_that_took_all_is_said() -> None:
    comparison = begin(
        lambda model: Recital(model, TEXT, "let me see first"), "a", thinking=True, max_tokens=4
    )
    ended(comparison)
    (answer,) = comparison.answers
    assert (answer.state, answer.text) == ("done", "")
    assert answer.reason == "The thought took all 4 tokens, and no answer was begun."
    assert answer.mends == (Mend("longer", 16), Mend("no_thinking"))


class Short(Recital):
    """Has no room for what was asked, like a server with a small context."""

    def stream(self, conversation: Conversation, settings: Settings, stop: Stop) -> Iterator[Event]:
        yield from super().stream(conversation, replace(settings, max_tokens=4), stop)


@pytest.mark.parametrize(
    ("thinking", "reason", "mends"),
    [
        (False, "Cut off after 4 of 100 tokens: there was no room for more.", ()),
        (
            True,
            "The thought took all 4 tokens, and no answer was begun.",
            (Mend("no_thinking"),),
        ),
    ],
)
def test_nothing_longer_is_offered_where_the_server_had_no_room(
    thinking: bool, reason: str, mends: tuple[Mend, ...]
) -> None:
    comparison = begin(
        lambda model: Short(model, TEXT, "let me see first"),
        "a",
        max_tokens=100,
        thinking=thinking,
    )
    ended(comparison)
    (answer,) = comparison.answers
    assert (answer.reason, answer.mends) == (reason, mends)
    assert answer.remedy.endswith("horten the prompt.")


def test_nothing_longer_is_offered_than_the_model_holds() -> None:
    column = contenders([(reciter("a", replace(EVERYTHING, context=6)), Settings(max_tokens=4))])
    comparison = Comparison(ASK, column)
    comparison.run(Pool(lambda model: Recital(model, TEXT), budget_bytes=1))
    ended(comparison)
    assert comparison.answers[0].mends == (), "two tokens of prompt and four of answer are all"


def test_a_gap_in_the_network_ends_nothing() -> None:
    """The page keeps a session whose connection broke for so long."""
    assert sessions.AWAY_S < module.LEASE_S


def test_labels_are_unique() -> None:
    columns = contenders([(reciter(name), Settings()) for name in "aabab"])
    assert [column.label for column in columns] == [
        "a · 1 of 3", "a · 2 of 3", "b · 1 of 2", "a · 3 of 3", "b · 2 of 2",
    ]  # fmt: skip
    assert all(isinstance(column, Contender) for column in columns)


def test_one_answer_again_keeps_the_others_and_the_id() -> None:
    desk = Desk(lambda model: Recital(model, TEXT), budget_bytes=1)
    comparison = desk.start(
        ASK, contenders([(reciter("a"), Settings()), (reciter("b"), Settings())])
    )
    ended(comparison)
    first, second = comparison.answers
    desk.again(comparison, "a", Mend("max_tokens", 3))
    ended(comparison)
    assert comparison.answers[1] is second
    fresh = comparison.answers[0]
    assert fresh is not first
    assert fresh.text.split() == TEXT.split()[:3]
    assert fresh.contender.settings.max_tokens == 3
    assert comparison.contenders[0] is fresh.contender
    assert desk.find(comparison.id) is comparison
