"""How large a question may be and whom it may go to, for visitors and for operators."""

from __future__ import annotations

from dataclasses import replace

import pytest

from playground import config
from playground.comparisons.witnesses.witness import TooMany
from playground.desk import Desk
from playground.engines.recital import Recital
from playground.hosting.allowance import Allowance
from playground.hosting.limits import Limits
from playground.hosting.people.bounds import Bounds, Sizes, sizes
from playground.prompt.conversation import Conversation, Image
from playground.prompt.mend import Mend
from playground.values import Most
from tests.archive.kept import columns
from tests.hosting.test_limits import ASKED, ONE, OTHER, desk_with, left
from tests.waiting import ended

SMALL = Sizes(Most(2, 3), Most(10), Most(1), Most(100, 1000))
PICTURE = Image("a.png", bytes(1_500_000), 1000, 500)


def short(*names: str) -> tuple[object, ...]:
    """Columns whose answers are at most 100 tokens long."""
    return tuple(
        replace(one, settings=replace(one.settings, max_tokens=100)) for one in columns(*names)
    )


@pytest.mark.parametrize(
    ("asked", "names", "why"),
    [
        (ASKED, "abc", "2 answers to a question are the most here; leave some out"),
        (Conversation.ask("x" * 11), "a", "The prompt has 11 characters; the most here is 10"),
        (Conversation.ask("x", (PICTURE,)), "a", r"The media take 1.5 MB; the most here is 1 MB"),
    ],
)
def test_what_is_too_large_is_refused_with_both_sizes_and_charged_to_nobody(
    asked: Conversation, names: str, why: str
) -> None:
    limits = Limits([Allowance("runs", 3, "hour")])
    desk = desk_with(limits)
    desk.witnesses.insert(1, Bounds(SMALL))
    with pytest.raises(TooMany, match=why):
        desk.start(asked, short(*names), owner=ONE)
    assert left(limits) == {("runs", "hour"): 3}
    for one in desk.start(ASKED, short("a"), owner=ONE).answers:
        one.wait()
    desk.close()


def test_an_answer_may_be_so_long_and_operators_have_their_own_sizes() -> None:
    bounds = Bounds(SMALL, operates=lambda key: key == ONE)
    with pytest.raises(TooMany, match="An answer of 512 tokens is asked for; the most here is 100"):
        bounds.admit(OTHER, columns("a"), ASKED)
    bounds.admit(OTHER, short("a"), ASKED)
    bounds.admit(ONE, short("a", "b", "c"), Conversation.ask("x" * 99, (PICTURE,)))
    with pytest.raises(TooMany, match="3 answers"):
        bounds.admit(ONE, short("a", "b", "c", "d"), ASKED)


def test_what_is_written_for_one_contender_counts_as_the_prompt() -> None:
    bounds = Bounds(Sizes(prompt=Most(10)))
    (one,) = columns("a")
    bounds.admit(OTHER, (one,), Conversation.ask("x" * 5, system="x" * 5))
    bounds.admit(OTHER, (replace(one, system="x" * 5),), Conversation.ask("x" * 5, system="x" * 9))
    begun = replace(one, settings=replace(one.settings, begun="x" * 6))
    for each in (replace(one, system="x" * 6), begun):
        with pytest.raises(TooMany, match="The prompt has 11 characters; the most here is 10"):
            bounds.admit(OTHER, (one, each), Conversation.ask("x" * 5))


def test_no_remedy_leads_past_the_longest_answer() -> None:
    desk = Desk(lambda model: Recital(model, "w " * 200), budget_bytes=1)
    desk.witnesses.append(Bounds(SMALL))
    comparison = ended(desk.start(ASKED, short("a"), owner=ONE))  # type: ignore[arg-type]
    before = comparison.answers[0]
    assert before.finish_reason == "length"
    with pytest.raises(TooMany, match="An answer of 400 tokens is asked for; the most here is 100"):
        desk.again(comparison, "a", Mend("longer", 400))
    assert comparison.answers == (before,)
    desk.again(comparison, "a", Mend("max_tokens", 50))
    assert ended(comparison).answers[0].settings.max_tokens == 50
    desk.close()


def test_models_that_are_not_for_visitors_are_refused_alone() -> None:
    desk = desk_with(Limits([]))
    desk.witnesses.append(Bounds(Sizes(), ["recital:a", "B*"]))
    made = desk.start(ASKED, columns("a", "B1", "c"), owner=ONE)
    for one in made.answers:
        one.wait()
    assert [one.state for one in made.answers] == ["done", "done", "refused"]
    assert made.answers[2].reason == "c is not open to visitors here."
    desk.close()


def test_who_operates_it_is_not_counted() -> None:
    limits = Limits([Allowance("runs", 1, "hour")], exempt=lambda key: key == ONE)
    desk = desk_with(limits)
    for _ in range(3):
        desk.start(ASKED, columns("a"), owner=ONE).answers[0].wait()
    assert limits.left(ONE) == ()
    desk.start(ASKED, columns("a"), owner=OTHER).answers[0].wait()
    with pytest.raises(TooMany):
        desk.start(ASKED, columns("a"), owner=OTHER)
    desk.close()


def test_an_operator_says_both_in_one_line() -> None:
    held = config.read(
        {"PLAYGROUND_MOST_CONTENDERS": "4", "PLAYGROUND_MOST_ANSWER": "512, operators 4096"}
    )
    assert sizes(held) == Sizes(Most(4), answer=Most(512, 4096))
    for wrong in ("0", "4, visitors 3", "4,", "four", "4, operators", "4, operators 0"):
        with pytest.raises(config.ConfigError, match="PLAYGROUND_MOST_ANSWER is"):
            config.read({"PLAYGROUND_MOST_ANSWER": wrong})
