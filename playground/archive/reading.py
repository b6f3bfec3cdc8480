"""Records out of the database: one comparison whole, whether it is still being answered, or only interrupted."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, select

from playground.archive import record, recording
from playground.archive.schema import (
    ANSWERS,
    CHUNKS,
    COMPARISONS,
    LABELS,
    PROCESSES,
    RETOLD,
    ROUNDS,
)
from playground.archive.writing.writer import HEARTBEAT_S

LONGEST_ID = 64

LOST_S = 3 * HEARTBEAT_S
"""A program that has not said for so long that it lives does not."""


@dataclass(frozen=True, slots=True)
class Standing:
    """Whose a comparison is, whether its link opens it for its owner alone, which program wrote it last, and whether
    that one is still answering it.
    """

    owner: str
    withdrawn: bool
    process: str
    running: bool


def standing(connection: Connection, id: str) -> Standing | None:
    """How it stands with a comparison; None when there is none of that id, or it was deleted."""
    if not _can_be(id):
        return None
    c = COMPARISONS.c
    row = connection.execute(
        select(c.owner, c.withdrawn, c.process, c.running).where(c.id == id, c.deleted.is_(None))
    ).first()
    if row is None:
        return None
    alive = row.running and runs(connection, row.process)
    return Standing(row.owner, row.withdrawn, row.process, alive)


def load(connection: Connection, id: str) -> record.Comparison | None:
    """The record of a comparison; None when there is none of that id, or it was deleted."""
    if not _can_be(id):
        return None
    row = connection.execute(select(COMPARISONS).where(COMPARISONS.c.id == id)).mappings().first()
    if row is None or row["deleted"] is not None:
        return None
    lost = row["running"] and not runs(connection, row["process"])
    answers = _answers(connection, id, lost)
    asked = connection.execute(
        select(ROUNDS).where(ROUNDS.c.comparison == id).order_by(ROUNDS.c.position)
    ).mappings()
    rounds = tuple(
        record.Round(one["id"], _messages(one["asked"]), tuple(answers[one["id"]]), one["before"])
        for one in asked
    )
    labels = select(LABELS.c.label).where(LABELS.c.comparison == id).order_by(LABELS.c.label)
    return record.Comparison(
        id=id,
        created=row["created"],
        rounds=rounds,
        last=row["last_round"],
        all_at_once=row["all_at_once"],
        made_by=row["made_by"],
        name=row["name"],
        note=row["note"],
        labels=tuple(connection.execute(labels).scalars()),
    )


def _can_be(id: str) -> bool:
    """Whether anything has such an id: not every database takes every text, and links may be altered."""
    return id.isascii() and id.isprintable() and len(id) <= LONGEST_ID


def runs(connection: Connection, process: str) -> bool:
    """Whether the program of that id lives."""
    seen = connection.execute(
        select(PROCESSES.c.seen).where(PROCESSES.c.id == process)
    ).scalar_one_or_none()
    return seen is not None and recording.now() - seen < LOST_S


def _answers(connection: Connection, id: str, lost: bool) -> defaultdict[str, list[record.Answer]]:
    # Another program may write on meanwhile: an answer that is read as ended has all its chunks already.
    wanted = select(ANSWERS).where(ANSWERS.c.comparison == id).order_by(ANSWERS.c.position)
    rows = connection.execute(wanted).mappings().all()
    batches: defaultdict[int, list[record.Chunk]] = defaultdict(list)
    of = select(ANSWERS.c.id).where(ANSWERS.c.comparison == id)
    order = (CHUNKS.c.answer, CHUNKS.c.first)
    for piece in connection.execute(select(CHUNKS).where(CHUNKS.c.answer.in_(of)).order_by(*order)):
        batches[piece.answer] += [tuple(chunk) for chunk in piece.batch]
    found: defaultdict[str, list[record.Answer]] = defaultdict(list)
    for row in rows:
        head: dict[str, Any] = {name: said for name, said in row["head"].items() if name != RETOLD}
        ended = head["state"] in ("done", "stopped", "refused", "failed")
        head["contender"] = _contender(head["contender"])
        head["messages"] = _messages(head["messages"])
        head["chunks"] = tuple(batches[row["id"]])
        head["steps"] = tuple(map(_step, head.get("steps", ())))
        head["interrupted"] = head["interrupted"] or (lost and not ended)
        found[row["round"]].append(record.Answer(**head))
    return found


def _step(plain: dict[str, Any]) -> record.Step:
    return record.Step(**{**plain, "calls": tuple(record.Called(**one) for one in plain["calls"])})


def _contender(plain: dict[str, Any]) -> record.Contender:
    model = plain["model"]
    server = model["server"]
    whole = record.Model(**{**model, "server": record.Place(**server) if server else None})
    return record.Contender(**{**plain, "model": whole})


def _messages(plain: list[dict[str, Any]]) -> tuple[record.Message, ...]:
    return tuple(
        record.Message(one["role"], tuple(_part(part) for part in one["parts"])) for one in plain
    )


def _part(plain: dict[str, Any]) -> record.Part:
    return record.Part(
        **{
            **plain,
            "media": tuple(plain["media"]),
            "sizes": tuple((width, height) for width, height in plain["sizes"]),
            "times": tuple(plain["times"]),
        }
    )
