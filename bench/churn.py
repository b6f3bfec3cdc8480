"""(g) Load, answer, unload, load another, thirty times: whether the memory of all processes comes back."""

from __future__ import annotations

import threading

import psutil

from bench.numbers import table
from playground.comparisons.pool import Pool
from playground.engines.local import LocalEngine
from playground.engines.roster import specs
from playground.engines.workers import Workers
from playground.prompt.conversation import Conversation, Settings

ROUNDS = 30
NAMES = ("E2B", "26B-A4B", "E4B", "31B")


def main() -> None:
    """Measure after the first round, when everything that is kept for good is there, and after the last."""
    workers = Workers()
    workers.start()
    pool = Pool(lambda model: LocalEngine(model, workers), budget_bytes=10**9)
    taken = []
    for number in range(ROUNDS + 1):
        _round(pool, NAMES[number % len(NAMES)])
        taken.append(_memory())
    pool.close()
    workers.close()
    print(
        f"(g) memory of all processes (USS), {ROUNDS} times load, answer, unload, another model each time"
    )
    first, last = taken[0], taken[-1]
    rows = [("after the first", "after the last", "most between", "last / first")]
    cells = [f"{value / 1e6:.1f} MB" for value in (first, last, max(taken))]
    table([*rows, (*cells, f"{last / first:.3f}")])


def _round(pool: Pool, name: str) -> None:
    model = specs.find(f"demo:{name}")
    stop = threading.Event()
    turn = pool.turn(model, stop)
    with turn as engine:
        turn.load(engine)
        list(engine.stream(Conversation.ask("Hello!"), Settings(max_tokens=16), stop))
    pool.unload(model)


def _memory() -> int:
    """Bytes that this process and its children hold for themselves."""
    this = psutil.Process()
    processes = [this, *this.children(recursive=True)]
    return sum(int(process.memory_full_info().uss) for process in processes)


if __name__ == "__main__":
    main()
