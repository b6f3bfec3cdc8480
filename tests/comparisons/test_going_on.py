"""A cut answer goes on where it ended: its words are of one piece, and every token is counted once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from playground.archive.archive import Archive
from playground.comparisons.answer import Answer
from playground.comparisons.comparison import Comparison
from playground.comparisons.contender import Contender
from playground.comparisons.going_on import was_cut, why_not
from playground.desk import Desk
from playground.engines.recital import EVERYTHING, Recital, reciter
from playground.models.model import Model
from playground.prompt.conversation import Conversation, Settings, Text
from tests.waiting import ended

TEXT = "One two three. \n\n- four\n- five six seven eight nine ten."


def recite(model: Model) -> Recital:
    return Recital(model, TEXT, thinking="Let me count.", tokens_per_second=500)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    archive = Archive(f"sqlite:///{tmp_path / 'kept.db'}", str(tmp_path / "media"))
    made = Desk(recite, budget_bytes=1, archive=archive)
    yield made
    made.close()


def column(name: str = "a", goes_on: str = "thought", **settings: object) -> Contender:
    model = reciter(name, replace(EVERYTHING, goes_on=goes_on))
    return Contender(model, Settings(**settings), name)  # type: ignore[arg-type]


def wait(comparison: Comparison) -> Answer:
    return ended(comparison).answers[0]


def test_it_goes_on_until_it_is_whole_and_counts_each_token_once(desk: Desk) -> None:
    whole = wait(desk.start(Conversation.ask("Count."), (column(),)))
    comparison = desk.start(Conversation.ask("Count."), (column(max_tokens=4),))
    answer, spent = wait(comparison), [4]
    assert was_cut(answer) and "Cut off at 4 tokens" in answer.reason
    while was_cut(answer):
        assert desk.go_on(comparison, "a") == ""
        before, answer = answer, wait(comparison)
        assert answer.text.startswith(before.text)
        output = answer.figures().output_tokens
        assert output is not None
        spent.append(output.total)
    assert answer.text == whole.text and answer.state == "done" and not answer.reason
    total = whole.figures().output_tokens
    assert total is not None and spent == [4, 8, total.total][: len(spent)]
    figures = answer.figures()
    assert figures.e2e_s is not None and figures.e2e_s < answer.stages()[-1].start + 1
    assert all(a.at <= b.at for a, b in zip(answer.chunks, answer.chunks[1:], strict=False))


def test_a_thought_goes_on_too(desk: Desk) -> None:
    comparison = desk.start(Conversation.ask("?"), (column(thinking=True, max_tokens=2),))
    cut = wait(comparison)
    assert cut.thinking and not cut.text
    desk.go_on(comparison, "a")
    answer = wait(comparison)
    desk.go_on(comparison, "a")
    assert answer.thinking.strip() == "Let me count."
    assert wait(comparison).text.startswith("One two")


def test_the_next_round_knows_all_of_it_as_one_turn(desk: Desk) -> None:
    comparison = desk.start(Conversation.ask("Count."), (column(max_tokens=4),))
    wait(comparison)
    desk.go_on(comparison, "a")
    text = wait(comparison).text
    desk.ask_on(comparison, Conversation.ask("And then?"), (column(),))
    told = wait(comparison).conversation.messages
    assert [message.role for message in told] == ["user", "model", "user"]
    (part,) = told[1].parts
    assert isinstance(part, Text) and part.text == text


def test_it_is_kept_and_found_again_and_goes_on_from_there(desk: Desk) -> None:
    comparison = desk.start(Conversation.ask("Count."), (column(max_tokens=4),))
    wait(comparison)
    desk.go_on(comparison, "a")
    answer = wait(comparison)
    assert desk.archive is not None
    desk.archive.close()
    found = desk.archive.find(comparison.id)
    assert found is not None
    (kept,) = found.answers
    assert kept.text == answer.text and was_cut(kept)
    ours, theirs = kept.figures(), answer.figures()
    assert ours.output_tokens == theirs.output_tokens
    assert ours.e2e_s == pytest.approx(theirs.e2e_s)


def test_begun_words_stand_before_the_models_and_are_not_counted(desk: Desk) -> None:
    comparison = desk.start(Conversation.ask("Count."), (column(begun="One two "),))
    answer = wait(comparison)
    assert answer.text.startswith("One two three")
    output = answer.figures().output_tokens
    assert output is not None and output.total == len(TEXT.split(" ")) - 2
    assert desk.archive is not None
    desk.archive.close()
    found = desk.archive.find(comparison.id)
    assert found is not None and found.answers[0].text == answer.text


def test_where_it_can_not_go_on_that_is_said_and_nothing_is_lost(desk: Desk) -> None:
    comparison = desk.start(Conversation.ask("Count."), (column(goes_on="no", max_tokens=4),))
    answer = wait(comparison)
    why = "This machine has no way to go on with an answer."
    assert why_not(answer) == why and desk.go_on(comparison, "a") == why
    assert comparison.answers[0] is answer
    thought = desk.start(
        Conversation.ask("?"), (column(goes_on="answer", thinking=True, max_tokens=2),)
    )
    assert "within a thought" in why_not(wait(thought))


def test_who_can_not_be_begun_for_is_refused_alone(desk: Desk) -> None:
    columns = (column("a", begun="One two "), column("b", goes_on="no", begun="One two "))
    comparison = desk.start(Conversation.ask("Count."), columns)
    wait(comparison)
    one, other = comparison.answers
    assert one.state == "done" and other.state == "refused"
    (mend,) = other.mends
    assert mend.label == "Ask without the beginning"
    desk.again(comparison, "b", mend)
    wait(comparison)
    assert comparison.answers[1].text.startswith("One two three")


def test_a_whole_answer_is_not_gone_on_with(desk: Desk) -> None:
    comparison = desk.start(Conversation.ask("Count."), (column(),))
    assert not was_cut(wait(comparison))
    assert desk.go_on(comparison, "a") == "There is nothing to go on with."
