"""(o) The archive with 10,000 comparisons and 100,000 answers: the list, a search, one opened; many writers.

`python -m bench archive`; eight sessions and two programs write for SECONDS.
"""

from __future__ import annotations

import random
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from statistics import median
from typing import Any

from sqlalchemy import insert, select

from bench.numbers import table
from playground.archive import library, recording
from playground.archive.archive import Archive
from playground.archive.library import Wanted
from playground.archive.schema import ANSWERS, CHUNKS, COMPARISONS, ROUNDS
from playground.archive.schema import WORDS as WORDS_OF
from playground.prompt.conversation import Conversation
from tests.archive.kept import columns, desk, settled
from tests.waiting import ended

SIZES = (1_000, 10_000)
ANSWERS_EACH = 10
SECONDS = 60.0
WORDS = [
    "lamp", "harbour", "敏捷的棕色狐狸", "カタカナ", "สวัสดี", "السريع", "for(i=0;i<n;i++)", "window", "apple", "river",
]  # fmt: skip
ASKER = Path(__file__).resolve().parents[1] / "tests" / "archive" / "asker.py"


def main() -> None:
    """Both sizes, then many writers."""
    print(f"(o) the archive: {ANSWERS_EACH} answers a comparison, medians of 7, SQLite")
    rows = [
        ("comparisons", "list of 20, ms", "search, ms", "2 letters, ms", "open one, ms", "file")
    ]
    with tempfile.TemporaryDirectory() as folder:
        for count in SIZES:
            rows.append(_size(Path(folder) / str(count), count))
    table(rows)
    print()
    _together()


def _size(folder: Path, count: int) -> tuple[str, ...]:
    archive = Archive.within(folder)
    ids = _fill(archive, count)

    def listed(**wanted: Any) -> Callable[[], object]:
        def go() -> object:
            with archive.reading() as connection:
                library.count(connection, Wanted(**wanted))
                return library.entries(connection, Wanted(**wanted), 20)

        return go

    took = [
        _median(listed()),
        _median(listed(words="harbour สวัส")),
        _median(listed(words="la")),
        _median(lambda: archive.find(random.choice(ids))),
    ]
    size = (folder / "archive.sqlite").stat().st_size
    archive.close()
    return f"{count:,}", *(f"{one:.0f}" for one in took), f"{size / 1e6:.0f} MB"


def _median(act: Callable[[], object]) -> float:
    times = []
    for _ in range(7):
        began = time.perf_counter()
        act()
        times.append(1000 * (time.perf_counter() - began))
    return median(times)


def _fill(archive: Archive, count: int) -> list[str]:
    """Comparisons as the writer leaves them, copied from one that was made for real."""
    held = desk(archive, " ".join(f"w{n}" for n in range(40)))
    names = [f"c{n}" for n in range(ANSWERS_EACH)]
    first = ended(held.start(Conversation.ask("Which?"), columns(*names)))
    settled(held)
    with archive.reading() as connection:
        model = {
            table: connection.execute(select(table)).mappings().all()
            for table in (COMPARISONS, ROUNDS, ANSWERS, CHUNKS)
        }
    pick = random.Random(1)
    ids = [first.id]
    for begin in range(1, count, 500):
        rows: dict[Any, list[dict[str, Any]]] = {table: [] for table in (*model, WORDS_OF)}
        for number in range(begin, min(count, begin + 500)):
            ids.append(_copy(rows, model, number, pick))
        with archive.writing() as connection:
            for kind, some in rows.items():
                connection.execute(insert(kind), some)
    return ids


def _copy(
    rows: dict[Any, list[dict[str, Any]]], model: dict[Any, Any], number: int, pick: random.Random
) -> str:
    id, round = f"id{number}", f"r{number}"
    question = " ".join(pick.choices(WORDS[1:] if number % 50 else WORDS, k=8))
    plain = [asdict(one) for one in recording.messages(Conversation.ask(question))]
    (whole,), (asked,) = model[COMPARISONS], model[ROUNDS]
    created = whole["created"] - number
    own = {"id": id, "created": created, "last_round": round, "question": question}
    rows[COMPARISONS].append({**whole, **own})
    rows[ROUNDS].append({**asked, "id": round, "comparison": id, "asked": plain})
    for place, (answer, chunk) in enumerate(zip(model[ANSWERS], model[CHUNKS], strict=True)):
        row, head = 1000 + number * ANSWERS_EACH + place, {**answer["head"], "messages": plain}
        mine = {"id": row, "comparison": id, "round": round, "head": head}
        rows[ANSWERS].append({**answer, **mine})
        rows[CHUNKS].append({**chunk, "answer": row})
    said = question + ("\n" + " ".join(f"w{n}" for n in range(40))) * ANSWERS_EACH
    rows[WORDS_OF].append({"comparison": id, "text": said, "said": said})
    return id


def _together() -> None:
    """Eight sessions of this program and two further programs write into one file."""
    with tempfile.TemporaryDirectory() as folder:
        archive = Archive.within(Path(folder))
        held = desk(archive, " ".join(map(str, range(100))), tokens_per_second=500)
        asked: list[str] = []
        faults: set[str] = set()
        until = time.monotonic() + SECONDS
        times = str(int(SECONDS / 0.5))
        others = [
            subprocess.Popen(
                [sys.executable, str(ASKER), folder, times], stdout=subprocess.PIPE, text=True
            )
            for _ in range(2)
        ]

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
        lost = set(asked) - there
        print(
            f"    eight sessions and two more programs, {SECONDS:.0f} s: {len(asked):,} comparisons, "
            f"{len(lost)} lost, faults: {', '.join(sorted(faults - {''})) or 'none'}"
        )
        held.close()


if __name__ == "__main__":
    main()
