"""A record from elsewhere put into the archive, as it is: what was imported is kept like what was asked here."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from dataclasses import asdict

from sqlalchemy import Connection, insert, select

from playground.archive import record, recording
from playground.archive.archive import Archive
from playground.archive.importing import Imported, renamed
from playground.archive.restoring import figures
from playground.archive.schema import (
    ANSWERS,
    CHUNKS,
    COMPARISONS,
    LABELS,
    MEDIA,
    MEDIA_OF,
    ROUNDS,
)
from playground.archive.writer import LINE, write_words
from playground.comparisons.answer import ENDED


def take_in(archive: Archive, imported: Imported, owner: str = "") -> str:
    """Keep it under an id of its own, which is returned. Raises ArchiveError."""
    fresh = renamed(imported, secrets.token_urlsafe(9))
    with archive.writing() as connection:
        _comparison(connection, fresh.kept, owner)
        kinds = dict(_kinds(fresh.kept))
        for name, data in fresh.media.items():
            archive.store.put(data)
            _medium(connection, fresh.kept.id, name, kinds.get(name, "image"), len(data))
        for position, round in enumerate(fresh.kept.rounds):
            _round(connection, fresh.kept.id, position, round)
        _words(connection, fresh.kept)
    return fresh.kept.id


def _comparison(connection: Connection, kept: record.Comparison, owner: str) -> None:
    connection.execute(
        insert(COMPARISONS).values(
            id=kept.id,
            created=kept.created,
            changed=recording.now(),
            owner=owner,
            process="",
            running=False,
            all_at_once=kept.all_at_once,
            last_round=kept.last,
            made_by=kept.made_by,
            question=_shown(_question(kept.rounds[0])),
            name=_shown(kept.name),
            note=_shown(kept.note),
            pinned=False,
            withdrawn=False,
        )
    )
    labels = [
        {"comparison": kept.id, "label": one} for one in sorted({*map(_shown, kept.labels)} - {""})
    ]
    if labels:
        connection.execute(insert(LABELS), labels)


def _kinds(kept: record.Comparison) -> Iterator[tuple[str, str]]:
    """The digest of each medium and what it is; a clip's are pictures."""
    for round in kept.rounds:
        for messages in (round.asked, *(answer.messages for answer in round.answers)):
            for part in (part for message in messages for part in message.parts):
                kind = part.kind if part.kind in ("audio", "document") else "image"
                yield from ((one, kind) for one in part.media)


def _medium(connection: Connection, id: str, name: str, kind: str, size: int) -> None:
    if connection.execute(select(MEDIA.c.digest).where(MEDIA.c.digest == name)).first() is None:
        connection.execute(insert(MEDIA).values(digest=name, kind=kind, size=size))
    connection.execute(insert(MEDIA_OF).values(comparison=id, digest=name, kind=kind))


def _round(connection: Connection, id: str, position: int, kept: record.Round) -> None:
    asked = [asdict(one) for one in kept.asked]
    values = {"id": kept.id, "comparison": id, "position": position}
    connection.execute(insert(ROUNDS).values(**values, before=kept.before, asked=asked))
    for place, answer in enumerate(kept.answers):
        head = asdict(answer)
        del head["chunks"]
        made = connection.execute(
            insert(ANSWERS).values(
                comparison=id,
                round=kept.id,
                contender=answer.contender.id,
                position=place,
                label=_shown(answer.contender.label),
                variant=_shown(answer.contender.model.variant),
                state=answer.state,
                line=_shown(" ".join(_said(answer).split())[:LINE]),
                head=head,
                figures=figures(answer).as_dict() if answer.state in ENDED else {},
            )
        )
        (row,) = made.inserted_primary_key or (0,)
        if answer.chunks:
            chunks = {"answer": row, "first": 0, "batch": answer.chunks}
            connection.execute(insert(CHUNKS).values(**chunks))


def _words(connection: Connection, kept: record.Comparison) -> None:
    said = [
        text
        for round in kept.rounds
        for text in (_question(round), *(_said(answer) for answer in round.answers))
    ]
    write_words(connection, kept.id, [kept.name, kept.note, *kept.labels], "\n".join(said))


def _shown(text: str) -> str:
    """Without what PostgreSQL takes in no text."""
    return text.replace("\0", "")


def _question(kept: record.Round) -> str:
    return "\n".join(part.text for part in kept.asked[-1].parts if part.kind == "text")


def _said(kept: record.Answer) -> str:
    return "".join(text for _, channel, text, _ in kept.chunks if channel == "answer")
