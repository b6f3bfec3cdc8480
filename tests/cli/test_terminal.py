"""What a person sees on a terminal: columns that stream, text where they don't fit, one line of progress."""

from __future__ import annotations

import io
import os
import pty
import struct
import subprocess
from collections.abc import Iterator
from fcntl import ioctl
from itertools import pairwise
from termios import TIOCSWINSZ
from typing import Any

import pytest
from rich.cells import cell_len
from rich.console import Console

from playground.cli.display import repeats
from playground.cli.display.columns import side_by_side
from playground.cli.display.notes import Changes, Line
from playground.cli.display.pane import Marks, facts
from playground.cli.question import question
from playground.comparisons.comparison import Comparison
from playground.comparisons.findings.repeats import Spread
from playground.engines.events import Channel, Chunk, Finished, OutputTokens, Read, Requested
from playground.prompt.cost import PromptTokens
from tests.cli.reciting import COMMAND, ROOT

SAID = "one two three " * 9 + "one two three"


def comparison(*said: str, channel: Channel = "answer") -> Comparison:
    """One that stands still: a model has said each of these, and goes on."""
    asked = question({"prompt": "x", "on": ["demo:E2B"] * len(said)})
    held = Comparison(asked.conversation, asked.contenders)
    for answer, text in zip(held.answers, said, strict=True):
        answer.take(Requested(0.0))
        answer.take(Read(0.1, PromptTokens(text=9)))
        answer.take(Chunk(channel, text, 1, 0.5))
    return held


def shown(held: Comparison, width: int = 80, height: int | None = None) -> list[str]:
    console = Console(file=io.StringIO(), width=width, force_terminal=True, color_system=None)
    with console.capture() as captured:
        console.print(side_by_side(held, console, Marks(), height))
    return captured.get().splitlines()


def test_columns_are_straight_in_any_script() -> None:
    lines = shown(comparison("你好，世界。" * 9, "naïve 🙂 " * 9, "e\u0301te\u0301 " * 20), 100)
    places = {tuple(cell_len(part) for part in line.split("│")[:-1]) for line in lines}
    assert places == {(32, 33)}
    assert "".join(line.split("│")[0].strip() for line in lines[4:]).startswith("你好，世界。" * 8)


def test_what_is_estimated_has_a_sign_before_it() -> None:
    (answer,) = comparison("x").answers
    answer.chunks.clear()
    output = OutputTokens(0, 5, "estimated", first=2.0)
    answer.take(Chunk("answer", "one two ", 0, 1.0))
    answer.take(Chunk("answer", "three", 0, 2.0))
    answer.take(Finished(2.1, "stop", PromptTokens(9, source="estimated"), output))
    assert facts(answer, "|") == "TTFT 1000 ms | ≈3.0 tok/s | ≈5 tok | prompt ≈9 tok"


@pytest.mark.parametrize(
    ("mean", "half", "factor", "said"),
    [
        (1.5204, 0.1234, 1000.0, "1,520 ± 123"),
        (0.18249, 0.012, 1000.0, "182 ± 12"),
        (8.4168, 0.034, 1.0, "8.42 ± 0.034"),
        (12_345.6, None, 1.0, "12,346"),
        (512.0, 0.0, 1.0, "512 ± 0"),
    ],
)
def test_spreads_are_numbers_as_people_write_them(
    mean: float, half: float | None, factor: float, said: str
) -> None:
    assert repeats._spread(Spread(mean, half, 5), factor) == said


def test_nothing_of_an_answer_is_taken_for_markup() -> None:
    text = "[red]not red[/red] :smile: [link=x]\\[y]"
    assert any(text in line for line in shown(comparison(text, "x"), 120))


def test_indented_lines_stay_indented() -> None:
    lines = shown(comparison("def f():\n    return 1\n\treturn 2", "x"))
    cells = [line.split(" │ ")[0].rstrip() for line in lines]
    first = cells.index("def f():")
    assert cells[first : first + 3] == ["def f():", "    return 1", "    return 2"]


def test_the_last_lines_are_shown_while_a_long_answer_comes() -> None:
    held = comparison("\n".join(f"line {number}" for number in range(1000)), "short")
    lines = shown(held, height=20)
    assert len(lines) <= 20 and "line 999" in " ".join(lines) and "line 900" not in " ".join(lines)
    assert lines[0].startswith("E2B ") and "short" in " ".join(lines)


