"""How the rows of one comparison are written: what is new since the last time, and what was there already."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import Connection, bindparam, delete, insert, select, update

from playground.archive import recording
from playground.archive.schema import (
    ANSWERS,
    CHUNKS,
    COMPARISONS,
    LABELS,
    RETOLD,
    ROUNDS,
)
from playground.archive.store import Store
from playground.archive.writing.media import write_media
from playground.archive.writing.words import line, shown, write_words
from playground.comparisons.answer import Answer
from playground.comparisons.comparison import Comparison
from playground.comparisons.round import Round
from playground.prompt.conversation import Media

_MORE_CHUNKS = insert(CHUNKS)
_MORE_OF_AN_ANSWER = update(ANSWERS).where(ANSWERS.c.id == bindparam("row"))
"""Made once: what SQLAlchemy makes of a statement costs more than the database."""


@dataclass
class _Row:
    """How much of an answer stands in the database: the answer itself, its row, its chunks, steps and state."""

    answer: Answer
    id: int
    chunks: int = 0
    steps: int = 0
    state: str = ""


class Gone(Exception):
    """A comparison was forgotten for good, by whichever program, while this one answered it."""


class Rows:
    """A comparison that is being written. `running` tells that more of it will come, `kept` that something of it was
    written for good.
    """

    def __init__(self, comparison: Comparison, process: str, store: Store) -> None:
        self.comparison = comparison
        self.running = True
        self.kept = False
        self.refused = 0
        self._process = process
        self._store = store
        self._created = recording.now()
        self.undo()

    def undo(self) -> None:
        """Nothing of it is known to be written: what was rolled back is written again."""
        self._rows: dict[tuple[str, str], _Row] = {}
        self._rounds: set[str] = set()
        self._there = self._new = False
        self._shown = ""
        self.running = True
        self._batches: list[dict[str, Any]] = []

    def done(self) -> None:
        """What was written last is there for good."""
        self.kept |= self._there

    def write(self, connection: Connection, now: float) -> None:
        """Bring the rows up to what stands in memory; `running` tells afterwards whether more will come.

        Raises Gone.
        """
        comparison = self.comparison
        ended = comparison.ended  # looked at first: what comes after it is written next time
        if not self._there:
            self._begin(connection, now)
        changed = False
        self._batches.clear()
        for position, round in enumerate(comparison.every_round):
            changed |= self._round(connection, position, round)
        if self._batches:
            connection.execute(_MORE_CHUNKS, self._batches)
        shown = comparison.last.id
        if changed or self._shown != shown or ended:
            connection.execute(
                update(COMPARISONS)
                .where(COMPARISONS.c.id == comparison.id)
                .values(changed=now, last_round=shown, running=not ended, process=self._process)
            )
            self._shown = shown
        if changed:
            self._words(connection, comparison)
        self.running = not ended

    def _begin(self, connection: Connection, now: float) -> None:
        """The comparison's own row; one that was there before (opened again, or after a fault) is gone on with."""
        comparison = self.comparison
        known = select(COMPARISONS.c.id).where(COMPARISONS.c.id == comparison.id)
        if connection.execute(known).first() is None:
            if self.kept:
                raise Gone
            connection.execute(
                insert(COMPARISONS).values(
                    id=comparison.id,
                    created=self._created,
                    changed=now,
                    owner=comparison.owner,
                    process=self._process,
                    running=True,
                    all_at_once=comparison.all_at_once,
                    last_round=comparison.last.id,
                    made_by=recording.made_by(),
                    question=shown(comparison.every_round[0].asked.question),
                    name="",
                    note="",
                    pinned=False,
                    withdrawn=False,
                )
            )
            self._new = True
        else:
            rows = connection.execute(
                select(ROUNDS.c.id).where(ROUNDS.c.comparison == comparison.id)
            )
            self._rounds = {row.id for row in rows}
            self._take_up(connection)
        self._there = True

    def _take_up(self, connection: Connection) -> None:
        """What of the answers stands there already."""
        there = connection.execute(
            select(ANSWERS.c.id, ANSWERS.c.round, ANSWERS.c.contender, ANSWERS.c.head).where(
                ANSWERS.c.comparison == self.comparison.id
            )
        ).all()
        for row in there:
            round = self.comparison.find(row.round)
            answer = round.answer(row.contender) if round else None
            if answer is None or answer.asked_at != row.head["asked_at"]:
                continue  # another answer stands in its place now: it is written anew
            batches = connection.execute(
                select(CHUNKS.c.first, CHUNKS.c.batch).where(CHUNKS.c.answer == row.id)
            ).all()
            count = sum(len(batch.batch) for batch in batches)
            steps = 1 + len(row.head.get("steps", ()))
            state = row.head["state"]
            self._rows[row.round, row.contender] = _Row(answer, row.id, count, steps, state)

    def _round(self, connection: Connection, position: int, round: Round) -> bool:
        """Write what is new of a round; True when something began or ended."""
        id = self.comparison.id
        changed = False
        if round.id not in self._rounds:
            told = [round.asked, *(answer.conversation for answer in round.answers)]
            self._media(connection, position, [part for one in told for part in one.media()])
            connection.execute(
                insert(ROUNDS).values(
                    id=round.id,
                    comparison=id,
                    position=position,
                    before=round.before.id if round.before else None,
                    asked=[asdict(one) for one in recording.messages(round.asked)],
                )
            )
            self._rounds.add(round.id)
            changed = True
        for place, answer in enumerate(round.answers):
            changed |= self._answer(connection, position, round, place, answer)
        return changed

    def _answer(
        self, connection: Connection, position: int, round: Round, place: int, answer: Answer
    ) -> bool:
        key = (round.id, answer.contender.id)
        row = self._rows.get(key)
        if row is not None and row.answer is not answer:
            connection.execute(delete(ANSWERS).where(ANSWERS.c.id == row.id))
            row = None
        fresh = row is None
        state, steps = answer.state, answer.number  # first: no more is claimed than is written
        chunks = answer.chunks[row.chunks if row else 0 :]
        if row is None:
            self._media(connection, position, self._changed(answer))
            row = self._rows[key] = _Row(
                answer, self._insert(connection, round, place, answer, state)
            )
        elif (row.state, row.steps) == (state, steps):
            if not chunks:
                return False
        else:
            connection.execute(_MORE_OF_AN_ANSWER, {"row": row.id, **_columns(answer, state)})
        if chunks:
            start = answer.timeline.accepted
            batch = [
                (chunk.at - start, chunk.channel, chunk.text, chunk.tokens) for chunk in chunks
            ]
            self._batches.append({"answer": row.id, "first": row.chunks, "batch": batch})
            row.chunks += len(chunks)
        turned, row.state, row.steps = row.state != state and answer.ended, state, steps
        return fresh or turned

    def _insert(
        self, connection: Connection, round: Round, place: int, answer: Answer, state: str
    ) -> int:
        if not self._new:
            there = (ANSWERS.c.round == round.id) & (ANSWERS.c.contender == answer.contender.id)
            connection.execute(delete(ANSWERS).where(there))
        made = connection.execute(
            insert(ANSWERS).values(
                comparison=self.comparison.id,
                round=round.id,
                contender=answer.contender.id,
                position=place,
                label=shown(answer.contender.label),
                variant=shown(answer.contender.model.variant),
                **_columns(answer, state),
            )
        )
        (id,) = made.inserted_primary_key or (0,)
        return int(id)

    def _changed(self, answer: Answer) -> list[Media]:
        """What was put to it and stands in no question: a remedy may have made a recording shorter."""
        asked = {id(part) for round in self.comparison.every_round for part in round.asked.media()}
        return [part for part in answer.conversation.media() if id(part) not in asked]

    def _media(self, connection: Connection, position: int, parts: Iterable[Media]) -> None:
        pieces = dict.fromkeys(recording.pieces(parts))
        written = [(kind, self._store.put(data), len(data)) for kind, data in pieces]
        write_media(connection, self.comparison.id, written, position)

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


def _columns(answer: Answer, state: str) -> dict[str, Any]:
    head = asdict(recording.answer(answer, chunks=False))
    del head["chunks"]
    return {
        "state": state,
        "line": line(answer.text),
        "head": {**head, "state": state, **({RETOLD: True} if answer.retold else {})},
        "figures": answer.figures().as_dict() if answer.ended else {},
    }
