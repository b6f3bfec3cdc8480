"""(n) Eight sessions of one program and two further programs write into one archive for SECONDS.

`python -m bench together`: into one SQLite file, then into a PostgreSQL that it starts.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

from sqlalchemy import func, select

from playground.archive import library
from playground.archive.archive import Archive
from playground.archive.library import Wanted
from playground.archive.schema import ANSWERS
from playground.prompt.conversation import Conversation
from tests.archive.kept import columns, desk, settled
from tests.servers.postgres import postgres
from tests.waiting import ended

SECONDS = 60.0
ASKER = Path(__file__).resolve().parents[1] / "tests" / "archive" / "asker.py"


def main() -> None:
    """Both databases, one after the other."""
    print(f"(n) eight sessions and two further programs for {SECONDS:.0f} s")
    with tempfile.TemporaryDirectory() as folder:
        _write("SQLite", Archive.within(Path(folder)), Path(folder))
    with postgres() as url, tempfile.TemporaryDirectory() as folder:
        _write("PostgreSQL", Archive(url, str(Path(folder) / "media")), Path(folder))


def _write(name: str, archive: Archive, folder: Path) -> None:
    held = desk(archive, " ".join(map(str, range(100))), tokens_per_second=500)
    asked: list[str] = []
    faults: set[str] = set()
    until = time.monotonic() + SECONDS
    times = str(int(SECONDS / 0.5))
    command = [sys.executable, str(ASKER), str(folder), times, archive.url]
    others = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(2)]

    def session(number: int) -> None:
        while time.monotonic() < until:
            made = held.start(Conversation.ask(f"{number}?"), columns("a", "b"), True)
            asked.append(made.id)
            ended(made)
            faults.add(archive.fault)

    threads = [threading.Thread(target=session, args=(number,)) for number in range(8)]
    for one in threads:
        one.start()
    told = [other.communicate()[0].splitlines() for other in others]
    for one in threads:
        one.join()
    settled(held)
    for lines in told:
        asked += [line.split()[1] for line in lines if line.startswith("id ")]
        faults |= {line for line in lines if line.startswith("fault")}
    with archive.reading() as connection:
        there = set(library.ids(connection, Wanted()))
        states = connection.execute(select(ANSWERS.c.state, func.count()).group_by(ANSWERS.c.state))
        answers = ", ".join(f"{count:,} {state}" for state, count in states)
    print(
        f"    {name}: {len(asked):,} comparisons, {len(set(asked) - there)} lost; answers: {answers}; "
        f"faults: {', '.join(sorted(faults - {''})) or 'none'}"
    )
    held.close()


if __name__ == "__main__":
    main()
