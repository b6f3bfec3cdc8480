"""The terminal with reciting engines in place of models: in this process by a fixture, elsewhere as a program.

`python -m tests.cli.reciting ARGUMENTS` is the program; RECITED is what every model says, WORDS_A_SECOND how fast.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import IO

from playground.desk import Desk, open_archive
from playground.engines.recital import Recital
from playground.models.model import Model

ROOT = Path(__file__).parents[2]
COMMAND = (sys.executable, "-m", "tests.cli.reciting")


def desk(text: str = "By heart.", thinking: str = "", words_a_second: float = 0) -> Desk:
    """A desk whose every model says the same."""

    def make(model: Model) -> Recital:
        return Recital(model, text, thinking, tokens_per_second=words_a_second)

    return Desk(make, 10**15, archive=open_archive())


def start(
    *arguments: str,
    stdout: int | IO[bytes] = subprocess.PIPE,
    stdin: int = subprocess.DEVNULL,
    recited: str = "By heart.",
    words_a_second: float = 0,
    **environment: str,
) -> subprocess.Popen[bytes]:
    """The program, started in a process group of its own, as a shell starts it."""
    told = {"RECITED": recited, "WORDS_A_SECOND": str(words_a_second)}
    return subprocess.Popen(
        [*COMMAND, *arguments],
        cwd=ROOT, stdin=stdin, stdout=stdout, stderr=subprocess.PIPE,
        env={**os.environ, **told, **environment}, process_group=0,
    )  # fmt: skip


if __name__ == "__main__":
    from playground.__main__ import program
    from playground.cli import follow

    recited, speed = os.environ["RECITED"], float(os.environ["WORDS_A_SECOND"])
    follow.open_desk = lambda: desk(recited, words_a_second=speed)
    sys.exit(program())
