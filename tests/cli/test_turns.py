"""Rounds in a terminal, from a file and by hand; answers held to a schema."""

from __future__ import annotations

import json
import os
import pty
import re
import select
import signal
import subprocess
import time
from pathlib import Path

import pytest

from playground.desk import Desk
from playground.engines.recital import Recital
from playground.models.model import Model
from playground.prompt.conversation import Conversation, Text
from tests.cli.conftest import Call
from tests.cli.reciting import COMMAND, ROOT

ON = ("--on", "demo:E2B", "--on", "demo:31B")
ANSWER = {"type": "object", "properties": {"n": {"type": "integer"}}, "required": ["n"]}


@pytest.fixture
def echo(monkeypatch: pytest.MonkeyPatch, call: Call) -> Call:
    """Every model says who it is, how many rounds it knows, whether those are its own, and what was asked last."""

    def make(model: Model) -> Recital:
        def said(conversation: Conversation) -> str:
            own = [one.parts[0] for one in conversation.messages if one.role == "model"]
            kept = all(isinstance(part, Text) and model.variant in part.text for part in own)
            return f"{model.variant}-{len(own)}-{kept}-{conversation.question}"

        return Recital(model, said)

    monkeypatch.setattr("tests.cli.conftest.desk", lambda *_: Desk(make, 10**15))
    return call


def test_each_line_is_a_round_behind_everybodys_own_history(echo: Call, tmp_path: Path) -> None:
    file = tmp_path / "turns"
    file.write_text('one\n\n{"prompt": "two", "max_tokens": 9}\nthree\n', "utf-8")
    done = echo("ask", "--turns", str(file), *ON, "--json")
    told = json.loads(done.stdout)
    assert done.exit_code == 0 and [one["prompt"] for one in told["rounds"]] == [
        "one",
        "two",
        "three",
    ]
    texts = [[answer["text"].strip() for answer in one["answers"]] for one in told["rounds"]]
    assert texts == [
        ["E2B-0-True-one", "31B-0-True-one"],
        ["E2B-1-True-two", "31B-1-True-two"],
        ["E2B-2-True-three", "31B-2-True-three"],
    ]
    assert [one["answers"][0]["settings"]["max_tokens"] for one in told["rounds"]] == [512, 9, 512]


def test_without_json_each_question_stands_above_its_answers(echo: Call, tmp_path: Path) -> None:
    file = tmp_path / "turns"
    file.write_text("one\ntwo", "utf-8")
    said = echo("ask", "--turns", str(file), *ON).stdout
    assert re.search(r"> one\n\nE2B\n.*E2B-0.*31B-0.*> two\n\nE2B\n.*E2B-1", said, re.DOTALL)


@pytest.mark.parametrize(
    ("text", "arguments", "words"),
    [
        ("", (), "has no lines"),
        ("one\n{", (), "line 2: it is not JSON"),
        ('{"prompt": "x", "nonsense": 1}', (), "line 1: 'nonsense' means nothing here"),
        ("one", ("more words",), "leave the prompt out"),
        ("one", ("--batch", "-"), "can't be used together"),
        ("one\n" * 201, (), "more than 200 questions"),
    ],
)
def test_what_is_wrong_is_told_before_anything_is_asked(
    text: str, arguments: tuple[str, ...], words: str, call: Call, tmp_path: Path
) -> None:
    file = tmp_path / "turns"
    file.write_text(text, "utf-8")
    done = call("ask", *arguments, "--turns", str(file), *ON)
    assert (done.exit_code, done.stdout) == (2, "") and words in done.stderr
    assert done.stderr.count("\n") == 1


def test_a_chat_from_a_pipe(echo: Call, tmp_path: Path) -> None:
    typed = "one\n/image nowhere.png\n/nonsense\n\n//two\n/new\nthree\n/quit\nnever\n"
    done = echo("chat", *ON, input=typed)
    found = re.findall(r"(?:E2B|31B)-\d-\w+-\S+", done.stdout)
    assert found == [
        "E2B-0-True-one", "31B-0-True-one", "E2B-1-True-/two", "31B-1-True-/two",
        "E2B-0-True-three", "31B-0-True-three",
    ]  # fmt: skip
    assert (
        "nowhere.png can't be read" in done.stderr and "There is no /nonsense here" in done.stderr
    )
    assert done.exit_code == 0


