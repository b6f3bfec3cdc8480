"""The Operate page: for those who run it, and for nobody else; on one's own machine that is everybody."""

from __future__ import annotations

import logging

import pytest
from streamlit.testing.v1 import AppTest

from components import shell, web
from components.words import plain
from playground.desk import Desk
from playground.engines.roster import installed, specs
from playground.hosting.operating.troubles import Troubles
from playground.hosting.people.visitor import Visitor
from playground.prompt.conversation import Conversation
from tests.archive.kept import columns
from tests.components.opening import APP, PATIENCE_S, app
from tests.components.test_history_page import desk as desk
from tests.components.test_pages import HERE, find, run, words


def page(monkeypatch: pytest.MonkeyPatch, visitor: Visitor | None = None) -> AppTest:
    monkeypatch.setattr(installed, "models", lambda: tuple(HERE.values()))
    monkeypatch.setattr(specs, "find", find)
    if visitor is not None:
        monkeypatch.setenv("PLAYGROUND_HOSTED", "1")
        monkeypatch.setattr("components.web.who", lambda: visitor)
    made = run(app())
    return run(made.switch_page("pages/operate.py"))


def test_a_visitor_sees_nothing_of_it_whichever_way_they_come(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(ValueError, match="Could not find a navigation page"):
        page(monkeypatch, Visitor("v" * 22))
    alone = AppTest.from_file(str(APP.parent / "pages" / "operate.py"), default_timeout=PATIENCE_S)
    alone.session_state.entered = True
    run(alone)
    assert alone.info[0].value == "This page is for those who operate the playground."
    assert not alone.header and not alone.title and not alone.button


@pytest.mark.parametrize("hosted", [False, True])
def test_an_operator_says_something_to_all_and_takes_it_away(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, hosted: bool
) -> None:
    operator = Visitor("user:" + "A" * 24, "Ada", operator=True)
    shown = page(monkeypatch, operator if hosted else None)
    assert shown.header[0].value == "Running and waiting"
    shown.text_input(key="notice_words").set_value("Back at *noon*. <b>")
    shown.button[0].click()
    run(shown)
    assert plain("Back at *noon*. <b>") in [one.value for one in shown.info]
    monkeypatch.setattr("components.web.who", lambda: Visitor("v" * 22))
    other = run(app())
    assert "noon" in other.info[0].value
    web.notice(desk).say("")
    assert not run(other).info


def test_an_operator_stops_a_run_and_sees_what_went_wrong(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    troubles = Troubles()
    desk.witnesses.append(troubles)
    troubles.handle(logging.makeLogRecord({"name": "x", "msg": "disk\nfull", "levelno": 40}))
    hold = desk.pool.turn(columns("a")[0].model, None, owner="somebody")  # type: ignore[arg-type]
    with hold:
        running = desk.start(Conversation.ask("Private words"), columns("a"), owner="w" * 22)
        shown = page(monkeypatch)
        told = words(shown)
        assert "waiting, 1 before it" in told and "Private words" not in told
        assert list(shown.dataframe[-1].value["what"]) == ["disk full"]
        shown.button(key=f"stop_{running.id}").click()
        run(shown)
        assert running.answers[0].wait() is None and running.answers[0].state == "stopped"
    assert shell.desk() is desk
