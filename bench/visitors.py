"""(q) Fifty visitors at once with the demo family, and what is left after 500 sessions and 100 large uploads.

`python -m bench visitors`; the visitors run on the same cores as the program.
"""

from __future__ import annotations

import asyncio
import io
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import psutil
from PIL import Image

from bench.numbers import table
from bench.visiting import Visitor
from playground.archive import library
from playground.archive.archive import Archive
from playground.archive.library import Wanted
from playground.comparisons.figures import percentile
from playground.config import HOSTED_RATES
from playground.hosting.sessions import AWAY_S
from tests.browser.serving import APP, ROOT, Server, free_port, wait_for

AT_ONCE, ROUNDS = 50, 3
NAMES = ("E2B", "E4B", "26B-A4B", "31B")
OPEN_EVERY_S = 2.0
SESSIONS, BESIDE = 500, 10
UPLOADS, UPLOAD_SIDE = 100, 4_080
"""A picture of noise with sides of so many pixels has 50 MB."""

GONE_S = AWAY_S + 25
"""After which nothing of a visitor who left is kept."""


def main() -> None:
    """Start the program, send the visitors, look at what is left."""
    with tempfile.TemporaryDirectory() as folder, serving(Path(folder)) as server:
        asyncio.run(_crowd(server, Path(folder)))
        asyncio.run(_left(server, Path(folder)))


@contextmanager
def serving(folder: Path) -> Iterator[Server]:
    """The program as strangers meet it, but without limits on how much a visitor asks."""
    (folder / "tmp").mkdir()
    port, log = free_port(), folder / "log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, *APP, "--server.port", str(port)],
            cwd=ROOT,
            stdout=output,
            stderr=subprocess.STDOUT,
            env={
                **os.environ,
                **dict.fromkeys(HOSTED_RATES, "off"),
                "PLAYGROUND_HOSTED": "1",
                "PLAYGROUND_ARCHIVE": str(folder / "kept"),
                "TMPDIR": str(folder / "tmp"),
            },
        )
    server = Server(f"http://localhost:{port}", process.pid, log)
    try:
        wait_for(server, process)
        yield server
        assert "Traceback" not in server.log(), server.log()
    finally:
        process.terminate()
        process.wait(60)


@dataclass(frozen=True)
class Held:
    """What the program holds: bytes and threads of the page's process, and what all its processes have open."""

    memory: int
    threads: int
    descriptors: int
    processes: int
    temporary: int

    @classmethod
    def by(cls, server: Server, folder: Path) -> Held:
        """Now."""
        page = psutil.Process(server.pid)
        every = [page, *page.children(recursive=True)]
        return cls(
            page.memory_info().rss,
            page.num_threads(),
            sum(one.num_fds() for one in every),
            len(every),
            sum(1 for _ in (folder / "tmp").rglob("*")),
        )

    def row(self, name: str) -> tuple[str, ...]:
        """A line of the table."""
        counts = (self.threads, self.descriptors, self.processes, self.temporary)
        return (name, f"{self.memory / 1e6:.0f} MB", *map(str, counts))


HEADING = ("", "page's memory", "its threads", "descriptors", "processes", "temporary files")


async def _crowd(server: Server, folder: Path) -> None:
    """Fifty open the page in one moment and ask, each anew with every answer; then somebody opens it now and then."""
    await asyncio.gather(*(_ask(server, name, 1, asyncio.Barrier(1)) for name in NAMES))  # loads
    page = psutil.Process(server.pid)
    used = page.cpu_times()
    began, wall = time.time(), time.perf_counter()
    all_there = asyncio.Barrier(AT_ONCE + 1)
    asking = asyncio.gather(
        *(_ask(server, NAMES[number % len(NAMES)], ROUNDS, all_there) for number in range(AT_ONCE))
    )
    await all_there.wait()
    there = time.perf_counter() - wall
    opened = []
    while not asking.done():
        async with Visitor(server.url) as visitor:
            opened.append(await visitor.open())
        await asyncio.sleep(OPEN_EVERY_S)
    at_once = sorted(await asking)
    took = time.perf_counter() - wall - there
    spent = page.cpu_times()
    core = 100 * (spent.user + spent.system - used.user - used.system) / (took + there)
    waits = _waits(folder, began)
    fair = (AT_ONCE - 1) * took / len(waits)
    print(f"(q) {AT_ONCE} visitors at once, each with {ROUNDS} questions to one of the demo family")
    rows = [
        ("answers", f"{len(waits)} in {took:.0f} s"),
        ("fair share of the waiting", f"{fair:.1f} s"),
        ("longest wait", f"{max(waits):.1f} s, {max(waits) / fair:.2f} of it"),
        ("median wait", f"{percentile(sorted(waits), 0.5):.1f} s"),
        ("a new page, p50", f"{percentile(sorted(opened), 0.5):.2f} s"),
        ("a new page, p95", f"{percentile(sorted(opened), 0.95):.2f} s of {len(opened)}"),
        (f"{AT_ONCE} in one moment, p50", f"{percentile(at_once, 0.5):.2f} s"),
        (f"{AT_ONCE} in one moment, the last", f"{at_once[-1]:.2f} s"),
        ("the page's process", f"{core:.0f} % of a core"),
    ]
    table(rows)


