"""Writes comparisons down while they run, in small batches in a thread of its own.

A question is written before it is acknowledged, what came of the answers four times a second. Where that fails the
comparison goes on in memory, a sentence says why, and everything is tried again.
"""

from __future__ import annotations

import logging
import secrets
import threading
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from typing import Any

from sqlalchemy import Connection, Engine, delete, insert, select, update
from sqlalchemy.exc import SQLAlchemyError

from playground.archive import recording
from playground.archive.faults import sentence
from playground.archive.schema import (
    ANSWERS,
    CHUNKS,
    COMPARISONS,
    LABELS,
    MEDIA,
    MEDIA_OF,
    PROCESSES,
    ROUNDS,
    WORDS,
)
from playground.archive.store import Store
from playground.comparisons.answer import Answer
from playground.comparisons.comparison import Comparison
from playground.comparisons.round import Round

TICK_S = 0.25
"""Half of what may be lost when the program is killed."""

HEARTBEAT_S = 5.0
RETRY_S = 5.0
LINE = 200
"""Characters of an answer that lists show."""

log = logging.getLogger(__name__)


@dataclass
class _Row:
    """How much of an answer stands in the database: the answer itself, its row, its chunks, its state."""

    answer: Answer
    id: int
    chunks: int = 0
    state: str = ""


@dataclass
class _Followed:
    """A comparison that is being written."""

    comparison: Comparison
    created: float
    rows: dict[tuple[str, str], _Row] = field(default_factory=dict)
    rounds: set[str] = field(default_factory=set)
    there: bool = False
    shown: str = ""
    running: bool = True