def test_a_chat_with_nobody_is_one_line(call: Call) -> None:
    done = call("chat", input="x\n")
    assert done.exit_code == 2 and "name at least one model to ask" in done.stderr


def test_a_chat_by_hand_shows_columns_and_ctrl_c_stops_only_the_answers(tmp_path: Path) -> None:
    master, slave = pty.openpty()
    os.environ.setdefault("TERM", "xterm")
    said = " ".join(f"w{number}" for number in range(400))
    process = subprocess.Popen(
        [*COMMAND, "chat", *ON, "--no-save"], cwd=ROOT, stdin=slave, stdout=slave, stderr=slave,
        env={**os.environ, "RECITED": said, "WORDS_A_SECOND": "40", "COLUMNS": "100", "TERM": "xterm"},
        start_new_session=True,
    )  # fmt: skip
    os.close(slave)
    seen = ""

    def until(words: str) -> None:
        nonlocal seen
        end = time.monotonic() + 60
        while words not in seen:
            assert time.monotonic() < end and process.poll() is None, seen[-2000:]
            if select.select([master], [], [], 0.5)[0]:
                seen += os.read(master, 65536).decode("utf-8", "replace")

    try:
        until("> ")
        os.write(master, b"Say it.\n")
        until("w3")
        assert "│" in seen
        process.send_signal(signal.SIGINT)
        seen = ""
        until("(stopped)")
        until("> ")
        os.write(master, b"\x04")
        assert process.wait(30) == 0
    finally:
        process.kill()
        process.wait()
        os.close(master)


@pytest.mark.parametrize(
    ("says", "valid"), [('{"n": 3}', True), ('{"n": "x"}', False), ("no JSON", False)]
)
def test_an_answer_to_a_schema_says_whether_it_is_valid(
    says: str, valid: bool, call: Call, tmp_path: Path
) -> None:
    file = tmp_path / "answer.json"
    file.write_text(json.dumps(ANSWER), "utf-8")
    done = call("ask", "x", *ON[:2], "--schema", str(file), "--json", says=says)
    (told,) = json.loads(done.stdout)["answers"]
    assert told["valid"] is valid and ("faults" in told) is not valid
    assert told["settings"]["schema"] == ANSWER
    plain = call("ask", "x", *ON[:2], "--schema", str(file), says=says).stdout
    assert ("(valid against the schema)" in plain) is valid
    assert ("(not valid against the schema: " in plain) is not valid


def test_a_python_type_and_a_schema_in_a_line(call: Call, tmp_path: Path) -> None:
    (tmp_path / "kind.py").write_text("class A:\n  n: int", "utf-8")
    done = call(
        "ask", "x", *ON[:2], "--schema", str(tmp_path / "kind.py"), "--json", says='{"n": 1}'
    )
    assert json.loads(done.stdout)["answers"][0]["valid"] is True
    line = json.dumps({"prompt": "x", "schema": ANSWER})
    done = call("ask", "--batch", "-", *ON[:2], says='{"n": 1}', input=line)
    assert json.loads(done.stdout)["answers"][0]["valid"] is True


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("a.json", "{", "can't be used as a schema: line 1, column 2 is no JSON"),
        ("a.json", '{"type": "strin"}', "can't be used as a schema: at type"),
        ("a.py", "x = 3", "can't be used as a schema: line 1: that is no type"),
        ("a.json", None, "can't be read: No such file"),
    ],
)
def test_a_file_that_is_no_schema(
    name: str, text: str | None, words: str, call: Call, tmp_path: Path
) -> None:
    if text is not None:
        (tmp_path / name).write_text(text, "utf-8")
    done = call("ask", "x", *ON, "--schema", str(tmp_path / name))
    assert (done.exit_code, done.stderr.count("\n")) == (2, 1) and words in done.stderr
