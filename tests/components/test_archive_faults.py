"""What the page says where nothing can be kept: one sentence, and everything else goes on."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from playground.archive import database
from playground.desk import Desk
from playground.engines.roster import installed, specs
from tests.archive.test_faults import DAMAGED, FULL, LOCKED, UNWRITABLE, pragma
from tests.components.opening import app
from tests.components.test_history_page import desk
from tests.components.test_pages import HERE, answers, ask, find, run, words

__all__ = ["desk"]  # a fixture


def full(held: Desk, folder: Path) -> None:
    assert held.archive is not None
    pragma(held.archive, "max_page_count = 1")


def read_only(held: Desk, folder: Path) -> None:
    assert held.archive is not None
    pragma(held.archive, "query_only = ON")


def locked(held: Desk, folder: Path) -> None:
    assert held.archive is not None
    held.archive.engine()
    other = sqlite3.connect(folder / "archive.sqlite", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    held._release = other.close


def damaged(held: Desk, folder: Path) -> None:
    (folder / "archive.sqlite").write_bytes(b"no database at all" * 100)


@pytest.mark.parametrize(
    ("spoil", "sentence", "history"),
    [
        (full, FULL, "Nothing is kept yet."),
        (read_only, UNWRITABLE, "Nothing is kept yet."),
        (locked, LOCKED, "Nothing is kept yet."),
        (damaged, DAMAGED, DAMAGED),
    ],
)
def test_the_answers_come_and_one_sentence_says_that_they_are_not_kept(
    desk: Desk,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    spoil: Callable[[Desk, Path], None],
    sentence: str,
    history: str,
) -> None:
    monkeypatch.setattr(database, "BUSY_MS", 100)
    monkeypatch.setattr(installed, "models", lambda: tuple(HERE.values()))
    monkeypatch.setattr(specs, "find", find)
    spoil(desk, tmp_path)
    page = app()
    page.query_params["on"] = "E2B,E4B"
    ask(run(page), "Say it. " * 2_000)  # more than pages have room for
    assert answers(page) == 2 and words(page).count(sentence) == 1
    ask(page, "And again.")
    assert answers(page) == 4 and words(page).count(sentence) == 1
    assert history in words(run(page.switch_page("pages/history.py")))
    page.switch_page("pages/compare.py")
    assert answers(run(page)) == 4, "what is in memory is still there"
