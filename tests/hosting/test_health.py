"""Alive and ready: what is said when all is well, and when something is not."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from playground.archive.archive import Archive, ArchiveError
from playground.engines.workers import Workers
from playground.hosting import health
from playground.hosting.health import Health, Look
from tests.hosting.test_hosting import ask, page


def ready(**looks: Look) -> tuple[int, dict[str, object]]:
    status, told, words = ask(Health(page, looks), "/readyz")
    assert told["content-type"] == "application/json"
    return status, json.loads(words)


def test_alive_is_alive_whatever_is_wrong_and_other_pages_are_untouched() -> None:
    app = Health(page, {"archive": lambda: "The disk is full."})
    assert ask(app, "/healthz")[::2] == (200, "ok")
    assert ask(app, "/")[::2] == (200, "page")


def test_ready_has_a_line_for_each_and_is_503_when_one_is_not() -> None:
    assert ready(archive=lambda: "", engines=lambda: "") == (
        200,
        {"ready": True, "archive": "ok", "engines": "ok"},
    )
    status, said = ready(archive=lambda: "The disk is full.", engines=lambda: "")
    assert status == 503 and said == {
        "ready": False,
        "archive": "The disk is full.",
        "engines": "ok",
    }


def test_what_breaks_is_not_ready_and_says_nothing_more_to_strangers() -> None:
    def broken() -> str:
        raise RuntimeError("/home/somebody/secret")

    status, said = ready(archive=broken)
    assert status == 503 and "secret" not in str(said)


def test_who_asks_often_makes_no_work(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "KEPT_S", 60.0)
    looked: list[int] = []

    def look() -> str:
        looked.append(1)
        return ""

    app = Health(page, {"archive": look})
    for _ in range(5):
        assert ask(app, "/readyz")[0] == 200
    assert len(looked) == 1


def test_an_archive_is_tried_out_by_writing_and_nothing_is_left_of_it(tmp_path: Path) -> None:
    archive = Archive.within(tmp_path)
    archive.try_out()
    assert not [one for one in (tmp_path / "media").rglob("*") if one.is_file()]
    archive.close()
    (tmp_path / "file").write_text("in the way")
    for broken in (
        Archive(f"sqlite:///{tmp_path / 'file' / 'a.sqlite'}", str(tmp_path / "media")),
        Archive(f"sqlite:///{tmp_path / 'a.sqlite'}", str(tmp_path / "file" / "media")),
    ):
        with pytest.raises(ArchiveError, match="Comparisons are not kept just now"):
            broken.try_out()
        broken.close()


def test_engines_can_start_when_a_process_can(monkeypatch: pytest.MonkeyPatch) -> None:
    workers = Workers()
    assert workers.fault() == ""
    monkeypatch.setattr("sys.executable", "/nowhere/python")
    assert workers.fault() == "No process can be started for a model."
