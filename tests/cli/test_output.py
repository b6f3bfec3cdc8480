"""Whatever standard output is: no answer is lost, and nothing is a traceback. Processes of their own."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import pytest

from playground.cli.display import output
from playground.cli.display.notes import fault, say
from playground.cli.display.table import write_table
from tests.cli.reciting import COMMAND, ROOT, start

ON = ("--on", "demo:E2B")
SAID = "Zoë “says” 你好 🙂."


@contextmanager
def full() -> Iterator[IO[bytes]]:
    """A disk without room."""
    with Path("/dev/full").open("wb") as disk:
        yield disk


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "cp1252", "utf-8"])
def test_an_encoding_costs_nothing(encoding: str) -> None:
    program = start("ask", SAID, *ON, "--json", recited=SAID, PYTHONIOENCODING=encoding)
    out, err = program.communicate(timeout=60)
    held = json.loads(out.decode(encoding))
    assert (program.returncode, err) == (0, b"")
    assert (held["prompt"], held["answers"][0]["text"].strip()) == (SAID, SAID)


def test_text_in_a_poor_encoding_is_written_as_escapes() -> None:
    program = start("ask", "x", *ON, recited=SAID, PYTHONIOENCODING="ascii")
    out, err = program.communicate(timeout=60)
    assert program.returncode == 0 and b"Traceback" not in err
    assert SAID.encode("ascii", "backslashreplace") in out
    assert b"E2B\n---\n" in out and b" tok" in out


@pytest.mark.parametrize("command", [["variants"], ["models"], ["--help"], ["ask", "--help"]])
def test_lists_and_help_in_a_poor_encoding(command: list[str]) -> None:
    program = start(*command, PYTHONIOENCODING="ascii")
    out, err = program.communicate(timeout=60)
    assert (program.returncode, err) == (0, b"") and out.isascii() and len(out) > 200


def test_a_sign_that_is_half_of_one_is_written_all_the_same(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A server's JSON may hold a lone surrogate, which no encoding has."""
    written = io.TextIOWrapper(io.BytesIO(), "utf-8")
    monkeypatch.setattr(sys, "stdout", written)
    output.prepare()
    output.write_json({"text": "\ud83d é"})
    output.write("\ud83d é\n")
    raw = written.buffer.getvalue()  # type: ignore[attr-defined]
    first, second = raw.decode().splitlines()
    assert json.loads(first) == {"text": "\ud83d é"} and second == "\\ud83d é"


@pytest.mark.parametrize("more", [["--json"], [], ["--on", "demo:31B"]])
def test_a_full_disk_leaves_the_answer_on_standard_error(more: list[str]) -> None:
    with full() as disk:
        program = start("ask", "x", *ON, *more, stdout=disk, recited="The answer is 42.")
        _, err = program.communicate(timeout=60)
    assert program.returncode == 1
    assert b"standard output can't be written: No space left on device." in err
    assert err.count(b"The answer is 42.") == max(1, 2 * (more[-1:] == ["demo:31B"]))
    assert b"Traceback" not in err and b"Exception ignored" not in err


def test_a_full_disk_ends_a_batch_with_its_line_on_standard_error(tmp_path: Path) -> None:
    (tmp_path / "lines").write_text('{"prompt": "x"}\n{"prompt": "y"}\n')
    with full() as disk:
        program = start("ask", "--batch", str(tmp_path / "lines"), *ON, stdout=disk)
        _, err = program.communicate(timeout=60)
    assert program.returncode == 1
    lines = [line for line in err.decode().splitlines() if line.startswith("{")]
    assert [json.loads(line)["line"] for line in lines] == [1], "none is asked in vain"


@pytest.mark.parametrize(
    "command", [["--help"], ["--version"], ["variants"], ["variants", "--json"]]
)
def test_a_full_disk_is_one_sentence_for_lists_and_help(command: list[str]) -> None:
    with full() as disk:
        program = start(*command, stdout=disk)
        _, err = program.communicate(timeout=60)
    assert program.returncode == 1 and b"No space left on device" in err.splitlines()[0]
    assert b"Traceback" not in err and b"Exception ignored" not in err


@pytest.mark.parametrize("more", [["--json"], []])
def test_a_reader_who_has_gone(more: list[str]) -> None:
    """Computed JSON is kept on standard error; text that streams ends, as every program's does."""
    with start("ask", "x", *ON, *more, recited="The answer is 42.") as program:
        assert program.stdout is not None and program.stderr is not None
        program.stdout.close()
        err = program.stderr.read()
    assert program.returncode == 1
    assert (b"The answer is 42." in err) == (more == ["--json"])
    assert b"Traceback" not in err and b"Exception ignored" not in err


@pytest.mark.parametrize("command", [["variants"], ["variants", "--json"], ["models"], ["--help"]])
def test_a_reader_of_lists_who_has_gone_misses_nothing(command: list[str]) -> None:
    with start(*command) as program:
        assert program.stdout is not None and program.stderr is not None
        program.stdout.close()
        err = program.stderr.read()
    assert program.returncode == 1 and b"E2B" not in err and b"Traceback" not in err
    assert b"Exception ignored" not in err


def test_a_standard_output_that_was_never_there() -> None:
    done = subprocess.run(
        ["sh", "-c", 'exec "$@" >&-', "sh", *COMMAND, "ask", "x", *ON, "--json"],
        cwd=ROOT, stderr=subprocess.PIPE, check=False, timeout=60,
        env={**os.environ, "RECITED": "The answer is 42.", "WORDS_A_SECOND": "0"},
    )  # fmt: skip
    assert done.returncode == 1 and b"The answer is 42." in done.stderr
    assert b"Traceback" not in done.stderr


def test_text_comes_while_the_answer_is_given() -> None:
    program = start("ask", "x", *ON, recited="one two three " * 50, words_a_second=20)
    assert program.stdout is not None and program.stderr is not None
    came = b""
    while b"two" not in came:
        piece = os.read(program.stdout.fileno(), 4096)
        assert piece, program.stderr.read()
        came += piece
    assert program.poll() is None, "it was only written at the end"
    program.kill()
    program.communicate()


def test_standard_error_says_what_is_done_before_there_is_an_answer() -> None:
    program = start("ask", "x", *ON, recited="one two " * 20, words_a_second=10)
    assert program.stdout is not None and program.stderr is not None
    first = os.read(program.stderr.fileno(), 4096)
    assert first.startswith((b"playground: asking demo:E2B", b"E2B: "))
    program.kill()
    program.communicate()


def test_the_first_words_wait_for_no_library() -> None:
    """What is imported until `ask` can say a word: nothing of the core but its name."""
    heavy = (
        "playground.comparisons.comparison",
        "playground.engines.roster.specs",
        "playground.prompt.media",
        "rich",
        "psutil",
    )
    script = (
        "import sys; from playground.cli import app; app.application(['ask'])\n"
        f"print([name for name in {heavy!r} if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout == "[]\n"


def test_what_others_wrote_has_no_power_over_the_terminal(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """A server's name for a model, a question of an imported comparison, a server's complaint."""
    write_table([["a\x1b[2Jb", "\x9bc"]], ["name", "what"])
    say("one\x1b]0;mine\x07\ntwo")
    fault("bad\x1b[31m")
    out, err = capsys.readouterr()
    assert not set(out + err) & set("\x1b\x07\x9b")
    assert "a␛[2Jb" in out and "one␛]0;mine␇\ntwo\n" in err
