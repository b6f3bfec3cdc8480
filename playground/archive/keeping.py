"""What a person does with what is kept: pin, rename, note, label, rate, withdraw, delete, take back, sweep."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, delete, func, insert, select, true, update

from playground.archive.record import LONGEST as LONGEST
from playground.archive.record import MOST_LABELS
from playground.archive.recording import now
from playground.archive.schema import ANSWERS, COMPARISONS, LABELS, MEDIA, MEDIA_OF, WORDS
from playground.archive.store import Store
from playground.archive.writing.words import shown, write_words

UNDO_S = 3600.0
"""A deleted comparison can be taken back for so long."""

TOGETHER = 500
"""Ids in one statement: databases take no more than some ten thousand."""


@dataclass(frozen=True, slots=True)
class Used:
    """What the archive takes: comparisons, and bytes of their media."""

    comparisons: int
    media_bytes: int


def pin(connection: Connection, id: str, pinned: bool) -> None:
    """Keep it at the top, and out of every sweep."""
    _set(connection, id, pinned=pinned)


def rename(connection: Connection, id: str, name: str) -> None:
    """Call it so."""
    _set(connection, id, name=" ".join(shown(name).split())[: LONGEST["name"]])
    _index(connection, id)


def annotate(connection: Connection, id: str, note: str) -> None:
    """Put a note to it."""
    _set(connection, id, note=shown(note)[: LONGEST["note"]])
    _index(connection, id)


def label(connection: Connection, id: str, labels: Iterable[str]) -> None:
    """Give it these labels and no others."""
    wanted = {" ".join(shown(one).split())[: LONGEST["label"]] for one in labels} - {""}
    connection.execute(delete(LABELS).where(LABELS.c.comparison == id))
    if wanted:
        rows = [{"comparison": id, "label": one} for one in sorted(wanted)[:MOST_LABELS]]
        connection.execute(insert(LABELS), rows)
    _index(connection, id)


def rate(connection: Connection, round: str, contender: str, rating: int | None) -> None:
    """Judge an answer: 1 good, -1 bad, None neither."""
    there = (ANSWERS.c.round == round) & (ANSWERS.c.contender == contender)
    connection.execute(update(ANSWERS).where(there).values(rating=rating))


def withdraw(connection: Connection, id: str, withdrawn: bool) -> None:
    """Let its link open it for nobody else, or for everybody again."""
    _set(connection, id, withdrawn=withdrawn)


def remove(connection: Connection, ids: Iterable[str]) -> None:
    """Delete comparisons; `restore` takes them back as long as no sweep came by."""
    chosen = COMPARISONS.c.id.in_(tuple(ids))
    connection.execute(update(COMPARISONS).where(chosen).values(deleted=now()))


def restore(connection: Connection, ids: Iterable[str]) -> None:
    """Take back what was deleted."""
    chosen = COMPARISONS.c.id.in_(tuple(ids))
    connection.execute(update(COMPARISONS).where(chosen).values(deleted=None))


def used(connection: Connection) -> Used:
    """What is kept in all."""
    held = select(func.count()).select_from(COMPARISONS).where(COMPARISONS.c.deleted.is_(None))
    size = connection.execute(select(func.coalesce(func.sum(MEDIA.c.size), 0))).scalar_one()
    return Used(int(connection.execute(held).scalar_one()), int(size))


def sweep(
    connection: Connection,
    store: Store,
    older_than_s: float | None = None,
    media_bytes: int | None = None,
) -> int:
    """Forget for good what was deleted long enough ago, what is older than that age, and the oldest until the media
    take no more than so many bytes. Pinned and running ones stay. Returns how many comparisons went.
    """
    c = COMPARISONS.c
    gone = set(connection.execute(select(c.id).where(c.deleted < now() - UNDO_S)).scalars())
    may_go = (c.pinned.is_(False)) & (c.running.is_(False))
    if older_than_s is not None:
        old = select(c.id).where(may_go, c.created < now() - older_than_s)
        gone |= set(connection.execute(old).scalars())
    _forget(connection, gone)
    _collect(connection, store)
    if media_bytes is not None:
        oldest = connection.execute(select(c.id).where(may_go).order_by(c.created)).scalars()
        too_old = _oldest(connection, oldest.all(), media_bytes)
        _forget(connection, too_old)
        _collect(connection, store)
        gone |= too_old
    return len(gone)


def _oldest(connection: Connection, ids: Iterable[str], media_bytes: int) -> set[str]:
    """So many of these, from the first on, that the media of all others take no more than so many bytes."""
    sizes = {
        row.digest: row.size for row in connection.execute(select(MEDIA.c.digest, MEDIA.c.size))
    }
    uses: defaultdict[str, set[str]] = defaultdict(set)
    for row in connection.execute(select(MEDIA_OF.c.comparison, MEDIA_OF.c.digest)):
        uses[row.comparison].add(row.digest)
    users = Counter(name for used in uses.values() for name in used)
    left, gone = sum(sizes.values()), set[str]()
    for id in ids:
        if left <= media_bytes:
            break
        gone.add(id)
        users.subtract(uses[id])
        left -= sum(sizes[name] for name in uses[id] if not users[name])
    return gone


def own(connection: Connection, owner: str | None) -> int:
    """How many comparisons somebody has, those that can be taken back too; None: how many there are."""
    chosen = select(func.count()).select_from(COMPARISONS).where(_whose(owner))
    return int(connection.execute(chosen).scalar_one())


def forget_own(connection: Connection, store: Store, owner: str | None) -> int:
    """Forget all of somebody's comparisons for good, pinned and deleted ones too, and the media that nobody else uses;
    None: everybody's. Returns how many went.
    """
    gone = connection.execute(delete(COMPARISONS).where(_whose(owner))).rowcount
    _collect(connection, store)
    return gone


def _whose(owner: str | None) -> ColumnElement[bool]:
    return true() if owner is None else COMPARISONS.c.owner == owner


def _forget(connection: Connection, ids: set[str]) -> None:
    each = list(ids)
    for start in range(0, len(each), TOGETHER):
        some = each[start : start + TOGETHER]
        connection.execute(delete(COMPARISONS).where(COMPARISONS.c.id.in_(some)))


def _collect(connection: Connection, store: Store) -> None:
    """Remove the media that no comparison uses any more."""
    in_use = select(MEDIA_OF.c.digest)
    unused = connection.execute(
        select(MEDIA.c.digest).where(MEDIA.c.digest.not_in(in_use))
    ).scalars()
    for name in unused.all():
        connection.execute(delete(MEDIA).where(MEDIA.c.digest == name))
        store.forget(name)


def _set(connection: Connection, id: str, **values: Any) -> None:
    connection.execute(update(COMPARISONS).where(COMPARISONS.c.id == id).values(**values))


def _index(connection: Connection, id: str) -> None:
    """Make a new name, note or label findable beside the questions and answers."""
    row = connection.execute(
        select(COMPARISONS.c.name, COMPARISONS.c.note).where(COMPARISONS.c.id == id)
    ).one_or_none()
    if row is None:
        return
    labels = connection.execute(select(LABELS.c.label).where(LABELS.c.comparison == id)).scalars()
    before = connection.execute(select(WORDS.c.said).where(WORDS.c.comparison == id)).scalar()
    write_words(connection, id, [row.name, row.note, *labels], before or "")
