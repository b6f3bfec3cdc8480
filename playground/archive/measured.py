"""How quick models were here: the output speeds that the archive's answers were measured at."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from statistics import median

from sqlalchemy import Connection, select

from playground.archive.schema import ANSWERS, COMPARISONS, RETOLD

NEWEST = 2_000
"""Answers that are looked at."""


@dataclass(frozen=True, slots=True)
class Measured:
    """A model on a device: the median of its output speeds in tokens a second, over `count` answers."""

    variant: str
    weights: str
    precision: str
    engine: str
    device: str
    speed: float
    count: int


def speeds(connection: Connection) -> tuple[Measured, ...]:
    """By model and device; without demo-sized models, recitals, answers that shared their device, and those that came
    with a file or a copy, of which anybody may say anything.
    """
    wanted = (
        select(ANSWERS.c.variant, ANSWERS.c.head, ANSWERS.c.figures, COMPARISONS.c.made_by)
        .join(COMPARISONS)
        .where(
            ANSWERS.c.state == "done", COMPARISONS.c.deleted.is_(None), COMPARISONS.c.process != ""
        )
        .order_by(ANSWERS.c.id.desc())
        .limit(NEWEST)
    )
    found: defaultdict[tuple[str, str, str, str, str], list[float]] = defaultdict(list)
    for row in connection.execute(wanted):
        model = row.head["contender"]["model"]
        speed = row.figures.get("output_tps")
        if speed is None or model.get("demo") or model["engine"] == "recital":
            continue
        if row.head.get("contended") or row.head.get(RETOLD):
            continue
        place = model.get("server") or {}
        device = place.get("name") or row.made_by.get("device", "")
        key = (row.variant, model["weights"], model.get("precision", ""), model["engine"], device)
        found[key].append(speed)
    return tuple(Measured(*key, median(all_), len(all_)) for key, all_ in sorted(found.items()))
