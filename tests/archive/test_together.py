"""Several sessions and several programs write into one archive at once."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

from playground.archive import library
from playground.archive.archive import Archive
from playground.archive.library import Wanted
from playground.prompt.conversation import Conversation
from tests.archive.kept import columns, desk, settled
from tests.waiting import ended

SECONDS = 3.0


def test_eight_sessions_save_at_once_and_none_is_lost(opened: Callable[[], Archive]) -> None:
    held = desk(opened(), " ".join(map(str, range(100))), tokens_per_second=2000)
    assert held.archive is not None
    asked: list[str] = []
    faults: list[str] = []
    until = time.monotonic() + SECONDS

    def session(number: int) -> None:
        while time.monotonic() < until:
            comparison = held.start(Conversation.ask(f"{number}?"), columns("a", "b"), True)
            asked.append(comparison.id)
            ended(comparison)
            faults.append(held.archive.fault)  # type: ignore[union-attr]

    sessions = [threading.Thread(target=session, args=(number,)) for number in range(8)]
    for one in sessions:
        one.start()
    for one in sessions:
        one.join()
    settled(held)
    assert not any(faults)
    with held.archive.reading() as connection:
        assert library.count(connection, Wanted()) == len(asked) >= 8
    found = held.archive.find(asked[-1])
    assert found is not None
    assert [len(answer.chunks) for answer in found.answers] == [100, 100]


def test_two_programs_write_into_one_archive(opened: Callable[[], Archive], tmp_path: Path) -> None:
    asker = str(Path(__file__).with_name("asker.py"))
    archive = opened()
    command = [sys.executable, asker, str(tmp_path), "8", archive.url]
    calls = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    said = [call.communicate(timeout=60)[0].splitlines() for call in calls]
    assert [call.returncode for call in calls] == [0, 0]
    ids = {line.split()[1] for lines in said for line in lines if line.startswith("id ")}
    assert len(ids) == 16
    for id in ids:
        found = archive.find(id)
        assert found is not None
        assert [answer.contender.id for answer in found.answers] == ["a", "b"]
    assert not any("fault" in line for lines in said for line in lines)
