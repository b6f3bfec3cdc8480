"""What a search looks through, and words as databases and lists take them."""

from __future__ import annotations

from sqlalchemy import Connection, insert, update

from playground.archive.schema import WORDS

LINE = 200
"""Characters of an answer that lists show."""


def write_words(connection: Connection, id: str, about: list[str], said: str) -> None:
    """Put what a search finds of a comparison in the place of what it found before."""
    said = shown(said)
    values = {"text": shown("\n".join([*about, said])), "said": said}
    changed = connection.execute(update(WORDS).where(WORDS.c.comparison == id).values(values))
    if changed.rowcount == 0:
        connection.execute(insert(WORDS).values(comparison=id, **values))


def shown(text: str) -> str:
    """Without what no database takes in a text: PostgreSQL no zero, UTF-8 no half of a pair."""
    return text.replace("\0", "").encode("utf-8", "replace").decode()


def line(text: str) -> str:
    """The first words of an answer, in one line."""
    return shown(" ".join(text.split())[:LINE])
