"""What the archive holds, as a list that can be searched, filtered and put in order."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    and_,
    column,
    exists,
    func,
    literal_column,
    select,
    table,
)

from playground.archive.reading import runs
from playground.archive.schema import ANSWERS, COMPARISONS, LABELS, MEDIA_OF, WORDS
from playground.archive.writing.words import shown

SHORTEST_INDEXED = 3
"""Letters below which a word is looked for in every text: the index knows pieces of three."""


MOST_WORDS, LONGEST_SEARCH = 100, 10_000
"""Words of a search, and characters: somebody may put a whole answer into its field."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which comparisons to list. What is empty or None does not narrow. `before` and `after` are seconds since 1970."""

    owner: str | None = None
    words: str = ""
    variant: str = ""
    kind: str = ""
    state: str = ""
    label: str = ""
    after: float | None = None
    before: float | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """One answer in a list: whose, how it ended, its first words. `round` and `contender` are the ids to rate it by."""

    label: str
    variant: str
    state: str
    words: str
    rating: int | None = None
    round: str = ""
    contender: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """One comparison in a list. `pictures` are digests, for thumbnails: pictures, and one frame where there were clips
    alone. `running`: it is answered now.
    """

    id: str
    created: float
    question: str
    name: str
    note: str
    pinned: bool
    withdrawn: bool
    running: bool
    lines: tuple[Line, ...] = ()
    labels: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    pictures: tuple[str, ...] = field(default=())


def entries(
    connection: Connection, wanted: Wanted, limit: int = 20, offset: int = 0
) -> tuple[Entry, ...]:
    """Pinned ones first, then the newest."""
    chosen = _narrowed(select(COMPARISONS), connection, wanted)
    order = (COMPARISONS.c.pinned.desc(), COMPARISONS.c.created.desc(), COMPARISONS.c.id)
    rows = connection.execute(chosen.order_by(*order).limit(limit).offset(offset)).mappings().all()
    ids = [row["id"] for row in rows]
    lines, labels = _lines(connection, ids), _labels(connection, ids)
    alive = {
        process: runs(connection, process)
        for process in {row["process"] for row in rows if row["running"]}
    }
    media = _media(connection, ids)
    return tuple(
        Entry(
            id=row["id"],
            created=row["created"],
            question=row["question"],
            name=row["name"],
            note=row["note"],
            pinned=row["pinned"],
            withdrawn=row["withdrawn"],
            running=row["running"] and alive[row["process"]],
            lines=tuple(lines[row["id"]]),
            labels=tuple(labels[row["id"]]),
            kinds=tuple(sorted({kind for kind, _ in media[row["id"]]})),
            pictures=_pictures(media[row["id"]]),
        )
        for row in rows
    )


def ids(connection: Connection, wanted: Wanted) -> tuple[str, ...]:
    """All of them, the newest first."""
    c = COMPARISONS.c
    chosen = _narrowed(select(c.id), connection, wanted).order_by(c.created.desc(), c.id)
    return tuple(connection.execute(chosen).scalars())


def newest(connection: Connection) -> str | None:
    """The id of the one that was made last."""
    c = COMPARISONS.c
    there = select(c.id).where(c.deleted.is_(None)).order_by(c.created.desc()).limit(1)
    return connection.execute(there).scalar_one_or_none()


def count(connection: Connection, wanted: Wanted) -> int:
    """How many there are."""
    chosen = _narrowed(select(func.count()).select_from(COMPARISONS), connection, wanted)
    return int(connection.execute(chosen).scalar_one())


def known_labels(connection: Connection, owner: str | None) -> tuple[str, ...]:
    """Every label in use."""
    chosen = (
        select(LABELS.c.label).distinct().join(COMPARISONS).where(COMPARISONS.c.deleted.is_(None))
    )
    if owner is not None:
        chosen = chosen.where(COMPARISONS.c.owner == owner)
    return tuple(connection.execute(chosen.order_by(LABELS.c.label)).scalars())


