"""What was asked in the terminal is kept: listed, shown, taken away and brought in."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import pytest

from playground.archive.export import FORMATS
from tests.cli.conftest import Call

ON = ("--on", "demo:E2B", "--on", "demo:31B")
PICTURE = Path(__file__).parents[2] / "assets" / "samples" / "one-shape.png"


@pytest.fixture(autouse=True)
def own_archive(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PLAYGROUND_ARCHIVE", str(tmp_path / "archive"))


def listed(call: Call, *arguments: str) -> list[dict[str, object]]:
    found: list[dict[str, object]] = json.loads(call("history", "--json", *arguments).stdout)
    return found


def test_what_was_asked_is_listed_newest_first(call: Call) -> None:
    call("ask", "Where is the zoo?", *ON)
    call("ask", "And the aquarium?", "--on", "demo:E2B")
    newest, first = listed(call)
    assert first["prompt"] == "Where is the zoo?"
    assert (first["contenders"], first["states"]) == (["E2B", "31B"], ["done", "done"])
    assert newest["time"] >= first["time"]  # type: ignore[operator]
    assert [one["prompt"] for one in listed(call, "--search", "ZOO heart")] == ["Where is the zoo?"]
    table = call("history").stdout.splitlines()
    assert table[0].split() == ["id", "time", "asked", "answers"]
    assert table[1].startswith(str(newest["id"])) and "And the aquarium?" in table[1]


def test_nothing_asked_nothing_listed(call: Call) -> None:
    assert (listed(call), call("history").stdout) == ([], "")


def test_no_save_keeps_nothing_and_the_answer_comes(call: Call) -> None:
    done = call("ask", "Where?", "--no-save", *ON)
    assert (done.exit_code, listed(call)) == (0, [])
    assert "By heart." in done.stdout


def test_a_batch_is_kept_line_by_line(call: Call, tmp_path: Path) -> None:
    (tmp_path / "q.jsonl").write_text('{"prompt": "one"}\n{"prompt": "two"}\n')
    call("ask", "--batch", str(tmp_path / "q.jsonl"), "--on", "demo:E2B")
    assert [one["prompt"] for one in listed(call)] == ["two", "one"]


def test_one_is_shown(call: Call) -> None:
    call("ask", "Where is the zoo?", *ON)
    (one,) = listed(call)
    for id in (str(one["id"]), "last"):
        shown = call("show", id).stdout
        assert "> Where is the zoo?" in shown and shown.count("> By heart.") == 2


def test_what_was_said_has_no_power_over_the_terminal_later(call: Call) -> None:
    call("ask", "Where\x1b[2J is it?", *ON, says="\x1b]0;mine\x07 here")
    for command in (("show", "last"), ("history",), ("replay", "last", "--speed", "1000")):
        out = call(*command).stdout
        assert not set(out) & set("\x1b\x07") and len(out) > 20


@pytest.mark.parametrize("form", FORMATS)
def test_it_is_written_in_every_format(form: str, call: Call, tmp_path: Path) -> None:
    call("ask", "What is it?", "--image", str(PICTURE), *ON)
    file = tmp_path / f"one{FORMATS[form].suffix}"
    done = call("export", "last", "--to", str(file), "--format", form)
    assert done.exit_code == 0
    if FORMATS[form].apart:
        with zipfile.ZipFile(file) as files:
            assert sum("31B" in name for name in files.namelist()) >= 1
            written = "".join(files.read(name).decode("utf-8", "replace") for name in files.namelist())  # fmt: skip
        assert "What is it?" in written and (written.count("heart.") >= 2 or form == "code")
    else:
        written = file.read_text("utf-8")
        assert "shape.png" in written or form in ("csv", "messages", "traces", "disclosure")
        assert written.count("31B")
        assert written.count("heart") >= 2 or form in ("csv", "disclosure")
    again = call("export", "last", "--to", str(file), "--format", form)
    assert (again.exit_code, again.stderr.count("\n")) == (2, 1) and "exists" in again.stderr


def test_the_files_name_says_the_format_and_everything_goes_as_a_zip(
    call: Call, tmp_path: Path
) -> None:
    call("ask", "one", "--on", "demo:E2B")
    call("ask", "two", "--on", "demo:E2B")
    call("export", "last", "--to", str(tmp_path / "a.md"))
    assert (tmp_path / "a.md").read_text().startswith("# Comparison")
    call("export", "--all", "--to", str(tmp_path / "all.zip"))
    assert len(zipfile.ZipFile(tmp_path / "all.zip").namelist()) == 2
    made = call("import", str(tmp_path / "all.zip")).stdout.split()
    assert len(made) == 2 and len(listed(call)) == 4
    call("export", "last", "--to", str(tmp_path / "m.jsonl"))
    call("import", str(tmp_path / "m.jsonl"))
    assert len(listed(call)) == 5


def test_what_was_exported_comes_back(call: Call, tmp_path: Path) -> None:
    call("ask", "What is it?", "--image", str(PICTURE), *ON)
    call("ask", "And now?", "--on", "demo:E2B")
    ids = [str(one["id"]) for one in listed(call)]
    call("export", *ids, "--to", str(tmp_path / "both.zip"))
    assert len(zipfile.ZipFile(tmp_path / "both.zip").namelist()) == 3
    made = call("import", str(tmp_path / "both.zip")).stdout.split()
    found = listed(call)
    assert sorted(str(one["id"]) for one in found) == sorted([*ids, *made])
    assert sorted(str(one["prompt"]) for one in found) == sorted(["What is it?", "And now?"] * 2)


def test_one_is_replayed(call: Call) -> None:
    call("ask", "Where is the zoo?", "--image", str(PICTURE), *ON)
    done = call("replay", "last", "--speed", "5")
    assert done.exit_code == 0
    assert done.stdout.count("By heart.") == 2 and "31B" in done.stdout
    assert "TTFT" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("show", "nothing"), "there is no comparison 'nothing' here"),
        (("replay", "nothing"), "there is no comparison 'nothing' here"),
        (("replay", "last", "--speed", "0"), "--speed"),
        (("show", "last"), "there is no comparison 'last' here"),
        (("export", "--to", "y.json"), "name comparisons by their ids"),
        (("export", "x"), "--to FILE"),
        (("export", "x", "--all", "--to", "y.zip"), "name comparisons by their ids"),
        (("export", "x", "--to", "y.json"), "there is no comparison 'x' here"),
        (("export", "x", "--to", "y", "--format", "doc"), "there is no format 'doc'"),
        (("show", "\udcff"), "'\\udcff' is no text: it holds bytes that are not UTF-8."),
        (("history", "--search", "a\udcff"), "'a\\udcff' is no text"),
        (("import", "gone.json"), "gone.json can't be read"),
        (("import", str(PICTURE)), "one-shape.png is not JSON."),
    ],
)
def test_what_can_not_be_done_is_one_line(
    arguments: tuple[str, ...], words: str, call: Call
) -> None:
    done = call(*arguments)
    assert (done.exit_code, done.stderr.count("\n")) == (2, 1) and words in done.stderr


@pytest.mark.parametrize("command", [("history",), ("show", "last")])
def test_where_nothing_is_kept_it_says_so(
    command: tuple[str, ...], call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PLAYGROUND_ARCHIVE", "off")
    assert "PLAYGROUND_ARCHIVE is off" in call(*command).stderr


def test_an_archive_that_breaks_costs_no_answer(
    call: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken" / "archive.sqlite").write_bytes(b"no database" * 1000)
    monkeypatch.setenv("PLAYGROUND_ARCHIVE", str(tmp_path / "broken"))
    done = call("ask", "Where?", *ON)
    assert (done.exit_code, done.stdout.count("By heart.")) == (0, 2)
    assert done.stderr.count("its database is damaged") == 1
    assert "its database is damaged" in call("history").stderr
