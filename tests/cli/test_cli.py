"""The terminal, as a person or a script calls it: a process of its own, with the real demo family."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from playground.__main__ import main

ROOT = Path(__file__).parents[2]
SAMPLES = ROOT / "assets" / "samples"
PICTURE, RECORDING = str(SAMPLES / "one-shape.png"), str(SAMPLES / "digits.wav")


def call(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "playground", *arguments],
        capture_output=True,
        text=True,
        cwd=ROOT,
        timeout=120,
        check=False,
    )


@pytest.fixture(scope="module")
def four() -> Iterator[tuple[subprocess.CompletedProcess[str], list[dict[str, Any]]]]:
    """A picture and a recording to all four, as JSON."""
    on = [word for name in ("E2B", "E4B", "26B-A4B", "31B") for word in ("--on", f"demo:{name}")]
    done = call("ask", "What do you see?", *on, "--image", PICTURE, "--audio", RECORDING, "--json")
    yield done, json.loads(done.stdout)["answers"]


def test_two_answer_and_two_are_refused(
    four: tuple[subprocess.CompletedProcess[str], list[dict[str, Any]]],
) -> None:
    done, answers = four
    assert done.returncode == 0
    assert done.stderr == ""
    assert [answer["contender"] for answer in answers] == ["E2B", "E4B", "26B-A4B", "31B"]
    assert [answer["state"] for answer in answers] == ["done", "done", "refused", "refused"]
    for answer in answers[2:]:
        assert "no audio encoder" in answer["reason"]
        assert "without the sound" in answer["remedy"]
        assert answer["text"] == ""


def test_figures_stand_with_every_answer(
    four: tuple[subprocess.CompletedProcess[str], list[dict[str, Any]]],
) -> None:
    for answer in four[1][:2]:
        figures = answer["figures"]
        assert answer["finish_reason"] == "stop"
        assert figures["prompt_tokens"]["image"] > 0
        assert figures["prompt_tokens"]["audio"] > 0
        kinds = [figures["prompt_tokens"][kind] for kind in ("text", "image", "audio", "video")]
        assert figures["prompt_tokens"]["total"] == sum(kinds)
        assert 0 < figures["ttft_s"] <= figures["e2e_s"]
        assert figures["contended"] is False
        assert figures["sources"]["ttft_s"] == "measured"
        assert None not in figures.values()


def test_batch_keeps_models_and_survives_bad_lines(tmp_path: Path) -> None:
    lines = tmp_path / "questions.jsonl"
    lines.write_text(
        json.dumps({"prompt": "Who are you?", "temperature": 0})
        + "\nnot json\n\n"
        + json.dumps({"prompt": "What do you see?", "image": [PICTURE], "max_tokens": 2})
        + "\n"
        + json.dumps({"prompt": "x", "image": "gone.png"})
        + "\n"
    )
    done = call("ask", "--batch", str(lines), "--on", "demo:E2B")
    first, bad, third, gone = (json.loads(line) for line in done.stdout.splitlines())
    assert done.returncode == 1
    assert [first["line"], bad["line"], third["line"], gone["line"]] == [1, 2, 4, 5]
    assert first["answers"][0]["state"] == "done"
    assert bad == {"line": 2, "error": "it is not JSON."}
    assert third["answers"][0]["figures"]["output_tokens"]["total"] <= 2
    assert third["answers"][0]["figures"]["load_s"] < first["answers"][0]["figures"]["load_s"]
    assert "gone.png can't be read" in gone["error"]


def test_nobody_answers_is_exit_1_and_readable() -> None:
    done = call("ask", "Listen.", "--on", "demo:31B", "--audio", RECORDING)
    assert done.returncode == 1
    assert "Refused: 31B has no audio encoder." in done.stdout
    assert "Traceback" not in done.stderr


def test_ctrl_c_keeps_what_came() -> None:
    arguments = ["ask", "Go on.", "--on", "demo:E2B", "--max-tokens", "7000", "--temperature", "2"]
    program = subprocess.Popen(
        [sys.executable, "-m", "playground", *arguments, "--top-k", "0", "--top-p", "1", "--json"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=ROOT,
    )
    time.sleep(1.5)  # with --json it says nothing meanwhile; loading takes longer than that
    os.kill(program.pid, signal.SIGINT)
    out, err = program.communicate(timeout=60)
    assert json.loads(out)["answers"][0]["state"] in ("stopped", "done")
    assert b"Traceback" not in err


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["ask", "x", "--on", "E9"], "There is no variant 'E9'"),
        (["ask", "x", "--on", "demo:12B"], "There is no demo-sized 12B"),
        (["ask", "x", "--on", "local:nobody/nothing"], "hf download nobody/nothing"),
        (["ask", "x"], "--on E2B"),
        (["ask", "--on", "demo:E2B"], "a prompt needs some text"),
        (["ask", "x", "--on", "demo:E2B", "--image", "gone.png"], "gone.png can't be read"),
        (["ask", "x", "--on", "demo:E2B", "--image", RECORDING], "is not an image file"),
        (["ask", "x", "--on", "demo:E2B", "--audio", PICTURE], "is not an audio file"),
        (["ask", "x", "--on", "demo:E2B", "--temperature", "9"], "temperature lies between"),
        (["ask", "x", "--on", "demo:E2B", "--max-tokens", "0"], "maximum length lies between"),
        (["ask", "--batch", "gone.jsonl", "--on", "demo:E2B"], "gone.jsonl can't be read"),
    ],
)
def test_a_bad_call_is_one_line_and_exit_2(
    arguments: list[str], words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(arguments) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert words in err
    assert err.count("\n") == 1


def test_unknown_options_are_exit_2(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(["ask", "x", "--on", "demo:E2B", "--nonsense"])
    assert caught.value.code == 2


@pytest.mark.parametrize("command", ["variants", "models"])
def test_lists_are_readable_and_json(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([command]) == 0
    assert "31B" in capsys.readouterr().out
    assert main([command, "--json"]) == 0
    held = json.loads(capsys.readouterr().out)
    assert len(held[command]) >= 4
