"""(n) The archive with 10,000 comparisons and 100,000 answers: the list, a search, one opened.

`python -m bench archive`.
"""

from __future__ import annotations

import random
import tempfile
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
WORDS = [
    "lamp", "harbour", "敏捷的棕色狐狸", "カタカナ", "สวัสดี", "السريع", "for(i=0;i<n;i++)", "window", "apple", "river",
]  # fmt: skip


def main() -> None:
    """Both sizes."""
    print(f"(n) the archive: {ANSWERS_EACH} answers a comparison, medians of 7, SQLite")
    rows = [
        ("comparisons", "list of 20, ms", "search, ms", "2 letters, ms", "open one, ms", "file")
    ]
    with tempfile.TemporaryDirectory() as folder:
        for count in SIZES:
            rows.append(_size(Path(folder) / str(count), count))
    table(rows)


def _size(folder: Path, count: int) -> tuple[str, ...]:
    archive = Archive.within(folder)
    ids = fill(archive, count)

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


def fill(archive: Archive, count: int) -> list[str]:
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


if __name__ == "__main__":
    main()
