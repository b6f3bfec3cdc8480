"""kill -9 at a random moment: nothing that was acknowledged is lost, and no chunk older than half a second."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from playground.archive import reading
from playground.archive.archive import Archive

TIMES = int(os.environ.get("KILLS", "6"))
"""In the suite; the figure in docs/measurements.md was taken with KILLS=200."""

MAY_BE_LOST_S = 0.5


@pytest.mark.parametrize("round", range(TIMES))
def test_a_killed_program_leaves_what_was_there(tmp_path: Path, round: int) -> None:
    random.seed(round)
    asker = Path(__file__).with_name("asker.py")
    call = [sys.executable, str(asker), str(tmp_path)]
    with subprocess.Popen(call, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        first = process.stdout.readline()
        time.sleep(random.uniform(0.0, 1.5))
        process.send_signal(signal.SIGKILL)
        killed = time.time()
        *rest, last = [first, *process.stdout.read().splitlines(keepends=True)]
    lines = [*rest, last] if last.endswith("\n") else rest

    archive = Archive.within(tmp_path)
    lost_s = reading.LOST_S
    try:
        reading.LOST_S = 0.0  # the program is known to be dead
        found = {}
        for line in lines:
            kind, id, *facts = line.split()
            if kind == "id":
                found[id] = archive.find(id)
                assert found[id] is not None, "acknowledged and lost"
            elif float(facts[1]) < killed - MAY_BE_LOST_S:
                assert len(found[id].answers[0].chunks) >= int(facts[0]), line  # type: ignore[union-attr]
    finally:
        reading.LOST_S = lost_s
        archive.close()
    for comparison in found.values():
        assert comparison is not None
        for answer in comparison.answers:
            assert [c.text.strip() for c in answer.chunks] == [
                f"w{n}" for n in range(len(answer.chunks))
            ]
            whole = answer.state == "done" and len(answer.chunks) == 200
            assert whole or answer.interrupted or answer.state == "stopped"
    assert any(answer.interrupted for answer in comparison.answers)
