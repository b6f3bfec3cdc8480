"""Everything that is one's own, deleted for good from the History page: nobody else's goes with it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from playground.archive import keeping
from playground.archive.sets.lineups import Lineups
from playground.desk import Desk
from playground.prompt.conversation import Conversation
from tests.archive.kept import columns, settled
from tests.components.test_history_page import asked, listed
from tests.components.test_history_page import desk as desk
from tests.components.test_history_page import open_page as open_page
from tests.components.test_pages import run, words


def media(desk: Desk) -> int:
    assert desk.archive is not None
    return sum(one.is_file() for one in Path(desk.archive.media).rglob("??/*"))


def delete_all(page: AppTest) -> AppTest:
    page.button(key="leave").click()
    run(page)
    page.button(key="leave_for_good").click()
    return run(page)


def test_all_that_is_ones_own_goes_after_a_question(
    desk: Desk, open_page: Callable[[], AppTest]
) -> None:
    pinned = asked(desk, "first", "E2B")
    asked(desk, "second", "E2B")
    assert desk.archive is not None
    with desk.archive.writing() as connection:
        keeping.pin(connection, pinned, True)
    page = open_page()
    page.button(key="leave").click()
    assert "**2 comparisons**" in words(run(page))
    page.button(key="stay").click()
    run(page)
    assert len(listed(desk)) == 2
    page = delete_all(page)
    assert "2 comparisons are deleted for good." in words(page)
    assert not listed(desk) and media(desk) == 0
    assert desk.find(pinned) is None
    assert "deleted for good" not in words(run(page)), "it is said once"


def test_a_visitor_takes_nobody_elses_along(
    desk: Desk, open_page: Callable[[], AppTest], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PLAYGROUND_HOSTED", "1")
    monkeypatch.setattr("components.web.visitor", lambda: "me")
    theirs = asked(desk, "theirs", "E2B", owner="another")
    mine = [asked(desk, "mine", "E2B", owner="me") for _ in range(2)]
    desk.remove(mine[:1])  # what could be taken back goes too
    assert desk.archive is not None
    for owner in ("me", "another"):
        Lineups(desk.archive.media, owner).keep("usual", "E2B")
    assert "2 comparisons are deleted for good." in words(delete_all(open_page()))
    assert [one.id for one in listed(desk)] == [theirs]
    assert media(desk) == 1, "the picture that both had"
    assert Lineups(desk.archive.media, "me").all() == {}
    assert Lineups(desk.archive.media, "another").all() == {"usual": "E2B"}
    with desk.archive.writing() as connection:
        keeping.restore(connection, mine)
    assert desk.find(mine[0], "me") is None and desk.find(mine[1], "me") is None


def test_what_runs_is_stopped_and_not_written_again(desk: Desk) -> None:
    running = desk.start(Conversation.ask("Say it."), columns("E2B"), owner="me")
    assert desk.forget_own("me") == 1
    for answer in running.answers:
        answer.wait()
    settled(desk)
    assert not listed(desk) and desk.find(running.id) is None
