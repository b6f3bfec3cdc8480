"""What was seen is found again: whole, by another program, after a rerun and a branch."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Callable
from pathlib import Path

import pytest
from fsspec.implementations.local import LocalFileSystem

from playground.archive import library, recording
from playground.archive.archive import Archive, ArchiveError
from playground.archive.library import Wanted
from playground.archive.sets.folder import Folder
from playground.archive.writing import writer
from playground.comparisons.comparison import Comparison
from playground.prompt.conversation import Audio, Conversation
from playground.prompt.mend import Mend
from tests.archive.kept import ask, columns, desk, settled
from tests.media_files import tone, wav
from tests.waiting import ended, until

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


def test_a_medium_that_was_cut_off_is_whole_once_it_comes_again(
    opened: Open, tmp_path: Path
) -> None:
    """Else whoever sent the same file later could not open what they asked."""
    held = desk(opened())
    first = ask(held)
    settled(held)
    for file in (tmp_path / "media").rglob("*"):
        if file.is_file():
            file.write_bytes(file.read_bytes()[:-1])
    with pytest.raises(ArchiveError, match="is damaged"):
        again(opened, first)
    second = ask(held)
    settled(held)
    for one in (first, second):
        assert recording.media(again(opened, one)) == recording.media(one)


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


@pytest.mark.parametrize("id", ["nonsense' OR 1=1", "a\0b", "x" * 100_000, "\ud800", "ü", ""])
def test_an_unknown_id_is_nothing(opened: Open, id: str) -> None:
    archive = opened()
    assert archive.find(id) is None and archive.record(id) is None


def test_nobody_else_on_the_machine_reads_what_is_kept(tmp_path: Path) -> None:
    before = os.umask(0o022)
    try:
        Folder(str(tmp_path / "kept" / "media" / "tokens")).write("a/b.json", b"first of all")
        held = desk(Archive.within(tmp_path / "kept"))
        comparison = ask(held)
        settled(held)
        held.close()
        assert held.archive is not None and held.archive.record(comparison.id) is not None
    finally:
        os.umask(before)
    open_to_others = [
        path
        for path in (tmp_path / "kept", *(tmp_path / "kept").iterdir())
        if stat.S_IMODE(path.stat().st_mode) & 0o077
    ]
    assert open_to_others == []


def test_a_file_that_can_not_be_written_whole_is_not_left_in_part(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is tried every five seconds, and each try would fill the disk with one more."""
    files = Folder(str(tmp_path / "media"))

    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(LocalFileSystem, "mv", full)
        with pytest.raises(OSError, match="No space"):
            files.write("ab/name", b"data")
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []
    files.write("ab/name", b"data")
    assert files.read("ab/name") == b"data"


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


def test_one_that_the_database_refuses_costs_the_others_nothing(
    opened: Open, caplog: pytest.LogCaptureFixture
) -> None:
    """It was tried again for good, with all others behind it."""
    held = desk(opened())
    assert held.archive is not None
    broken = Comparison(Conversation.ask("What is it?"), columns("a", schema={"type": {"no JSON"}}))
    held.archive.writer.acknowledge(broken)
    other = ask(held)
    until(lambda: not held.archive.writer.holds(other.id))  # type: ignore[union-attr]
    assert held.archive.fault == "" and opened().find(other.id) is not None
    until(lambda: f"comparison {broken.id} can't be written" in caplog.text)
    settled(held)


def test_a_clock_that_is_set_back_stops_no_writing(
    opened: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writer, "RETRY_S", 0.1)
    held = desk(opened())
    assert held.archive is not None
    with monkeypatch.context() as patch:
        patch.setattr(held.archive.store, "put", _full)
        comparison = ask(held)
        assert held.archive.fault
    now = recording.now
    monkeypatch.setattr(recording, "now", lambda: now() - 3600)
    until(lambda: not held.archive.writer.holds(comparison.id))  # type: ignore[union-attr]
    assert held.archive.fault == "" and opened().find(comparison.id) is not None


def _full(data: bytes) -> str:
    raise OSError(errno.ENOSPC, "No space left on device")


def test_media_that_a_remedy_made_are_kept(opened: Open) -> None:
    """A shorter recording was nowhere, and the comparison opened no more."""
    held = desk(opened())
    sound = Audio("voice.wav", wav(tone(3.0)), 3.0, "WAV, 3.0 s")
    asked = Conversation.ask("What do you hear?", (sound,))
    comparison = ended(held.start(asked, columns("a", "b")))
    settled(held)
    held.again(comparison, "a", Mend("trim_audio", 1.0))
    ended(comparison)
    settled(held)
    kept = again(opened, comparison)
    heard = [answer.conversation.media()[0].seconds for answer in kept.answers]  # type: ignore[union-attr]
    assert heard == [1.0, 3.0]
    assert kept.last.asked.media() == (sound,)


def test_what_no_database_takes_is_kept_as_far_as_it_can_be(opened: Open) -> None:
    held = desk(opened(), "one\0 two \ud83d three")
    comparison = ended(held.start(Conversation.ask("zero \0 and half?"), columns("a")))
    settled(held)
    assert held.archive is not None and held.archive.fault == ""
    with held.archive.reading() as connection:
        (entry,) = library.entries(connection, Wanted(words="three half"))
    assert (entry.question, entry.lines[0].words) == ("zero  and half?", "one two ? three")
    assert again(opened, comparison).answers[0].text.strip() == "one\0 two \ud83d three"
