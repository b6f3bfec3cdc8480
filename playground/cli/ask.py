"""`ask`: one question, or a file of them, put to the contenders; the answers as text or as JSON."""

from __future__ import annotations

import argparse
import contextlib
import json
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from playground.cli.progress import Progress
from playground.cli.question import BadCall, Question, question
from playground.cli.report import as_dict, side_by_side
from playground.comparison import Comparison
from playground.desk import Desk, open_desk


def add_ask(parser: argparse.ArgumentParser) -> None:
    """The options of `ask`."""
    add = parser.add_argument
    add("prompt", nargs="?", default="", help="what to ask")
    add(
        "--on", action="append", metavar="MODEL", help="E2B, demo:E2B, local:REPO_OR_DIR; repeat it"
    )
    for kind in ("image", "audio", "video"):
        add(f"--{kind}", action="append", metavar="FILE", help=f"{kind} to send along; repeat it")
    add("--system", metavar="TEXT", help="system prompt")
    add("--thinking", action="store_true", default=None, help="let the models think first")
    add("--max-tokens", type=int, metavar="N", help="longest answer")
    add("--temperature", type=float, metavar="T", help="0 is greedy")
    add("--top-p", type=float, metavar="P")
    add("--top-k", type=int, metavar="K", help="0 is off")
    add("--seed", type=int, metavar="N", help="the same seed gives the same answer")
    add("--image-tokens", type=int, metavar="N", help="70, 140, 280, 560 or 1120 a picture")
    add("--all-at-once", action="store_true", help="don't take turns; the figures are contended")
    add("--batch", metavar="FILE", help="one JSON object a line, each with a prompt and its media")
    add("--json", action="store_true", help="one JSON object on stdout and nothing else")


def ask(options: argparse.Namespace) -> int:
    """Answer, print, and return the exit code."""
    wishes = vars(options)
    if options.batch:
        lines = _lines(options.batch)
        with _desk() as desk:
            return (
                0 if sum([_batch_line(desk, number, line, wishes) for number, line in lines]) else 1
            )
    asked = question(wishes)
    with _desk() as desk:
        comparison = _run(desk, asked, options.all_at_once, Progress(sys.stderr))
    if options.json:
        print(json.dumps(as_dict(comparison), ensure_ascii=False))
    else:
        print(side_by_side(comparison))
    return 0 if _answered(comparison) else 1


@contextlib.contextmanager
def _desk() -> Iterator[Desk]:
    desk = open_desk()
    try:
        yield desk
    finally:
        desk.close()


def _run(desk: Desk, asked: Question, all_at_once: bool, progress: Progress) -> Comparison:
    """Wait for every answer; Ctrl-C stops them and keeps what came."""
    comparison = desk.start(asked.conversation, asked.contenders, all_at_once)
    try:
        while not comparison.ended:
            comparison.watch()
            progress.draw(comparison)
            time.sleep(0.05)
    except KeyboardInterrupt:
        comparison.stop()
    progress.clear()
    return comparison


def _answered(comparison: Comparison) -> bool:
    return any(answer.state == "done" for answer in comparison.answers)


def _lines(name: str) -> list[tuple[int, str]]:
    """The lines of a batch file that hold something, with their numbers."""
    try:
        text = Path(name).read_text("utf-8")
    except OSError as error:
        raise BadCall(f"{name} can't be read: {error.strerror or error}.") from None
    except UnicodeDecodeError:
        raise BadCall(f"{name} is not UTF-8 text.") from None
    lines = [(number, line) for number, line in enumerate(text.splitlines(), 1) if line.strip()]
    if not lines:
        raise BadCall(f"{name} has no lines.")
    return lines


def _batch_line(desk: Desk, number: int, line: str, wishes: dict[str, Any]) -> bool:
    """Answer one line and print its object; True when somebody answered. A bad line says so and costs nothing else."""
    try:
        held = json.loads(line)
        if not isinstance(held, dict):
            raise BadCall("it is not a JSON object.")
        asked = question({**wishes, **held})
    except (BadCall, ValueError) as error:
        words = error if isinstance(error, BadCall) else "it is not JSON."
        print(json.dumps({"line": number, "error": str(words)}, ensure_ascii=False), flush=True)
        return False
    comparison = _run(desk, asked, wishes["all_at_once"], Progress(sys.stderr))
    print(json.dumps({"line": number, **as_dict(comparison)}, ensure_ascii=False), flush=True)
    return _answered(comparison)
