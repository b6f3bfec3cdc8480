"""The exported program for transformers is run, and says what the model said here."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from playground.archive.archive import Archive
from playground.comparisons.contender import Contender
from playground.desk import Desk
from playground.engines.local import LocalEngine
from playground.engines.roster import specs
from playground.engines.workers import Workers
from playground.prompt import media
from playground.prompt.conversation import Conversation, Settings
from tests.archive.kept import settled
from tests.archive.test_tools_read_it import ROOT, SAMPLE, unpacked

RUN = """
import runpy, sys
from playground.engines.worker import processor
processor.prepare()  # this machine has no torchvision
sys.argv, programs = [sys.argv[0], sys.argv[1]], sys.argv[2:]
for program in programs:
    runpy.run_path(program, run_name="__main__")
"""
BEGUN = "It is"


def test_code_for_transformers_says_what_the_model_said_here(
    tmp_path: Path, workers: Workers
) -> None:
    """And goes on with what its answer was begun with."""
    archive = Archive.within(tmp_path / "archive")
    held = Desk(lambda model: LocalEngine(model, workers), 10**10, archive=archive)
    asked = Conversation.ask("Which shape is it?", media.read("a.png", SAMPLE.read_bytes()))
    model = specs.find("demo:E2B")
    columns = (
        Contender(model, Settings(temperature=0, max_tokens=40), "E2B", "a"),
        Contender(model, Settings(temperature=0, max_tokens=40, begun=BEGUN), "begun", "b"),
    )
    comparison = held.start(asked, columns)
    try:
        for answer in comparison.answers:
            answer.wait()
        settled(held)
        kept = archive.record(comparison.id)
        assert kept is not None
        folder = unpacked(kept, tmp_path / "code", archive.store.get)
    finally:
        held.close()
    programs = [str(folder / f"{name}.transformers.py") for name in ("E2B", "begun")]
    done = subprocess.run(
        [sys.executable, "-c", RUN, str(model.path), *programs],
        capture_output=True,
        text=True,
        timeout=240,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    assert done.returncode == 0, done.stderr[-800:]
    plain, begun = (answer.text for answer in comparison.answers)
    first, second = done.stdout.splitlines()
    assert first.strip() == plain.strip() != ""
    assert second.strip() == begun.removeprefix(BEGUN).strip() != ""
