"""`ask --continue` and `--begin`: what was cut goes on, and an answer is begun for the model."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Call


@pytest.fixture(autouse=True)
def own_archive(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PLAYGROUND_ARCHIVE", str(tmp_path / "archive"))


def test_what_was_cut_goes_on(call: Call) -> None:
    call("ask", "Say it.", "--on", "demo:E2B", "--on", "demo:31B", "--max-tokens", "1")
    call("ask", "Say it.", "--on", "demo:31B")  # whole: there is nothing to go on with
    done = call("ask", "--continue", "--json")
    assert done.exit_code == 0, done.stderr
    answers = json.loads(done.stdout)["answers"]
    assert [one["text"].strip() for one in answers] == ["By heart."] * 2
    assert [one["figures"]["output_tokens"]["total"] for one in answers] == [2, 2]
    again = call("ask", "--continue")
    assert again.exit_code == 2 and "nothing to go on with" in again.stderr
    assert "By heart." in call("show", "last").stdout


def test_it_asks_nothing_new(call: Call) -> None:
    done = call("ask", "And this?", "--continue")
    assert done.exit_code == 2 and "it takes no prompt" in done.stderr


def test_an_answer_is_begun_for_the_model(call: Call) -> None:
    done = call("ask", "Say it.", "--on", "demo:E2B", "--begin", "By ", "--json")
    (answer,) = json.loads(done.stdout)["answers"]
    assert answer["text"].strip() == "By heart."
    assert answer["figures"]["output_tokens"]["total"] == 1
    assert answer["settings"]["begun"] == "By "
    shown = call("ask", "Say it.", "--on", "demo:E2B", "--begin", "By ").stdout
    assert "By heart." in shown
    assert "Begun for it: By" in call("show", "last").stdout
