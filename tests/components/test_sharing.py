"""Somebody else's comparison on the Compare page: looked at, replayed, made one's own; its link withdrawn."""

from __future__ import annotations

import json
import threading
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from playground.archive import keeping
from playground.archive.archive import Archive
from playground.desk import Desk
from playground.engines.roster import installed, specs
from playground.prompt.conversation import Conversation
from tests.archive.kept import columns
from tests.archive.kept import desk as reciting
from tests.components.opening import app
from tests.components.test_history_page import asked
from tests.components.test_history_page import desk as desk
from tests.components.test_pages import HERE, find, run, words
from tests.waiting import until


@pytest.fixture(autouse=True)
def hosted(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where strangers come; this visitor is `me`."""
    monkeypatch.setenv("PLAYGROUND_HOSTED", "1")
    monkeypatch.setattr("components.web.visitor", lambda: "me")
    monkeypatch.setattr(installed, "models", lambda: tuple(HERE.values()))
    monkeypatch.setattr(specs, "find", find)


def opened(id: str) -> AppTest:
    page = app()
    page.query_params["run"] = id
    return run(page)


def keys(page: AppTest) -> set[str]:
    return {str(one.key) for one in page.button}


def test_somebody_elses_is_looked_at_and_made_ones_own(desk: Desk) -> None:
    id = asked(desk, "theirs", "E2B", owner="another")
    page = opened(id)
    assert "one two three" in words(page) and "Somebody else asked this." in words(page)
    assert not keys(page) & {"run_again_0", "edit", "rerun", "withdraw", "stop_all"}
    page.button(key="make_mine").click()
    run(page)
    assert "Somebody else asked this." not in words(page) and "one two three" in words(page)
    assert {"run_again_0", "rerun"} <= keys(page)
    mine = str(page.query_params["run"])
    assert mine != id
    page.button(key="rerun").click()
    run(page)
    held = desk.find(mine, "me")
    assert held is not None and held.owner == "me" and len(held.every_round) == 2
    first = desk.find(id, "another")
    assert first is not None and len(first.every_round) == 1


def test_a_link_is_withdrawn_and_opens_again(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    id = asked(desk, "mine", "E2B", owner="me")
    monkeypatch.setattr("components.web.visitor", lambda: "another")
    theirs = opened(id)
    assert "one two three" in words(theirs)
    monkeypatch.setattr("components.web.visitor", lambda: "me")
    page = opened(id)
    page.button(key="withdraw").click()
    run(page)
    assert "The link opens this comparison for you alone." in words(page)
    assert "one two three" in words(page)
    monkeypatch.setattr("components.web.visitor", lambda: "another")
    assert "one two three" not in words(run(theirs)), "in a tab that had it open too"
    assert "There is no comparison at this address" in words(opened(id))
    monkeypatch.setattr("components.web.visitor", lambda: "me")
    page.button(key="withdraw").click()
    run(page)
    monkeypatch.setattr("components.web.visitor", lambda: "another")
    assert "one two three" in words(opened(id))


def test_who_watches_sees_no_more_once_the_link_is_withdrawn(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("components.compare.comparison.LOOK_EVERY_S", 0.1)
    long = " ".join(f"w{number}" for number in range(400))
    held = reciting(Archive.within(tmp_path), long, tokens_per_second=5)
    monkeypatch.setattr("components.shell.desk", lambda: held)
    comparison = held.start(Conversation.ask("Mine?"), columns("E2B"), owner="another")
    until(lambda: bool(comparison.answers[0].chunks), watched=comparison)

    def withdraw() -> None:
        assert held.archive is not None
        with held.archive.writing() as connection:
            keeping.withdraw(connection, comparison.id, True)

    drawing = threading.Timer(2.0, withdraw)
    drawing.start()
    page = opened(comparison.id)  # draws until the link is withdrawn
    drawing.join()
    assert "There is no comparison at this address" in words(page) and "w1 " not in words(page)
    assert not comparison.ended, "its owner may still look at it"
    held.close()


@pytest.mark.parametrize("id", ["nonsense", "' OR 1=1 --", "a" * 500, "../../etc/passwd"])
def test_an_id_that_was_guessed_is_one_plain_sentence(desk: Desk, id: str) -> None:
    asked(desk, "theirs", "E2B", owner="another")
    page = opened(id)
    assert "There is no comparison at this address" in words(page)
    assert "theirs" not in words(page)


def test_what_was_deleted_elsewhere_says_so_when_it_is_used_next(
    desk: Desk, tmp_path: Path
) -> None:
    id = asked(desk, "mine", "E2B", owner="me")
    page = opened(id)
    assert "one two three" in words(page)
    elsewhere = reciting(Archive.within(tmp_path))
    elsewhere.remove([id])
    elsewhere.close()
    said = words(run(page))
    assert "it was deleted" in said and "one two three" not in said


def test_each_answer_is_disclosed(desk: Desk) -> None:
    id = asked(desk, "mine", "E2B", "31B", owner="me")
    page = opened(id)
    page.button(key="disclosure").click()
    run(page)
    said = words(page)
    assert "| Weights | a text by heart |" in said and "| Left this machine | no |" in said
    assert "| Sent to | no server |" in said
    (settings,) = [line for line in said.split("\n") if line.startswith("| Settings |")][:1]
    assert "at most 512 tokens, no thinking" in settings
    assert "add_sample" not in keys(page), "visitors write nothing on the program's machine"


def test_a_question_becomes_a_sample_with_one_press(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PLAYGROUND_HOSTED", "0")
    monkeypatch.setenv("PLAYGROUND_ARCHIVE", str(tmp_path))
    page = opened(asked(desk, "What is it?", "E2B"))
    page.text_area(key="sample_target").set_value("a lamp")
    page.button(key="sample_add").click()
    run(page)
    (line,) = (tmp_path / "datasets" / "my samples" / "samples.jsonl").read_text().splitlines()
    assert json.loads(line)["target"] == "a lamp" and "What is it?" in line


def test_what_is_kept_is_said_where_it_is_sent_and_judged(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    id = asked(desk, "mine", "E2B", owner="me")
    page = run(app())
    said = [one.value for one in page.caption if "until you delete them" in one.value]
    assert len(said) == 2, "by the box, and where files are added"
    history = run(page.switch_page("pages/history.py"))
    history.button(key=f"about_{id}").click()
    run(history)
    assert any("until you delete it" in one.value for one in history.caption)
    monkeypatch.setenv("PLAYGROUND_HOSTED", "0")
    assert not any("until you delete" in one.value for one in run(app()).caption)


def test_one_of_any_id_is_replayed(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("playground.comparisons.round.secrets.token_urlsafe", lambda n: "__a__b")
    page = opened(asked(desk, "theirs", "E2B", owner="another"))
    page.button(key="replay").click()
    run(page)
    assert "everybody begins to read at 0 s" in words(page)
