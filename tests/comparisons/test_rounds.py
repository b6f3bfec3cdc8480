"""Rounds: everybody goes on with its own history, late comers, reruns and branches included."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from playground.comparisons.comparison import Comparison
from playground.comparisons.contender import Contender, contenders, continued
from playground.comparisons.lineup.entry import entries
from playground.comparisons.lineup.seating import seat
from playground.desk import Desk
from playground.engines.recital import Recital, reciter
from playground.models.model import Model
from playground.prompt.conversation import Conversation, Settings, Text
from tests.waiting import ended

SECRETS = {"a": "1141", "b": "2252", "c": "3363", "d": "4474"}


def remember(model: Model) -> Recital:
    """Says its secret number when it is first asked, and later the number that stands in what it said before."""

    def speak(conversation: Conversation) -> str:
        own = " ".join(
            part.text
            for message in conversation.messages
            if message.role == "model"
            for part in message.parts
            if isinstance(part, Text)
        )
        found = re.findall(r"\d{4}", own)
        return f"My number is {found[0]}." if found else f"I choose {SECRETS[model.variant]}."

    return Recital(model, speak, thinking="It might be 9999.")


@pytest.fixture
def desk() -> Iterator[Desk]:
    made = Desk(remember, budget_bytes=1)
    yield made
    made.close()


def columns(names: str, **settings: object) -> tuple[Contender, ...]:
    return tuple(Contender(reciter(name), Settings(**settings), name) for name in names)  # type: ignore[arg-type]


def wait(comparison: Comparison) -> dict[str, str]:
    answers = ended(comparison).answers
    return {answer.contender.id: answer.text.strip() for answer in answers}


def said(names: str) -> dict[str, str]:
    return {name: f"My number is {SECRETS[name]}." for name in names}


def test_each_goes_on_with_its_own_number_through_ten_rounds(desk: Desk) -> None:
    comparison = desk.start(Conversation.ask("Choose."), columns("abc", thinking=True))
    assert wait(comparison) == {name: f"I choose {SECRETS[name]}." for name in "abc"}
    for number in range(2, 11):
        names = {4: "ac", 5: "ac"}.get(number, "abc" if number < 6 else "abcd")
        desk.ask_on(comparison, Conversation.ask(f"{number}?"), columns(names, thinking=True))
        answers = wait(comparison)
        if number == 6:
            assert answers.pop("d") == f"I choose {SECRETS['d']}."
            names = "abc"
        if number == 7:
            desk.again(comparison, "b")
            answers = wait(comparison)
        assert answers == said(names), number
    assert len(comparison.rounds) == 10
    last = comparison.answers[0].conversation
    assert [message.role for message in last.messages] == ["user", "model"] * 9 + ["user"]


def test_one_who_was_away_goes_on_where_it_was(desk: Desk) -> None:
    comparison = desk.start(Conversation.ask("Choose."), columns("ab"))
    wait(comparison)
    desk.ask_on(comparison, Conversation.ask("Second?"), columns("a"))
    wait(comparison)
    desk.ask_on(comparison, Conversation.ask("Third?"), columns("ab"))
    assert wait(comparison) == said("ab")
    away = comparison.last.answer("b")
    assert away is not None
    asked = [m.parts[0].text for m in away.conversation.messages if m.role == "user"]  # type: ignore[union-attr]
    assert asked == ["Choose.", "Third?"]


def test_a_late_comer_catches_up_on_every_question_before(desk: Desk) -> None:
    comparison = desk.start(Conversation.ask("Choose."), columns("a"))
    wait(comparison)
    desk.ask_on(comparison, Conversation.ask("Second?"), columns("a"))
    wait(comparison)
    desk.ask_on(comparison, Conversation.ask("Third?"), columns("ad"), catching_up={"d"})
    assert wait(comparison) == said("ad")
    every = [round.answer("d") for round in comparison.rounds]
    assert [answer and answer.text.strip() for answer in every] == [
        "I choose 4474.",
        *["My number is 4474."] * 2,
    ]


def slow(model: Model) -> Recital:
    held = remember(model)
    return Recital(model, held._text, tokens_per_second=40 if model.variant == "d" else 0)


@pytest.mark.parametrize("how", ["ask on", "again", "instead"])
def test_who_still_catches_up_knows_all_of_it_when_it_is_asked_on(how: str) -> None:
    desk = Desk(slow, budget_bytes=1)
    comparison = desk.start(Conversation.ask("Choose."), columns("a"))
    wait(comparison)
    desk.ask_on(comparison, Conversation.ask("Second?"), columns("a"))
    wait(comparison)
    desk.ask_on(comparison, Conversation.ask("Third?"), columns("ad"), catching_up={"d"})
    first = comparison.rounds[0].answer("d")
    assert first is not None and not first.ended
    if how == "ask on":
        desk.ask_on(comparison, Conversation.ask("Fourth?"), columns("ad"))
    elif how == "again":
        desk.again(comparison, "d")
    else:
        desk.ask_instead(comparison, comparison.last, Conversation.ask("Else?"), columns("ad"))
    assert wait(comparison)["d"] == "My number is 4474."
    last = comparison.last.answer("d")
    assert last is not None
    asked = [m.parts[0].text for m in last.conversation.messages if m.role == "user"]  # type: ignore[union-attr]
    assert asked[:2] == ["Choose.", "Second?"]
    desk.close()


def test_what_followed_a_round_that_is_asked_anew_stops() -> None:
    desk = Desk(
        lambda model: Recital(model, "one two " * 200, tokens_per_second=50), budget_bytes=1
    )
    comparison = desk.start(Conversation.ask("First?"), columns("a"))
    comparison.answers[0].stop()
    desk.ask_on(comparison, Conversation.ask("Second?"), columns("a"))
    old = comparison.last
    desk.ask_instead(comparison, comparison.rounds[0], Conversation.ask("Instead?"), columns("a"))
    assert old.ended and not comparison.last.ended
    comparison.stop()
    desk.close()


def test_a_round_asked_anew_leaves_a_branch_to_go_back_to(desk: Desk) -> None:
    comparison = desk.start(Conversation.ask("Choose."), columns("ab"))
    wait(comparison)
    for words in ("Second?", "Third?"):
        desk.ask_on(comparison, Conversation.ask(words), columns("ab"))
        wait(comparison)
    old = comparison.rounds
    desk.ask_instead(comparison, old[1], Conversation.ask("Instead?"), columns("ab"))
    assert wait(comparison) == said("ab")
    assert [round.asked.question for round in comparison.rounds] == ["Choose.", "Instead?"]
    assert comparison.branches(old[1]) == (old[1], comparison.rounds[1])
    comparison.show(old[1])
    assert comparison.rounds == old
    assert len(comparison.every_round) == 4


def test_thoughts_stay_out_of_the_history(desk: Desk) -> None:
    comparison = desk.start(Conversation.ask("Choose."), columns("a", thinking=True))
    wait(comparison)
    assert comparison.answers[0].thinking
    desk.ask_on(comparison, Conversation.ask("Second?"), columns("a", thinking=True))
    wait(comparison)
    assert "9999" not in str(comparison.answers[0].conversation)


def test_a_system_prompt_of_its_own_stays_with_its_contender(desk: Desk) -> None:
    own = Contender(reciter("b"), Settings(), "b", system="Be brief.")
    comparison = desk.start(Conversation.ask("Choose.", system="Be kind."), (*columns("a"), own))
    wait(comparison)
    asked = Conversation.ask("Second?", system="Be kind.")
    desk.ask_on(comparison, asked, (*columns("a"), own))
    wait(comparison)
    assert [answer.conversation.system for answer in comparison.answers] == [
        "Be kind.",
        "Be brief.",
    ]


def test_who_said_nothing_does_not_remember_the_question() -> None:
    desk = Desk(lambda model: Recital(model, ""), budget_bytes=1)
    comparison = desk.start(Conversation.ask("First?"), columns("a"))
    wait(comparison)
    desk.ask_on(comparison, Conversation.ask("Second?"), columns("a"))
    wait(comparison)
    assert [message.role for message in comparison.answers[0].conversation.messages] == ["user"]


def test_ids_stay_whoever_stands_beside() -> None:
    model = reciter("a")
    both = seat([(entry, model) for entry in entries("a,a~t0.5")], Settings())
    assert [(one.label, one.id) for one in both] == [("a", "a"), ("a · temperature 0.5", "a (2)")]
    (alone,) = seat([(entry, model) for entry in entries("a~t0.5~n2")], Settings())
    assert continued([alone], both)[0].id == "a (2)"
    asked_elsewhere = contenders([(model, Settings()), (model, Settings(temperature=0.5))])
    assert [one.id for one in continued(both, asked_elsewhere)] == ["a", "a · temperature 0.5"]
    assert continued([alone], contenders([(reciter("b"), Settings())])) == (alone,)
