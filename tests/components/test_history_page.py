"""The History page: what was asked is found, named, laid beside each other, deleted, taken back and brought in."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from components import shell, taking_away
from components.history.listing import A_PAGE
from playground.archive import keeping, library
from playground.archive.archive import Archive
from playground.archive.export import FORMATS
from playground.archive.library import Entry, Wanted
from playground.desk import Desk
from playground.prompt.conversation import Conversation
from playground.prompt.media import read
from tests.archive.kept import columns, settled
from tests.archive.kept import desk as reciting
from tests.components.opening import app
from tests.components.test_pages import png, run, words
from tests.waiting import ended


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    """A desk with an archive of its own; the program's is this one."""
    made = reciting(Archive.within(tmp_path))
    monkeypatch.setattr(shell, "open_desk", lambda: made)
    shell._opened.cache_clear()
    yield made
    made.close()
    shell._opened.cache_clear()


def asked(desk: Desk, question: str, *names: str, owner: str = "") -> str:
    ended(
        made := desk.start(
            Conversation.ask(question, read("a.png", png())), columns(*names), owner=owner
        )
    )
    settled(desk)
    return made.id


def listed(desk: Desk) -> list[Entry]:
    assert desk.archive is not None
    with desk.archive.reading() as connection:
        return list(library.entries(connection, Wanted()))


@pytest.fixture
def open_page(desk: Desk) -> Callable[[], AppTest]:
    def open_() -> AppTest:
        page = app()
        return run(run(page).switch_page("pages/history.py"))

    return open_


Open = Callable[[], AppTest]


def test_an_empty_history_says_what_to_do(open_page: Open) -> None:
    assert "Nothing is kept yet." in words(open_page())


def test_what_was_asked_stands_there_newest_first(desk: Desk, open_page: Open) -> None:
    for question in ("first", "second"):
        asked(desk, question, "E2B", "31B")
    page = open_page()
    shown = words(page)
    assert shown.index("**second**") < shown.index("**first**")
    assert "**31B**] one two three" in shown
    assert "today" in shown
    assert len(page.image) == 2


def test_a_search_that_finds_nothing_can_be_cleared(desk: Desk, open_page: Open) -> None:
    asked(desk, "Where is the zoo?", "E2B")
    page = open_page()
    page.text_input(key="history_words").set_value("ZOO three")
    run(page)
    assert "Where is the zoo?" in words(page)
    page.text_input(key="history_words").set_value("aquarium")
    run(page)
    assert "Where is the zoo?" not in words(page)
    assert "Nothing that is kept fits" in words(page)
    page.button(key="show_everything").click()
    run(page)
    assert "Where is the zoo?" in words(page)


def test_filters_narrow(desk: Desk, open_page: Open) -> None:
    asked(desk, "small", "E2B")
    asked(desk, "large", "31B")
    page = open_page()
    page.selectbox(key="history_variant").set_value("31B")
    run(page)
    assert "**large**" in words(page) and "**small**" not in words(page)
    page.selectbox(key="history_kind").set_value("audio")
    run(page)
    assert "**large**" not in words(page)


def test_a_long_history_has_pages(desk: Desk, open_page: Open) -> None:
    for number in range(A_PAGE + 1):
        asked(desk, f"n{number}", "E2B")
    newest = f"**n{A_PAGE}**"
    page = open_page()
    assert newest in words(page) and "**n0**" not in words(page)
    page.session_state.history_page = 2
    run(page)
    assert "**n0**" in words(page) and newest not in words(page)
    page.text_input(key="history_words").set_value(f"n{A_PAGE}")
    run(page)
    assert newest in words(page)