async def _ask(server: Server, name: str, times: int, all_there: asyncio.Barrier) -> float:
    """Seconds that the page took to open."""
    async with Visitor(server.url) as visitor:
        opened = await visitor.open(f"on=demo:{name}&max_tokens=48")
        await all_there.wait()
        for number in range(times):
            await visitor.ask(f"What colour is the sky? ({number})")
    return opened


def _waits(folder: Path, since: float) -> list[float]:
    """Seconds that each answer stood in the line."""
    archive = Archive(f"sqlite:///{folder / 'kept' / 'archive.sqlite'}", str(folder / "kept/media"))
    with archive.reading() as connection:
        ids = library.ids(connection, Wanted(after=since))
    found = [archive.find(id) for id in ids]
    archive.close()
    rounds = [round for one in found if one is not None for round in one.every_round]
    waits = [answer.figures().queue_s for round in rounds for answer in round.answers]
    return [wait for wait in waits if wait is not None]


async def _left(server: Server, folder: Path) -> None:
    """What the program holds when visitors came and went, and when they had uploaded much."""
    picture = _noise()
    await asyncio.gather(*(_look_in(server, ask=True) for _ in range(BESIDE)))
    for number in range(4):
        await _upload(server, picture, ask=number % 2 == 0)
    await asyncio.sleep(GONE_S)
    held = [Held.by(server, folder)]
    await _each(SESSIONS, BESIDE, lambda number: _look_in(server, ask=number % 5 == 0))
    await asyncio.sleep(GONE_S)
    held.append(Held.by(server, folder))
    await _each(UPLOADS, 2, lambda number: _upload(server, picture, ask=number % 2 == 0))
    await asyncio.sleep(GONE_S)
    held.append(Held.by(server, folder))
    print(f"\n    a picture of {len(picture) / 1e6:.0f} MB; every second one was put to a model")
    names = ("before", f"after {SESSIONS} sessions", f"and {UPLOADS} uploads")
    table([HEADING, *(one.row(name) for one, name in zip(held, names, strict=True))])
    grown = [one.memory / held[0].memory for one in held[1:]]
    print(f"    memory against before: {', '.join(f'{one:.2f}' for one in grown)}")


async def _each(count: int, beside: int, do: Callable[[int], Awaitable[None]]) -> None:
    room = asyncio.Semaphore(beside)

    async def one(number: int) -> None:
        async with room:
            await do(number)

    await asyncio.gather(*(one(number) for number in range(count)))


async def _look_in(server: Server, ask: bool) -> None:
    async with Visitor(server.url) as visitor:
        await visitor.open("on=demo:E2B&max_tokens=8")
        if ask:
            await visitor.ask("Hello!")


async def _upload(server: Server, picture: bytes, ask: bool) -> None:
    async with Visitor(server.url) as visitor:
        await visitor.open("on=demo:E2B&max_tokens=8")
        await visitor.upload("noise.png", picture)
        if ask:
            await visitor.ask("What do you see?", "noise.png")


def _noise() -> bytes:
    shape = (UPLOAD_SIDE, UPLOAD_SIDE, 3)
    pixels = np.random.default_rng(0).integers(0, 256, shape, np.uint8)
    out = io.BytesIO()
    Image.fromarray(pixels).save(out, "PNG", compress_level=1)
    return out.getvalue()


if __name__ == "__main__":
    main()
