"""Who may see a comparison: by its link alone, until that is withdrawn; as it comes, from another program too."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from playground.archive import following, keeping, library, recording
from playground.archive.archive import Archive
from playground.archive.library import Wanted
from playground.archive.restoring import again
from playground.comparisons.comparison import Comparison
from playground.comparisons.contender import found_again
from playground.desk import Desk
from playground.engines.recital import reciter
from playground.engines.roster import specs
from playground.models.servers import Server
from playground.prompt.conversation import Conversation, Settings
from tests.archive.kept import ask, columns, desk, settled
from tests.waiting import ended, until

Open = Callable[[], Archive]
SOME = " ".join(f"w{number}" for number in range(120))
ENDLESS = " ".join(f"w{number}" for number in range(2000))
"""Whoever recites this is stopped."""


def found(held: Desk, id: str, visitor: str | None = None) -> Comparison:
    comparison = held.find(id, visitor)
    assert comparison is not None
    return comparison


def withdraw(held: Desk, comparison: Comparison, withdrawn: bool = True) -> None:
    assert held.archive is not None
    with held.archive.writing() as connection:
        keeping.withdraw(connection, comparison.id, withdrawn)


def test_a_withdrawn_link_opens_for_its_owner_alone(opened: Open) -> None:
    held = desk(opened())
    comparison = ask(held, owner="me")
    settled(held)
    for there in (held, desk(opened())):  # in memory, and as another program finds it
        assert found(there, comparison.id, "another").answers
        withdraw(held, comparison)
        assert there.find(comparison.id, "another") is None
        assert found(there, comparison.id, "me").answers
        assert found(there, comparison.id).answers, "on one's own machine"
        assert there.archive is not None
        assert not there.archive.opens(comparison, "another"), "in a tab that had it open"
        withdraw(held, comparison, False)
        assert there.archive.opens(comparison, "another")


def test_an_id_can_not_be_guessed_and_a_list_shows_ones_own(opened: Open) -> None:
    held = desk(opened())
    mine, theirs = ask(held, "mine", owner="me"), ask(held, "theirs", owner="another")
    settled(held)
    assert len({mine.id, theirs.id}) == 2
    assert len(mine.id) >= 12, "72 random bits"
    for altered in (mine.id[:-1], mine.id + "x", mine.id.swapcase(), "%", "_" * 12, ""):
        assert held.find(altered, "me") is None
    assert held.archive is not None
    with held.archive.reading() as connection:
        for words in ("", "theirs", "one"):
            listed = library.entries(connection, Wanted(owner="me", words=words))
            assert [one.question for one in listed] in ([], ["mine"])


def test_a_copy_is_ones_own_and_can_be_gone_on_with(opened: Open) -> None:
    held = desk(opened())
    theirs = ask(held, owner="another")
    settled(held)
    assert held.archive is not None
    with held.archive.writing() as connection:
        keeping.annotate(connection, theirs.id, "a private thought")
    mine = held.make_own(found(held, theirs.id, "me"), "me")
    assert (mine.owner, mine.id == theirs.id) == ("me", False)
    held.ask_on(mine, Conversation.ask("And then?"), columns("a"))
    ended(mine)
    settled(held)
    kept, first = desk(opened()).find(mine.id, "me"), held.archive.record(theirs.id)
    assert kept is not None and first is not None
    assert [round.asked.question for round in kept.rounds] == ["What is it?", "And then?"]
    first_asked = [recording.messages(one.rounds[0].asked) for one in (kept, theirs)]
    assert first_asked[0] == first_asked[1]
    assert [m.role for m in kept.answers[0].conversation.messages] == ["user", "model", "user"]
    assert len(first.rounds) == 1
    record = held.archive.record(mine.id)
    assert record is not None and record.note == ""


def test_a_running_comparison_is_watched_from_another_program(
    opened: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(following, "EVERY_S", 0.05)
    asking, watching = desk(opened(), SOME, tokens_per_second=40), desk(opened())
    comparison = asking.start(Conversation.ask("Recite."), columns("a", "b"), True, owner="me")
    watched = found(watching, comparison.id, "another")
    assert watched.elsewhere and not watched.ended
    seen = [0]
    deadline = time.monotonic() + 60
    while not watched.ended:
        assert time.monotonic() < deadline
        comparison.watch()
        watched.watch()
        answer = watched.answers[0]
        assert 0 <= answer.elapsed() < 15
        seen.append(len(answer.chunks))
        assert seen[-1] >= seen[-2], "nothing that was seen goes away"
        time.sleep(0.02)
    assert len(set(seen)) > 2, "as it came"
    assert not watched.elsewhere
    settled(asking)
    for here, there in zip(watched.answers, comparison.answers, strict=True):
        assert (here.text, here.state) == (there.text, "done")
        assert here.figures().ttft_s == pytest.approx(there.figures().ttft_s, abs=1e-6)
    asking.close()


def test_rounds_and_repeats_that_come_meanwhile_are_seen(
    opened: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(following, "EVERY_S", 0.0)
    asking, watching = desk(opened(), ENDLESS, tokens_per_second=40), desk(opened())
    comparison = asking.start(Conversation.ask("First?"), columns("a"), owner="me")
    watched = found(watching, comparison.id)
    before = watched.answers[0]
    asking.again(comparison, "a")
    watched.watch()
    assert watched.answers[0] is not before
    asking.ask_on(comparison, Conversation.ask("Second?"), columns("a", "b"))
    watched.watch()
    assert [round.asked.question for round in watched.rounds] == ["First?", "Second?"]
    comparison.stop()
    settled(asking)
    watched.watch()
    assert watched.ended and watched.last.answers[0].state == "stopped"
    asking.close()


def test_what_another_program_went_on_with_is_read_anew(opened: Open) -> None:
    first, second = desk(opened()), desk(opened())
    comparison = ask(first, owner="me")
    settled(first)
    there = found(second, comparison.id, "me")
    second.ask_on(there, Conversation.ask("And then?"), columns("a"))
    ended(there)
    settled(second)
    assert len(found(first, comparison.id, "me").rounds) == 2


def test_a_killed_programs_comparison_is_interrupted(
    opened: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    from playground.archive import reading

    asking = desk(opened(), ENDLESS, tokens_per_second=10)
    comparison = asking.start(Conversation.ask("Recite."), columns("a"))
    monkeypatch.setattr(reading, "LOST_S", 0.0)  # as if it had been silent for long
    watched = found(desk(opened()), comparison.id)
    assert not watched.elsewhere and watched.answers[0].interrupted
    comparison.stop()
    asking.close()


def test_a_restored_model_is_the_one_that_answered(tmp_path: Path) -> None:
    model = specs.find("demo:E2B")
    kept = recording.model(model)
    anew = recording.model(again.model(kept))
    assert kept.template and anew == kept
    assert again.model(kept).sampling == model.sampling
    assert not again.model(kept).here


def test_who_is_named_by_a_record_is_found_again_before_being_asked(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    contender = replace(columns("a")[0], model=again.model(recording.model(specs.find("demo:E2B"))))
    assert found_again(contender).model.path == specs.find("demo:E2B").path
    assert found_again(contender).id == "a"
    elsewhere = replace(contender.model, spec="local:/etc", weights="etc")
    assert not found_again(replace(contender, model=elsewhere)).model.here
    monkeypatch.setenv("PLAYGROUND_HOSTED", "1")
    assert found_again(contender).model.here
    monkeypatch.setattr(specs, "find", lambda spec: pytest.fail(f"{spec} was looked for"))
    assert not found_again(replace(contender, model=elsewhere)).model.here
    said = replace(elsewhere, server=Server("lab", "http://10.0.0.1/v1"))
    assert not found_again(replace(contender, model=said)).model.here


def test_a_record_sends_nobody_to_a_server_that_was_not_set_up(opened: Open) -> None:
    model = replace(
        reciter("m"), spec="server:inner/m", engine="server", server=Server("inner", "http://10.0.0.1/v1"),
        here=False,
    )  # fmt: skip
    made: list[object] = []
    held = Desk(made.append, 1, archive=opened())  # type: ignore[arg-type]
    round = _round(model)
    comparison = Comparison.restored("x", (round,), round, False, "")
    held.again(comparison, "m")
    answer = comparison.last.answer("m")
    assert answer is not None and answer.state == "refused" and made == []
    assert answer.reason == "a text by heart is not here under the name server:inner/m."


def _round(model):  # type: ignore[no-untyped-def]
    from playground.comparisons.answer import Answer
    from playground.comparisons.contender import Contender
    from playground.comparisons.round import Round

    asked = Conversation.ask("Hello?")
    return Round.restored("r", asked, [Answer(Contender(model, Settings(), "m"), asked)], None)


@pytest.mark.parametrize("forgotten", [False, True])
def test_what_another_program_deleted_is_open_nowhere_any_more(
    opened: Open, forgotten: bool
) -> None:
    """And is back once it is taken back."""
    here, there = desk(opened()), desk(opened())
    comparison = ask(here, owner="me")
    settled(here)
    assert here.archive is not None and there.archive is not None
    assert here.archive.opens(comparison, "me") and here.find(comparison.id, "me") is comparison
    if forgotten:
        there.forget_own("me")
    else:
        there.remove([comparison.id])
    for visitor in ("me", "another", None):
        assert not here.archive.opens(comparison, visitor)
        assert here.find(comparison.id, visitor) is None
    if not forgotten:
        with there.archive.writing() as connection:
            keeping.restore(connection, [comparison.id])
        assert here.archive.opens(comparison, "me") and here.find(comparison.id, "me") is comparison


def test_what_is_answered_while_another_program_forgets_it_stops_and_comes_back_nowhere(
    opened: Open,
) -> None:
    here = desk(opened(), ENDLESS, tokens_per_second=20)
    there = desk(opened())
    assert here.archive is not None and there.archive is not None
    mine = here.start(Conversation.ask("Mine?"), columns("a"), owner="me")
    other = here.start(Conversation.ask("Another's?"), columns("b"), True, owner="another")
    until(lambda: bool(mine.answers[0].chunks))
    there.forget_own("me")
    while not mine.ended:  # long before its last word
        mine.watch()
        other.watch()
        time.sleep(0.05)
    assert mine.answers[0].state == "stopped"
    other.stop()
    settled(here)
    assert here.archive.fault == "" and there.archive.record(mine.id) is None
    assert here.find(mine.id, "me") is None
    assert there.archive.record(other.id) is not None


def test_a_link_that_is_withdrawn_while_it_runs_opens_nothing_more(opened: Open) -> None:
    held = desk(opened(), ENDLESS, tokens_per_second=20)
    assert held.archive is not None
    comparison = held.start(Conversation.ask("Mine?"), columns("a"), owner="me")
    assert held.archive.opens(comparison, "another")
    withdraw(held, comparison)
    assert not held.archive.opens(comparison, "another"), "in a tab that had it open"
    assert held.find(comparison.id, "another") is None
    assert held.archive.opens(comparison, "me") and held.archive.opens(comparison, None)
    held.close()


def test_what_can_not_be_written_is_not_taken_for_deleted(
    opened: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = desk(opened())
    broken = Comparison(Conversation.ask("What is it?"), ())
    with monkeypatch.context() as patch:
        patch.setattr(broken.last, "asked", None)
        here.archive.writer.acknowledge(broken)  # type: ignore[union-attr]
    assert here.archive is not None and here.archive.opens(broken, None)