def test_a_list_holds_what_it_shows_and_no_more(
    desk: Desk, open_page: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Which comparisons are taken away is asked when that is pressed: there may be thousands."""
    first, second = asked(desk, "one", "E2B"), asked(desk, "two", "E2B")
    offered: list[taking_away.Ids] = []
    monkeypatch.setattr(taking_away, "popover", lambda ids, *_: offered.append(ids))
    with monkeypatch.context() as patch:
        patch.delattr(library, "ids")
        assert "**one**" in words(open_page())
    assert set(offered[-1]()) == {first, second}


def test_one_is_deleted_and_taken_back(desk: Desk, open_page: Open) -> None:
    id = asked(desk, "first", "E2B")
    page = open_page()
    page.button(key=f"delete_{id}").click()
    run(page)
    assert "**first**" not in words(page) and "A comparison is deleted." in words(page)
    assert desk.find(id) is None
    page.button(key="undo").click()
    run(page)
    assert "**first**" in words(page) and "deleted" not in words(page)
    assert desk.find(id) is not None


def test_one_is_pinned(desk: Desk, open_page: Open) -> None:
    id = asked(desk, "first", "E2B")
    asked(desk, "second", "E2B")
    page = open_page()
    page.button(key=f"pin_{id}").click()
    run(page)
    assert words(page).index("**first**") < words(page).index("**second**")


def test_a_name_a_note_labels_and_a_judgement(desk: Desk, open_page: Open) -> None:
    id = asked(desk, "first", "E2B")
    page = open_page()
    page.button(key=f"about_{id}").click()
    run(page)
    page.text_input(key="new_name").set_value("The *zoo*")
    page.text_area(key="new_note").set_value("look again")
    page.multiselect(key="new_labels").set_value(["animals"])
    page.feedback(key="rate_0").set_value(1)
    page.button(key="save_about").click()
    run(page)
    (entry,) = listed(desk)
    assert (entry.name, entry.note, entry.labels) == ("The *zoo*", "look again", ("animals",))
    assert entry.lines[0].rating == 1
    assert "**The *zoo***" in words(page) and "look again" in words(page)


def test_two_are_laid_beside_each_other(desk: Desk, open_page: Open) -> None:
    for question, names in (("first", ("E2B",)), ("second", ("E2B", "31B"))):
        id = asked(desk, question, *names)
    page = open_page()
    for entry in listed(desk):
        page.checkbox(key=f"chosen_{entry.id}").check()
        run(page)
    page.button(key="lay_beside").click()
    run(page)
    figures, differing = (table.value for table in page.dataframe)
    assert list(figures["contender"]) == ["E2B", "E2B", "31B"]
    assert figures["ttft"].notna().all()
    assert "question" in list(differing["what differs"])
    assert "was not asked" in words(page)
    page.button(key="delete_chosen").click()
    run(page)
    assert listed(desk) == [] and desk.find(id) is None


def test_a_file_comes_in_and_a_bad_one_says_why(desk: Desk, open_page: Open) -> None:
    id = asked(desk, "first", "E2B")
    assert desk.archive is not None
    kept = desk.archive.record(id)
    assert kept is not None
    good = FORMATS["json"].write(replace(kept, name="From afar"), desk.archive.store.get)
    page = open_page()
    files = page.file_uploader(key="imported_0")
    files.upload("good.json", good).upload("bad.json", good[:-9])
    run(page)
    assert "**From afar**" in words(page) and "bad.json is not JSON." in words(page)
    assert len(listed(desk)) == 2


def test_what_is_used_and_a_sweep(desk: Desk, open_page: Open) -> None:
    id = asked(desk, "first", "E2B")
    assert desk.archive is not None
    page = open_page()
    page.number_input(key="sweep_megabytes").set_value(0)
    page.button(key="sweep").click()
    run(page)
    assert listed(desk) == [] and desk.archive.record(id) is None
    with desk.archive.reading() as connection:
        assert keeping.used(connection) == keeping.Used(0, 0)


def test_strangers_see_their_own_alone(
    desk: Desk, open_page: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PLAYGROUND_HOSTED", "1")
    asked(desk, "of another", "E2B", owner="another")
    asked(desk, "of nobody", "E2B")
    monkeypatch.setattr("components.web.visitor", lambda: "me")
    page = open_page()
    assert "Nothing is kept yet." in words(page)
    asked(desk, "of this one", "E2B", owner="me")
    run(page)
    assert "**of this one**" in words(page) and "**of another**" not in words(page)
    assert not [one for one in page.button if one.key == "sweep"]


def test_an_archive_that_cannot_be_read_is_one_sentence(
    desk: Desk, open_page: Open, tmp_path: Path
) -> None:
    (tmp_path / "archive.sqlite").write_bytes(b"no database at all" * 100)
    assert "its database is damaged" in words(open_page())


def test_nothing_kept_is_said(desk: Desk, open_page: Open) -> None:
    desk.archive = None
    assert "PLAYGROUND_ARCHIVE is off" in words(open_page())