def _narrowed(chosen: Select[Any], connection: Connection, wanted: Wanted) -> Select[Any]:
    c = COMPARISONS.c
    conditions: list[ColumnElement[bool]] = [c.deleted.is_(None)]
    if wanted.owner is not None:
        conditions.append(c.owner == wanted.owner)
    if wanted.after is not None:
        conditions.append(c.created >= wanted.after)
    if wanted.before is not None:
        conditions.append(c.created < wanted.before)
    if wanted.variant:
        conditions.append(_some(ANSWERS, ANSWERS.c.variant == wanted.variant))
    if wanted.state:
        conditions.append(_some(ANSWERS, ANSWERS.c.state == wanted.state))
    if wanted.kind:
        conditions.append(_some(MEDIA_OF, MEDIA_OF.c.kind == wanted.kind))
    if wanted.label:
        conditions.append(_some(LABELS, LABELS.c.label == wanted.label))
    conditions += _hold(connection, _words(wanted.words))
    return chosen.where(and_(*conditions))


def _words(said: str) -> list[str]:
    """Each word once, as many as a database looks for at a time."""
    return list(dict.fromkeys(shown(said[:LONGEST_SEARCH]).split()))[:MOST_WORDS]


def _some(where: Any, condition: Any) -> Any:
    return exists().where(where.c.comparison == COMPARISONS.c.id, condition)


def _hold(connection: Connection, words: Sequence[str]) -> Iterator[ColumnElement[bool]]:
    """That a comparison's words hold each of these, in any script, as a part of a word too."""
    if connection.dialect.name == "sqlite":
        indexed = [word for word in words if len(word) >= SHORTEST_INDEXED]
        words = [word for word in words if len(word) < SHORTEST_INDEXED]
        if indexed:
            # All in one look: the index itself keeps those that hold every word, before any text is read.
            index = table("words_by_trigram", column("rowid"))
            phrases = " AND ".join('"' + word.replace('"', '""') + '"' for word in indexed)
            matches = literal_column(index.name).op("MATCH")(phrases)
            yield _among(WORDS.c.id.in_(select(index.c.rowid).where(matches)))
    if words:
        # All in one look too: a hundred joined to each other took PostgreSQL 25 s and gigabytes to plan.
        yield _among(and_(*map(_like, words)))


def _like(word: str) -> ColumnElement[bool]:
    like = word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return WORDS.c.text.ilike(f"%{like}%", escape="\\")


def _among(condition: ColumnElement[bool]) -> ColumnElement[bool]:
    return COMPARISONS.c.id.in_(select(WORDS.c.comparison).where(condition))


def _lines(connection: Connection, ids: Sequence[str]) -> defaultdict[str, list[Line]]:
    """The answers of the round that each comparison shows."""
    a = ANSWERS.c
    rows = connection.execute(
        select(a.comparison, a.label, a.variant, a.state, a.line, a.rating, a.round, a.contender)
        .join(
            COMPARISONS, and_(COMPARISONS.c.id == a.comparison, COMPARISONS.c.last_round == a.round)
        )
        .where(a.comparison.in_(ids))
        .order_by(a.position)
    )
    found: defaultdict[str, list[Line]] = defaultdict(list)
    for row in rows:
        line = Line(*row[1:])
        found[row.comparison].append(line)
    return found


def _labels(connection: Connection, ids: Sequence[str]) -> defaultdict[str, list[str]]:
    found: defaultdict[str, list[str]] = defaultdict(list)
    rows = select(LABELS).where(LABELS.c.comparison.in_(ids)).order_by(LABELS.c.label)
    for row in connection.execute(rows):
        found[row.comparison].append(row.label)
    return found


def _pictures(media: Sequence[tuple[str, str]]) -> tuple[str, ...]:
    images = tuple(digest for kind, digest in media if kind == "image")
    return images or tuple(digest for kind, digest in media if kind == "video")[:1]


def _media(connection: Connection, ids: Sequence[str]) -> defaultdict[str, list[tuple[str, str]]]:
    found: defaultdict[str, list[tuple[str, str]]] = defaultdict(list)
    rows = select(MEDIA_OF).where(MEDIA_OF.c.comparison.in_(ids)).order_by(MEDIA_OF.c.position)
    for row in connection.execute(rows):
        found[row.comparison].append((row.kind, row.digest))
    return found
