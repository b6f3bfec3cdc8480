"""Lists: order, filters, search in any script, what a person does with what is kept, sweeping."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path

import pytest

from playground.archive import keeping, library
from playground.archive.archive import Archive
from playground.archive.library import Entry, Wanted
from playground.desk import Desk
from playground.prompt.conversation import Audio, Conversation
from tests.archive.kept import ask, columns, desk, settled
from tests.waiting import ended

SAYINGS = (
    "The quick brown fox jumps over the lazy dog",
    "敏捷的棕色狐狸跳过了懒狗",
    "素早い茶色の狐がのろまな犬を飛び越える",
    "สุนัขจิ้งจอกสีน้ำตาลกระโดดข้ามหมาขี้เกียจ",
    "الثعلب البني السريع يقفز فوق الكلب الكسول",
    "for (let i = 0; i <= n; i++) { total += rows[i].price_eur; }",
    'He said "100 %" and paid $5_000 (or 50*100).',
    "Straße, œuvre, naïve café, ДОМ и дерево",
)


def listed(archive: Archive, **wanted: object) -> list[str]:
    """The questions of the comparisons that are found."""
    with archive.reading() as connection:
        found = library.entries(connection, Wanted(**wanted), limit=100)  # type: ignore[arg-type]
        assert library.count(connection, Wanted(**wanted)) == len(found)  # type: ignore[arg-type]
    return [entry.question for entry in found]


def entry(archive: Archive) -> Entry:
    with archive.reading() as connection:
        return library.entries(connection, Wanted())[0]


@pytest.fixture
def held(opened: Callable[[], Archive]) -> Desk:
    return desk(opened())


@pytest.fixture
def archive(held: Desk) -> Archive:
    assert held.archive is not None
    return held.archive


def test_the_newest_stand_first_and_pinned_ones_before_them(held: Desk, archive: Archive) -> None:
    made = [ask(held, str(number)) for number in range(3)]
    settled(held)
    assert listed(archive) == ["2", "1", "0"]
    with archive.writing() as connection:
        keeping.pin(connection, made[0].id, True)
    assert listed(archive) == ["0", "2", "1"]


def test_an_entry_says_who_answered_what(held: Desk, archive: Archive) -> None:
    ask(held)
    settled(held)
    shown = entry(archive)
    assert [(line.label, line.state, line.words) for line in shown.lines] == [
        ("a", "done", "one two three"),
        ("b", "done", "one two three"),
    ]
    assert shown.kinds == ("audio", "document", "image", "video")
    assert len(shown.pictures) == 1, "frames of a clip are no pictures"
    assert not shown.running


def test_filters(held: Desk, archive: Archive) -> None:
    first = ask(held, "with media", "a")
    ended(held.start(Conversation.ask("words alone"), columns("b"), owner="somebody"))
    settled(held)
    assert listed(archive, variant="a") == ["with media"]
    assert listed(archive, kind="image") == ["with media"]
    assert listed(archive, owner="somebody") == ["words alone"]
    assert listed(archive, owner="nobody") == []
    assert listed(archive, state="failed") == []
    assert len(listed(archive, state="done")) == 2
    assert listed(archive, before=first.answers[0].asked_at - 60) == []
    with archive.writing() as connection:
        keeping.label(connection, first.id, ["zoo", " zoo ", ""])
    assert listed(archive, label="zoo") == ["with media"]
    assert entry(archive).labels == () and listed(archive, words="zoo") == ["with media"]


def test_a_search_finds_what_a_plain_scan_finds(held: Desk, archive: Archive) -> None:
    for saying in SAYINGS:
        ended(held.start(Conversation.ask(saying), columns("a")))
    settled(held)
    pieces = random.Random(5)
    for _ in range(300):
        saying = pieces.choice(SAYINGS)
        length = pieces.choice((1, 2, 3, 4, 7))
        start = pieces.randrange(len(saying) - length)
        wanted = saying[start : start + length]
        words = wanted.split()
        plain = [
            one
            for one in SAYINGS
            if all(word.lower() in (one + "\none two three").lower() for word in words)
        ]
        found = listed(archive, words=wanted)
        assert set(found) >= {one for one in SAYINGS if all(word in one for word in words)}, wanted
        assert set(found) <= set(plain), wanted


def test_every_word_must_be_there(held: Desk, archive: Archive) -> None:
    for question in ("the zoo", "the aquarium"):
        ended(held.start(Conversation.ask(question), columns("a")))
    settled(held)
    for words in ("zoo three", "three zoo", "the zoo one two"):
        assert listed(archive, words=words) == ["the zoo"]
    assert listed(archive, words="zoo aquarium") == []
    assert listed(archive, words="one two") == ["the aquarium", "the zoo"]


def test_a_whole_answer_can_be_looked_for(held: Desk, archive: Archive) -> None:
    """More than a thousand short words were more than a database takes."""
    ask(held)
    settled(held)
    assert listed(archive, words="one two " * 100_000) == ["What is it?"]
    assert listed(archive, words=" ".join(chr(0x4E00 + n) for n in range(2000))) == []


def test_names_and_notes_are_found(held: Desk, archive: Archive) -> None:
    comparison = ask(held)
    settled(held)
    with archive.writing() as connection:
        keeping.rename(connection, comparison.id, "  The  zoo ")
        keeping.annotate(connection, comparison.id, "worth a second look")
    assert (entry(archive).name, entry(archive).note) == ("The zoo", "worth a second look")
    for words in ("zoo", "second look", "three", "What is"):
        assert listed(archive, words=words) == ["What is it?"]
    held.ask_on(comparison, Conversation.ask("And now?"), columns("a"))
    ended(comparison)
    settled(held)
    assert listed(archive, words="zoo now") == ["What is it?"]


def test_what_no_database_takes_is_neither_searched_nor_noted(held: Desk, archive: Archive) -> None:
    """Whoever writes requests by hand can put a zero into a field of the page."""
    comparison = ask(held)
    settled(held)
    with archive.writing() as connection:
        keeping.rename(connection, comparison.id, "The\0 zoo")
        keeping.annotate(connection, comparison.id, "half \ud83d")
        keeping.label(connection, comparison.id, ["a\0b", "\0"])
    assert (entry(archive).name, entry(archive).note) == ("The zoo", "half ?")
    assert entry(archive).labels == ("ab",)
    for words in ("th\0ree", "\0", "zo\0o The", "wh\0"):
        assert listed(archive, words=words) == ["What is it?"]
    assert listed(archive, words="thr\0\ud83dee") == []


def test_an_answer_is_rated(held: Desk, archive: Archive) -> None:
    comparison = ask(held)
    settled(held)
    with archive.writing() as connection:
        keeping.rate(connection, comparison.last.id, "b", 1)
    assert [line.rating for line in entry(archive).lines] == [None, 1]


def test_what_was_deleted_can_be_taken_back(held: Desk, archive: Archive) -> None:
    comparison = ask(held)
    settled(held)
    with archive.writing() as connection:
        keeping.remove(connection, [comparison.id])
    assert listed(archive) == []
    assert archive.find(comparison.id) is None
    with archive.writing() as connection:
        keeping.restore(connection, [comparison.id])
    assert listed(archive) == ["What is it?"]


def test_a_sweep_by_size_takes_no_more_than_it_must(held: Desk, archive: Archive) -> None:
    """What is shared goes with the last that uses it."""
    sound = Audio("long.wav", b"RIFF" + bytes(1000), 2.0)
    for number in range(4):  # the first, the second and the fourth have the same recording
        own = Audio("own.wav", b"RIFF" + bytes(100 + number), 1.0)
        media = (own,) if number == 2 else (sound, own)
        ended(held.start(Conversation.ask(f"number {number}", media), columns("a")))
    settled(held)
    with archive.writing() as connection:
        whole = keeping.used(connection).media_bytes
        assert whole == 1004 + sum(104 + number for number in range(4))
        assert keeping.sweep(connection, archive.store, media_bytes=whole) == 0
        assert keeping.sweep(connection, archive.store, media_bytes=whole - 1) == 1
        assert keeping.used(connection).media_bytes == whole - 104
        assert keeping.sweep(connection, archive.store, media_bytes=1004) == 3
        assert keeping.used(connection) == keeping.Used(0, 0)


def test_a_sweep_forgets_the_oldest_and_their_media(
    held: Desk, archive: Archive, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = ask(held, "first"), ask(held, "second")
    ended(held.start(Conversation.ask("third"), columns("a")))
    settled(held)
    with archive.writing() as connection:
        keeping.pin(connection, second.id, True)
        assert keeping.used(connection).comparisons == 3
        assert keeping.sweep(connection, archive.store, older_than_s=3600) == 0
        assert keeping.sweep(connection, archive.store, media_bytes=0) == 2
    assert listed(archive) == ["second"]
    assert archive.find(first.id) is None
    assert any(path.is_file() for path in (tmp_path / "media").rglob("*")), (
        "the pinned one's media stay"
    )
    monkeypatch.setattr(keeping, "UNDO_S", -1.0)
    with archive.writing() as connection:
        keeping.remove(connection, [second.id])
        assert keeping.sweep(connection, archive.store) == 1
        assert keeping.used(connection) == keeping.Used(0, 0)
    assert not any(path.is_file() for path in (tmp_path / "media").rglob("*"))
