"""What was seen is found again: whole, by another program, after a rerun and a branch."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from playground.archive import library, recording
from playground.archive.archive import Archive, ArchiveError
from playground.archive.library import Wanted
from playground.comparisons.comparison import Comparison
from playground.prompt.conversation import Conversation
from tests.archive.kept import ask, columns, desk, settled
from tests.waiting import ended

Open = Callable[[], Archive]


def again(opened: Open, comparison: Comparison) -> Comparison:
    """The comparison as another program finds it."""
    found = opened().find(comparison.id)
    assert found is not None
    return found


def same(one: Comparison, other: Comparison) -> None:
    assert recording.comparison(one, 0.0) == recording.comparison(other, 0.0)
    assert [a.figures() for a in one.answers] == [a.figures() for a in other.answers]


def test_a_comparison_is_found_whole_by_another_program(opened: Open) -> None:
    held = desk(opened(), thinking="let me see")
    comparison = ask(held, thinking=True)
    held.ask_on(comparison, Conversation.ask("And then?"), columns("a", "b", "c"))
    ended(comparison)
    settled(held)
    found = again(opened, comparison)
    recorded, kept = (recording.comparison(one, 0.0) for one in (comparison, found))
    assert kept.rounds[0].asked == recorded.rounds[0].asked
    assert found.rounds[0].answers[0].chunks[0].text == "let "
    assert [round.asked.question for round in found.rounds] == ["What is it?", "And then?"]
    for before, after in zip(comparison.answers, found.answers, strict=True):
        assert (after.state, after.text, after.thinking) == (
            before.state,
            before.text,
            before.thinking,
        )
        assert after.figures().sources == before.figures().sources
        assert after.figures().ttft_s == pytest.approx(before.figures().ttft_s, rel=1e-3)


def test_what_was_kept_is_kept_the_same_the_second_time(opened: Open) -> None:
    held = desk(opened())
    comparison = ask(held)
    settled(held)
    found = again(opened, comparison)
    same(found, again(opened, comparison))


def test_one_asks_on_in_a_comparison_of_yesterday(opened: Open) -> None:
    first = desk(opened())
    comparison = ask(first)
    first.close()
    second = desk(opened(), text="four five")
    found = second.find(comparison.id)
    assert found is not None
    second.ask_on(found, Conversation.ask("Go on."), columns("a", "b"))
    ended(found)
    settled(second)
    assert [m.role for m in found.answers[0].conversation.messages] == [
        "system",
        "user",
        "model",
        "user",
    ][1:]
    kept = again(opened, comparison)
    assert [round.answers[0].text.strip() for round in kept.rounds] == [
        "one two three",
        "four five",
    ]


def test_an_answer_given_again_takes_the_place_of_the_first(opened: Open) -> None:
    held = desk(opened())
    comparison = ask(held)
    settled(held)
    held.again(comparison, "a")
    ended(comparison)
    settled(held)
    kept = again(opened, comparison)
    assert [answer.contender.id for answer in kept.answers] == ["a", "b"]
    assert kept.answers[0].asked_at == comparison.answers[0].asked_at
    assert len(kept.answers[0].chunks) == 3


def test_branches_are_kept(opened: Open) -> None:
    held = desk(opened())
    comparison = ask(held)
    held.ask_on(comparison, Conversation.ask("Second?"), columns("a"))
    ended(comparison)
    old = comparison.last
    held.ask_instead(comparison, old, Conversation.ask("Instead?"), columns("a"))
    ended(comparison)
    settled(held)
    kept = again(opened, comparison)
    assert [round.asked.question for round in kept.rounds] == ["What is it?", "Instead?"]
    assert [round.asked.question for round in kept.branches(kept.last)] == ["Second?", "Instead?"]


def test_media_are_stored_once(opened: Open, tmp_path: Path) -> None:
    held = desk(opened())
    ask(held)
    ask(held)
    settled(held)
    assert len([path for path in (tmp_path / "media").rglob("*") if path.is_file()]) == 4


def test_lost_and_damaged_media_are_one_sentence(opened: Open, tmp_path: Path) -> None:
    held = desk(opened())
    comparison = ask(held)
    settled(held)
    (file, *_) = [path for path in (tmp_path / "media").rglob("*") if path.is_file()]
    file.write_bytes(b"something else")
    with pytest.raises(ArchiveError, match=r"can't be opened: the medium \w{12} is damaged\."):
        again(opened, comparison)
    file.unlink()
    with pytest.raises(ArchiveError, match="is gone"):
        again(opened, comparison)


def test_an_unknown_id_is_nothing(opened: Open) -> None:
    assert opened().find("nonsense' OR 1=1") is None


@pytest.mark.parametrize("damage", [b"this is no database" * 100, b""])
def test_a_damaged_file_breaks_nothing_else(tmp_path: Path, damage: bytes) -> None:
    (tmp_path / "archive.sqlite").write_bytes(damage)
    held = desk(Archive.within(tmp_path))
    comparison = ask(held)
    assert [answer.state for answer in comparison.answers] == ["done", "done"]
    assert held.archive is not None
    assert (held.archive.fault == "") == (damage == b"")
    assert "damaged" in held.archive.fault or not damage


def test_a_directory_that_can_not_be_made_breaks_nothing_else(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    held = desk(Archive.within(tmp_path / "file" / "below"))
    assert [answer.state for answer in ask(held).answers] == ["done", "done"]
    assert held.archive is not None
    assert held.archive.fault.startswith("Comparisons are not kept just now")


def test_one_that_can_not_be_written_costs_the_others_nothing(
    opened: Open, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    held = desk(opened())
    broken = Comparison(Conversation.ask("What is it?"), columns("a"))
    monkeypatch.setattr(broken.last, "asked", None)
    held.archive.writer.acknowledge(broken)  # type: ignore[union-attr]
    assert f"comparison {broken.id} can't be written" in caplog.text
    other = ask(held)
    settled(held)
    assert held.archive is not None and held.archive.fault == ""
    assert opened().find(other.id) is not None


def test_what_no_database_takes_is_kept_as_far_as_it_can_be(opened: Open) -> None:
    held = desk(opened(), "one\0 two \ud83d three")
    comparison = ended(held.start(Conversation.ask("zero \0 and half?"), columns("a")))
    settled(held)
    assert held.archive is not None and held.archive.fault == ""
    with held.archive.reading() as connection:
        (entry,) = library.entries(connection, Wanted(words="three half"))
    assert (entry.question, entry.lines[0].words) == ("zero  and half?", "one two ? three")
    assert again(opened, comparison).answers[0].text.strip() == "one\0 two \ud83d three"