def test_all_of_it_is_written_at_the_end() -> None:
    held = comparison("\n".join(f"line {number}" for number in range(1000)), "short")
    for answer in held.answers:
        answer.take(Finished(1.0, "stop"))
    assert sum("line " in line for line in shown(held)) == 1000


def test_a_thought_is_told_from_the_answer() -> None:
    assert any(
        "(thinks: Let me see)" in line
        for line in shown(comparison("Let me see", "x", channel="thinking"))
    )


def test_a_log_gets_a_line_for_each_change(capsys: pytest.CaptureFixture[str]) -> None:
    held, changes = comparison("One", "Two"), Changes("line 7: ")
    for state in ("waiting", "loading", "loading", "answering"):
        held.answers[0].state = state  # type: ignore[assignment]
        changes.draw(held)
    out = capsys.readouterr().err.splitlines()
    assert out == [
        "line 7: E2B · 2 of 2: answering",
        "line 7: E2B · 1 of 2: loading",
        "line 7: E2B · 1 of 2: answering",
    ]


def test_a_line_is_drawn_over_and_taken_away(monkeypatch: pytest.MonkeyPatch) -> None:
    screen = io.StringIO()
    monkeypatch.setattr("sys.stderr", screen)
    monkeypatch.setenv("FORCE_COLOR", "1")
    line = Line("line 7: ")
    line.draw(comparison("One", "Two"))
    line.clear()
    line.clear()
    assert (
        "line 7: E2B · 1 of 2: answering " in screen.getvalue() and "1 token" in screen.getvalue()
    )
    assert screen.getvalue().endswith("\x1b[2K"), "the line is still there"


@pytest.fixture
def terminal() -> Iterator[Any]:
    """Runs the program on a terminal of so many columns and gives all that appeared on it."""

    def run(*arguments: str, width: int = 100, **environment: str) -> str:
        ours, theirs = pty.openpty()
        ioctl(theirs, TIOCSWINSZ, struct.pack("HHHH", 30, width, 0, 0))
        told = {"RECITED": SAID, "WORDS_A_SECOND": "20", "TERM": "xterm-256color"}
        # What the environment of the tests says about terminals is not meant for this one.
        ours_alone = {
            key: value
            for key, value in os.environ.items()
            if key not in ("COLUMNS", "LINES", "NO_COLOR", "FORCE_COLOR")
        }
        program = subprocess.Popen(
            [*COMMAND, *arguments], cwd=ROOT, stdin=theirs, stdout=theirs, stderr=theirs,
            env={**ours_alone, **told, **environment},
        )  # fmt: skip
        os.close(theirs)
        seen = b""
        try:
            while piece := os.read(ours, 65536):
                seen += piece
        except OSError:
            pass  # Linux says so when the other side is closed
        os.close(ours)
        assert program.wait(timeout=60) == 0, seen
        return seen.decode()

    yield run


BOTH = ("ask", "x", "--on", "demo:E2B", "--on", "demo:31B", "--all-at-once")


def test_answers_stream_in_columns(terminal: Any) -> None:
    seen = terminal(*BOTH)
    frames = seen.split("\x1b[1mE2B\x1b[0m")[1:]
    words = [frame.count("one") + frame.count("two") + frame.count("three") for frame in frames]
    assert len(frames) > 3, "it was not drawn while it came"
    assert words[-1] == 60 and all(before <= after for before, after in pairwise(words[:-1]))
    assert any(
        "one" in line.split("│")[0] and "one" in line.split("│")[-1]
        for line in frames[-1].splitlines()
        if "│" in line
    )


@pytest.mark.parametrize(("width", "environment"), [(50, {}), (100, {"TERM": "dumb"})])
def test_where_columns_do_not_fit_answers_stand_below_each_other(
    width: int, environment: dict[str, str], terminal: Any
) -> None:
    seen = terminal(*BOTH, width=width, **environment)
    assert "│" not in seen
    assert seen.replace("\r\n", "\n").count(SAID + " \n") == 2


def test_one_answer_is_plain_text(terminal: Any) -> None:
    seen = terminal("ask", "x", "--on", "demo:E2B")
    assert SAID in seen


def test_a_terminal_sees_progress_and_a_pipe_json(terminal: Any) -> None:
    seen = terminal("ask", "x", "--on", "demo:E2B", "--json")
    assert "E2B: answering " in seen and '"text": "one two ' in seen
