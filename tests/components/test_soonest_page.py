"""A variant's bare name on the Compare page, where safetensors and a GGUF file of it are here; and in a terminal."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from components import shell
from playground.desk import Desk
from playground.engines.recital import Recital
from playground.engines.roster import specs, speeds
from tests.cli.conftest import Call, call
from tests.components.opening import app
from tests.components.test_pages import ask, png, run, words
from tests.engines.roster.hub import OFFICIAL, cached, snapshot
from tests.models.gguf.files import e2b

__all__ = ["call"]  # a fixture

Open = Callable[..., AppTest]
LONG = "The red circle is left of the blue square. " * 400


@pytest.fixture(autouse=True)
def both(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """E2B twice: what reads quickly, and what writes quickly."""
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path / "hub"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr(Path, "home", lambda: tmp_path)
    cached(tmp_path / "hub", "google/gemma-4-E2B-it")
    e2b(snapshot(tmp_path / "hub", OFFICIAL) / "e2b.gguf")
    speeds.note(specs.find("E2B@bf16"), 200, 4)
    speeds.note(specs.find("E2B@q4_0"), 40, 16)


@pytest.fixture
def open_page(monkeypatch: pytest.MonkeyPatch) -> Iterator[Open]:
    desk = Desk(Recital, budget_bytes=10**12)

    def open_(**address: str) -> AppTest:
        monkeypatch.setattr(shell, "open_desk", lambda: desk)
        shell._opened.cache_clear()
        page = app()
        for name, value in address.items():
            page.query_params[name] = value
        return run(page)

    yield open_
    desk.close()
    shell._opened.cache_clear()


def answered(page: AppTest) -> list[str]:
    """Who answered each round."""
    return [one.contenders[0].model.stored for one in page.session_state.comparison.rounds]


def test_the_page_says_which_answers_and_why(open_page: Open) -> None:
    page = open_page(on="E2B")
    said = words(page).replace("\\", "")
    assert "E2B is q4_0 in llama.cpp here: it takes about 23 s for such a length" in said
    assert "bf16 in transformers about 64 s. Another: E2B@bf16." in said


def test_a_long_question_takes_what_reads_quickly_and_goes_on_with_it(open_page: Open) -> None:
    page = open_page(on="E2B", max_tokens="16")
    ask(page, LONG)
    assert answered(page) == ["bf16"]
    ask(page, "And?")
    assert answered(page) == ["bf16", "bf16"], "a comparison keeps its weights"
    assert "E2B is" not in words(page)
    ask(open_page(on="E2B"), "Hi.")


def test_a_short_one_takes_what_writes_quickly_and_another_can_be_named(open_page: Open) -> None:
    page = open_page(on="E2B")
    ask(page, "Hi.")
    assert answered(page) == ["q4_0"]
    page = open_page(on="E2B@bf16,E2B@q4_0")
    ask(page, "Hi.")
    stored = [one.model.stored for one in page.session_state.comparison.contenders]
    assert stored == ["bf16", "q4_0"]


def test_what_a_picture_would_cost_is_said_of_those_who_take_it(open_page: Open) -> None:
    page = open_page(on="E2B")
    page.file_uploader(key="upload_0").upload("a.png", png())
    said = words(run(page)).replace("\\", "")
    assert "E2B is bf16 in transformers here: the others take no pictures." in said
    assert "All would read" in said
    assert "refused" not in said and "not for" not in said


def test_in_a_terminal_it_is_a_line_on_standard_error(call: Call) -> None:
    done = call("ask", "Hi.", "--on", "E2B")
    assert done.exit_code == 0 and "By heart." in done.stdout
    assert "E2B is q4_0 in llama.cpp here: it takes about 1" in done.stderr
    assert done.stderr.count("E2B is") == 1
    named = call("ask", "Hi.", "--on", "E2B@bf16")
    assert named.exit_code == 0 and "E2B is" not in named.stderr