class Writer:
    """`fault` is why nothing can be written now, one sentence; empty when all is well."""

    def __init__(self, connect: Callable[[], Engine], store: Store) -> None:
        self.fault = ""
        self.process = secrets.token_hex(8)
        self._connect = connect
        self._store = store
        self._followed: dict[str, _Followed] = {}
        self._changing = threading.Lock()
        self._writing = threading.RLock()
        self._wake = threading.Event()
        self._thread: threading.Thread | None = None
        self._closing = threading.Event()
        self._beaten = self._failed = float("-inf")

    def acknowledge(self, comparison: Comparison) -> None:
        """Write a comparison's questions down now, and all else of it as it comes. Never raises."""
        with self._writing:  # or the thread, done with the round before, drops it meanwhile
            with self._changing:
                held = self._followed.get(comparison.id)
                if held is None or held.comparison is not comparison:
                    held = _Followed(comparison, recording.now())
                    self._followed[comparison.id] = held
                held.running = True
                if self._thread is None:
                    self._thread = threading.Thread(target=self._run, name="archive", daemon=True)
                    self._thread.start()
            self._write([held])
        self._wake.set()

    @property
    def busy(self) -> bool:
        """Whether something is still to be written."""
        return bool(self._due())

    def forget(self, id: str) -> None:
        """Write nothing more of that comparison."""
        with self._changing:
            self._followed.pop(id, None)

    def close(self) -> None:
        """Write what is left and end."""
        self._closing.set()
        self._wake.set()
        if self._thread is not None:
            self._thread.join(10)
        self._write(self._due())

    def _run(self) -> None:
        while not self._closing.is_set():
            due = self._due()
            if due:
                self._write(due)
                self._closing.wait(TICK_S)
            else:
                self._wake.wait()
                self._wake.clear()

    def _due(self) -> list[_Followed]:
        with self._changing:
            return [held for held in self._followed.values() if held.running]

    def _write(self, due: list[_Followed]) -> None:
        now = recording.now()
        if self.fault and now - self._failed < RETRY_S:
            return
        with self._writing:
            try:
                with self._connect().begin() as connection:
                    if now - self._beaten > HEARTBEAT_S:
                        self._beat(connection, now)
                        self._beaten = now
                    for held in due:
                        self._one(connection, held, now)
            except (SQLAlchemyError, OSError) as error:
                if not self.fault:
                    log.warning("the archive can't be written: %r", error)
                self.fault, self._failed = sentence(error), now
                for held in due:  # what was rolled back is written again
                    held.rows, held.rounds, held.there, held.shown = {}, set(), False, ""
                    held.running = True
                return
            self.fault = ""
            with self._changing:
                for held in due:
                    if not held.running:
                        self._followed.pop(held.comparison.id, None)

    def _beat(self, connection: Connection, now: float) -> None:
        seen = update(PROCESSES).where(PROCESSES.c.id == self.process).values(seen=now)
        if connection.execute(seen).rowcount == 0:
            connection.execute(insert(PROCESSES).values(id=self.process, seen=now))

    def _one(self, connection: Connection, held: _Followed, now: float) -> None:
        comparison = held.comparison
        ended = comparison.ended  # looked at first: what comes after it is written next time
        if not held.there:
            self._begin(connection, held, now)
        changed = False
        for position, round in enumerate(comparison.every_round):
            changed |= self._round(connection, held, position, round)
        shown = comparison.last.id
        if changed or held.shown != shown or ended:
            connection.execute(
                update(COMPARISONS)
                .where(COMPARISONS.c.id == comparison.id)
                .values(changed=now, last_round=shown, running=not ended, process=self.process)
            )
            held.shown = shown
        if changed:
            self._words(connection, comparison)
        held.running = not ended

    def _begin(self, connection: Connection, held: _Followed, now: float) -> None:
        """The comparison's own row; one that was there before (opened again, or after a fault) is gone on with."""
        comparison = held.comparison
        known = select(COMPARISONS.c.id).where(COMPARISONS.c.id == comparison.id)
        if connection.execute(known).first() is None:
            connection.execute(
                insert(COMPARISONS).values(
                    id=comparison.id,
                    created=held.created,
                    changed=now,
                    owner=comparison.owner,
                    process=self.process,
                    running=True,
                    all_at_once=comparison.all_at_once,
                    last_round=comparison.last.id,
                    made_by=recording.made_by(),
                    question=comparison.every_round[0].asked.question,
                    name="",
                    note="",
                    pinned=False,
                    withdrawn=False,
                )
            )
        else:
            rows = connection.execute(
                select(ROUNDS.c.id).where(ROUNDS.c.comparison == comparison.id)
            )
            held.rounds = {row.id for row in rows}
            self._take_up(connection, held)
        held.there = True

    def _take_up(self, connection: Connection, held: _Followed) -> None:
        """What of the answers stands there already."""
        there = connection.execute(
            select(ANSWERS.c.id, ANSWERS.c.round, ANSWERS.c.contender, ANSWERS.c.head).where(
                ANSWERS.c.comparison == held.comparison.id
            )
        ).all()
        for row in there:
            round = held.comparison.find(row.round)
            answer = round.answer(row.contender) if round else None
            if answer is None or answer.asked_at != row.head["asked_at"]:
                continue  # another answer stands in its place now: it is written anew
            batches = connection.execute(
                select(CHUNKS.c.first, CHUNKS.c.batch).where(CHUNKS.c.answer == row.id)
            ).all()
            count = sum(len(batch.batch) for batch in batches)
            held.rows[row.round, row.contender] = _Row(answer, row.id, count, row.head["state"])

    def _round(self, connection: Connection, held: _Followed, position: int, round: Round) -> bool:
        """Write what is new of a round; True when something began or ended."""
        id = held.comparison.id
        changed = False
        if round.id not in held.rounds:
            self._media(connection, id, round)
            connection.execute(
                insert(ROUNDS).values(
                    id=round.id,
                    comparison=id,
                    position=position,
                    before=round.before.id if round.before else None,
                    asked=[asdict(one) for one in recording.messages(round.asked)],
                )
            )
            held.rounds.add(round.id)
            changed = True
        for place, answer in enumerate(round.answers):
            changed |= self._answer(connection, held, round, place, answer)
        return changed

    def _answer(
        self, connection: Connection, held: _Followed, round: Round, place: int, answer: Answer
    ) -> bool:
        key = (round.id, answer.contender.id)
        row = held.rows.get(key)
        if row is not None and row.answer is not answer:
            connection.execute(delete(ANSWERS).where(ANSWERS.c.id == row.id))
            row = None
        fresh = row is None
        state = answer.state  # before the chunks: a state never claims more than is written
        chunks = tuple(answer.chunks)
        if row is None:
            row = held.rows[key] = _Row(
                answer, self._insert(connection, held, round, place, answer)
            )
        elif row.state == state and len(chunks) == row.chunks:
            return False
        if len(chunks) > row.chunks:
            start = answer.timeline.accepted
            batch = [
                (chunk.at - start, chunk.channel, chunk.text, chunk.tokens)
                for chunk in chunks[row.chunks :]
            ]
            connection.execute(insert(CHUNKS).values(answer=row.id, first=row.chunks, batch=batch))
            row.chunks = len(chunks)
        if fresh or row.state != state:
            connection.execute(
                update(ANSWERS).where(ANSWERS.c.id == row.id).values(**_columns(answer, state))
            )
        turned, row.state = row.state != state and answer.ended, state
        return fresh or turned

    def _insert(
        self, connection: Connection, held: _Followed, round: Round, place: int, answer: Answer
    ) -> int:
        there = (ANSWERS.c.round == round.id) & (ANSWERS.c.contender == answer.contender.id)
        connection.execute(delete(ANSWERS).where(there))
        made = connection.execute(
            insert(ANSWERS).values(
                comparison=held.comparison.id,
                round=round.id,
                contender=answer.contender.id,
                position=place,
                label=answer.contender.label,
                variant=answer.contender.model.variant,
                **_columns(answer, answer.state),
            )
        )
        (id,) = made.inserted_primary_key or (0,)
        return int(id)

    def _media(self, connection: Connection, id: str, round: Round) -> None:
        conversations = [round.asked, *(answer.conversation for answer in round.answers)]
        for kind, data in {piece for one in conversations for piece in recording.pieces(one)}:
            name = self._store.put(data)
            known = select(MEDIA.c.digest).where(MEDIA.c.digest == name)
            if connection.execute(known).first() is None:
                connection.execute(insert(MEDIA).values(digest=name, kind=kind, size=len(data)))
            of = (MEDIA_OF.c.comparison == id) & (MEDIA_OF.c.digest == name)
            if connection.execute(select(MEDIA_OF.c.digest).where(of)).first() is None:
                connection.execute(insert(MEDIA_OF).values(comparison=id, digest=name, kind=kind))

    def _words(self, connection: Connection, comparison: Comparison) -> None:
        """Make the comparison's words findable."""
        row = connection.execute(
            select(COMPARISONS.c.name, COMPARISONS.c.note).where(COMPARISONS.c.id == comparison.id)
        ).one()
        labels = connection.execute(
            select(LABELS.c.label).where(LABELS.c.comparison == comparison.id)
        ).scalars()
        said = [
            text
            for round in comparison.every_round
            for text in (round.asked.question, *(answer.text for answer in round.answers))
        ]
        write_words(connection, comparison.id, [row.name, row.note, *labels], "\n".join(said))


def write_words(connection: Connection, id: str, about: list[str], said: str) -> None:
    """Put what a search finds of a comparison in the place of what it found before."""
    said = said.replace("\0", "")
    values = {"text": "\n".join([*about, said]).replace("\0", ""), "said": said}
    changed = connection.execute(update(WORDS).where(WORDS.c.comparison == id).values(values))
    if changed.rowcount == 0:
        connection.execute(insert(WORDS).values(comparison=id, **values))


def _columns(answer: Answer, state: str) -> dict[str, Any]:
    head = asdict(recording.answer(answer, chunks=False))
    del head["chunks"]
    return {
        "state": state,
        "line": " ".join(answer.text.split())[:LINE],
        "head": {**head, "state": state},
        "figures": answer.figures().as_dict() if answer.ended else {},
    }
