"""Which media a comparison uses, and as what: the same bytes may be a picture and a frame of a clip."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Connection, insert, select

from playground.archive.schema import MEDIA, MEDIA_OF


def write_media(
    connection: Connection, id: str, used: Iterable[tuple[str, str, int]], round: int
) -> None:
    """Note what the round of that number uses: (kind, digest, bytes), in the order in which it is used."""
    for place, (kind, name, size) in enumerate(used):
        if connection.execute(select(MEDIA.c.digest).where(MEDIA.c.digest == name)).first() is None:
            connection.execute(insert(MEDIA).values(digest=name, kind=kind, size=size))
        of = (MEDIA_OF.c.comparison == id) & (MEDIA_OF.c.digest == name) & (MEDIA_OF.c.kind == kind)
        if connection.execute(select(MEDIA_OF.c.digest).where(of)).first() is None:
            row = {"comparison": id, "digest": name, "kind": kind, "position": 1000 * round + place}
            connection.execute(insert(MEDIA_OF).values(row))
