"""A record from elsewhere put into the archive, as it is: what was imported is kept like what was asked here."""

from __future__ import annotations

import secrets
from dataclasses import asdict, replace

from sqlalchemy import Connection, insert

from playground.archive import record, recording
from playground.archive.archive import Archive
from playground.archive.importing.own import Imported, renamed
from playground.archive.restoring.answered import figures, said
from playground.archive.schema import (
    ANSWERS,
    CHUNKS,
    COMPARISONS,
    LABELS,
    RETOLD,
    ROUNDS,
)
from playground.archive.writing.media import write_media
from playground.archive.writing.words import line, shown, write_words
from playground.comparisons.answer import ENDED


def take_in(archive: Archive, imported: Imported, owner: str = "") -> str:
    """Keep it under an id of its own, which is returned. Raises ArchiveError."""
    fresh = replace(imported, kept=renamed(imported.kept, secrets.token_urlsafe(9)))
    with archive.writing() as connection:
        _comparison(connection, fresh.kept, owner)
        for data in fresh.media.values():
            archive.store.put(data)
        sizes = {name: len(data) for name, data in fresh.media.items()}
        for position, round in enumerate(fresh.kept.rounds):
            _media(connection, fresh.kept.id, round, position, sizes)
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
            question=shown(_question(kept.rounds[0])),
            name=shown(kept.name),
            note=shown(kept.note),
            pinned=False,
            withdrawn=False,
        )
    )
    labels = [
        {"comparison": kept.id, "label": one} for one in sorted({*map(shown, kept.labels)} - {""})
    ]
    if labels:
        connection.execute(insert(LABELS), labels)


def _media(
    connection: Connection, id: str, round: record.Round, position: int, sizes: dict[str, int]
) -> None:
    """What a round uses; `sizes` are the bytes of each medium."""
    asked = [round.asked, *(answer.messages for answer in round.answers)]
    parts = [part for messages in asked for one in messages for part in one.parts]
    used = dict.fromkeys((part.kind, name) for part in parts for name in part.media)
    write_media(connection, id, [(kind, name, sizes[name]) for kind, name in used], position)


def _round(connection: Connection, id: str, position: int, kept: record.Round) -> None:
    asked = [asdict(one) for one in kept.asked]
    values = {"id": kept.id, "comparison": id, "position": position}
    connection.execute(insert(ROUNDS).values(**values, before=kept.before, asked=asked))
    for place, answer in enumerate(kept.answers):
        head = asdict(answer)
        del head["chunks"]
        head[RETOLD] = True
        made = connection.execute(
            insert(ANSWERS).values(
                comparison=id,
                round=kept.id,
                contender=answer.contender.id,
                position=place,
                label=shown(answer.contender.label),
                variant=shown(answer.contender.model.variant),
                state=answer.state,
                line=line(_said(answer)),
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


def _question(kept: record.Round) -> str:
    return "\n".join(part.text for part in kept.asked[-1].parts if part.kind == "text")


def _said(kept: record.Answer) -> str:
    return said(kept, "answer")
