"""The audit log: what stands in a line, what never does, and when a file goes."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from playground.desk import Desk
from playground.engines.recital import Recital
from playground.hosting.audit import Audit
from playground.prompt.conversation import Conversation
from tests.archive.kept import columns

OWNER = "v" * 22


def lines(folder: Path) -> list[dict[str, Any]]:
    (file,) = folder.glob("audit-2*.jsonl")
    return [json.loads(line) for line in file.read_text("utf-8").splitlines()]


def ask(audit: Audit, words: str = "My secret is 7.", *names: str) -> Desk:
    desk = Desk(lambda model: Recital(model, "Yours is ü7."), budget_bytes=1)
    desk.witnesses.append(audit)
    for one in desk.start(Conversation.ask(words), columns(*(names or "a")), owner=OWNER).answers:
        one.wait()
    desk.close()
    return desk


def test_each_answer_is_a_line_that_holds_no_content_and_no_cookie(tmp_path: Path) -> None:
    ask(Audit(tmp_path / "log", 30), "My secret is 7.", "a", "b")
    first, second = sorted(lines(tmp_path / "log"), key=lambda line: str(line["contender"]))
    assert (first["contender"], second["contender"]) == ("a", "b")
    assert first["visitor"] == second["visitor"] and len(first["visitor"]) == 16
    assert first["comparison"] == second["comparison"]
    assert (first["model"], first["weights"], first["ran_on"]) == (
        "a",
        "a text by heart",
        "this machine",
    )
    assert (first["state"], first["refused"]) == ("done", False)
    assert first["output_tokens"] == 3 and first["seconds"] >= 0
    assert datetime.fromisoformat(first["at"]).tzinfo is not None
    written = next((tmp_path / "log").glob("*")).read_text("utf-8")
    assert "secret" not in written and "ü7" not in written and OWNER not in written


def test_content_stands_there_when_the_operator_says_so(tmp_path: Path) -> None:
    ask(Audit(tmp_path, 30, content=True))
    (line,) = lines(tmp_path)
    assert (line["question"], line["answer"].strip()) == ("My secret is 7.", "Yours is ü7.")


def test_a_refusal_says_why_and_words_with_line_breaks_stay_one_line(tmp_path: Path) -> None:
    desk = Desk(lambda model: Recital(model, "one\ntwo\u2028three"), budget_bytes=1)
    desk.witnesses.append(Audit(tmp_path, 30, content=True))
    desk.witnesses.append(_Refuses())
    made = desk.start(Conversation.ask("a\nb"), columns("a", "b"), owner=OWNER)
    for one in made.answers:
        one.wait()
    desk.close()
    (file,) = tmp_path.glob("*")
    told = [json.loads(one) for one in file.read_text("utf-8").rstrip("\n").split("\n")]
    refused = next(one for one in told if one["refused"])
    assert refused["reason"] == "b is not open." and refused["output_tokens"] is None
    assert len(told) == 2


class _Refuses(Audit):
    def __init__(self) -> None: ...

    def refusal(self, contender: Any) -> tuple[str, str] | None:
        return ("b is not open.", "Choose another.") if contender.label == "b" else None

    def ended(self, *_: object) -> None: ...


def test_half_of_a_character_loses_no_line(tmp_path: Path) -> None:
    desk = Desk(lambda model: Recital(model, "half \ud83d"), budget_bytes=1)
    desk.witnesses.append(Audit(tmp_path, 30, content=True))
    for one in desk.start(Conversation.ask("\ud83d?"), columns("a"), owner=OWNER).answers:
        one.wait()
    desk.close()
    (line,) = lines(tmp_path)
    assert (line["question"], line["answer"].strip()) == ("??", "half ?")


def test_old_files_go_and_what_is_not_ours_stays(tmp_path: Path) -> None:
    today = datetime.now(UTC).date()
    for name in (
        f"audit-{today - timedelta(days=31)}.jsonl",
        f"audit-{today - timedelta(days=30)}.jsonl",
        "audit-notes.jsonl",
        "other.txt",
    ):
        (tmp_path / name).write_text("x")
    ask(Audit(tmp_path, 30))
    assert {one.name for one in tmp_path.iterdir()} == {
        f"audit-{today - timedelta(days=30)}.jsonl",
        f"audit-{today}.jsonl",
        "audit-notes.jsonl",
        "other.txt",
    }
    assert (tmp_path / f"audit-{today}.jsonl").stat().st_mode & 0o077 == 0


def test_a_log_that_can_not_be_written_stops_nobody_and_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    audit = Audit(tmp_path / "file" / "log", 30)
    ask(audit)
    assert audit.fault == "The audit log can't be written."
