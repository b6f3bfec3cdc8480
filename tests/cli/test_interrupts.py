"""Ctrl-C and SIGTERM at any moment: what there is stays, no traceback, and an exit code that says so."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from playground.cli import interrupts
from tests.cli.reciting import ROOT, start

ON = ("--on", "demo:E2B")
ENDLESS = {"recited": "on and on " * 1000, "words_a_second": 20}


def until(program: subprocess.Popen[bytes], words: bytes) -> bytes:
    """What came on standard error until these words did."""
    assert program.stderr is not None
    came = b""
    while words not in came:
        piece = os.read(program.stderr.fileno(), 4096)
        assert piece, came
        came += piece
    return came


@pytest.mark.parametrize(
    ("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)], ids=["Ctrl-C", "SIGTERM"]
)
def test_a_batch_ends_with_the_line_that_runs(
    number: signal.Signals, code: int, tmp_path: Path
) -> None:
    (tmp_path / "lines").write_text('{"prompt": "x", "max_tokens": 1}\n' + '{"prompt": "y"}\n' * 3)
    program = start("ask", "--batch", str(tmp_path / "lines"), *ON, **ENDLESS)
    until(program, b"line 2: E2B: answering")
    os.killpg(program.pid, number)
    out, err = program.communicate(timeout=60)
    first, second = (json.loads(line) for line in out.splitlines())
    assert program.returncode == code
    assert [first["answers"][0]["state"], second["answers"][0]["state"]] == ["done", "stopped"]
    assert second["answers"][0]["text"].startswith("on ")
    assert err.endswith(b"Stopped: 1 of 2 lines were answered; not 2.\n")


def test_a_batch_that_waits_for_its_next_line_ends_too() -> None:
    program = start("ask", "--batch", "-", *ON, stdin=subprocess.PIPE)
    assert program.stdin is not None
    program.stdin.write(b'{"prompt": "x"}\n')
    program.stdin.flush()
    assert program.stdout is not None
    assert json.loads(program.stdout.readline())["line"] == 1
    os.killpg(program.pid, signal.SIGINT)
    out, err = program.communicate(timeout=60)
    assert (program.returncode, out) == (130, b"")
    assert err.endswith(b"Stopped: 1 of 1 lines were answered.\n") and b"Traceback" not in err


@pytest.mark.parametrize(
    ("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)], ids=["Ctrl-C", "SIGTERM"]
)
@pytest.mark.parametrize("more", [["--json"], []])
def test_one_question_keeps_what_came(more: list[str], number: signal.Signals, code: int) -> None:
    program = start("ask", "x", *ON, *more, **ENDLESS)
    if not more:
        until(program, b"asking")
    time.sleep(1 if not more else 3)  # with --json it says nothing meanwhile
    os.killpg(program.pid, number)
    out, err = program.communicate(timeout=60)
    assert program.returncode == code and b"Traceback" not in err
    if more:
        assert json.loads(out)["answers"][0]["state"] == "stopped"
    else:
        assert b"(stopped)" in out


@pytest.mark.parametrize("after_s", [0.4, 0.6, 0.8, 1.0, 1.3])
def test_ctrl_c_in_the_first_second_is_quiet(after_s: float) -> None:
    """The real program, whose helpers start in that second: a terminal's Ctrl-C goes to a whole process group."""
    program = subprocess.Popen(
        [sys.executable, "-m", "playground", "ask", "x", *ON],
        cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, process_group=0,
    )  # fmt: skip
    time.sleep(after_s)
    os.killpg(program.pid, signal.SIGINT)
    _, err = program.communicate(timeout=60)
    assert program.returncode in (130, -signal.SIGINT), "before Python itself was there"
    assert b"Traceback" not in err and b"KeyboardInterrupt" not in err and b"ignored" not in err


@pytest.mark.parametrize("after_s", [0, 2], ids=["before", "while"])
def test_ctrl_c_while_a_prompt_is_awaited(after_s: float) -> None:
    program = start("ask", "-", *ON, stdin=subprocess.PIPE)
    until(program, b"asking")
    time.sleep(after_s)
    os.killpg(program.pid, signal.SIGINT)
    out, err = program.communicate(timeout=60)
    assert (program.returncode, out, err) == (130, b"", b"\n"), "its line is ended, and no more"


@pytest.mark.parametrize("number", [signal.SIGHUP, signal.SIGINT])
def test_what_was_ignored_before_stays_ignored(number: signal.Signals) -> None:
    """`nohup`, and what a shell starts in the background: a closed terminal does not end them."""
    before = signal.signal(number, signal.SIG_IGN)
    try:
        with interrupts.noticed() as interruption, interrupts.raised():
            os.kill(os.getpid(), number)
        assert interruption.code == 0 and signal.getsignal(number) is signal.SIG_IGN
    finally:
        signal.signal(number, before)
