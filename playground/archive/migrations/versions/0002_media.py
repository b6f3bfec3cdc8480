"""What a comparison uses a medium as: frames of a clip were taken for pictures. And in which order."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Make the table anew and fill it from what was asked."""
    connection = op.get_bind()
    op.create_table(
        "medium_of_new",
        sa.Column(
            "comparison",
            sa.String(64),
            sa.ForeignKey("comparison.id", ondelete="CASCADE"),
            primary_key=True,
        ),
        sa.Column("digest", sa.String(64), sa.ForeignKey("medium.digest"), primary_key=True),
        sa.Column("kind", sa.String(8), primary_key=True),
        sa.Column("position", sa.Integer, nullable=False),
    )
    new = sa.table("medium_of_new", *map(sa.column, ("comparison", "digest", "kind", "position")))
    before = sa.table("medium_of", *map(sa.column, ("comparison", "digest", "kind")))
    for id in connection.execute(sa.select(before.c.comparison).distinct()).scalars().all():
        there = connection.execute(
            sa.select(before.c.digest, before.c.kind).where(before.c.comparison == id)
        ).all()
        used = _used(connection, id)
        rows = [(digest, kind) for digest, kind in used if digest in {row.digest for row in there}]
        known = {digest for digest, _ in rows}
        rows += [(row.digest, row.kind) for row in there if row.digest not in known]
        for position, (digest, kind) in enumerate(rows):
            values = {"comparison": id, "digest": digest, "kind": kind, "position": position}
            connection.execute(sa.insert(new).values(values))
    op.drop_table("medium_of")
    op.rename_table("medium_of_new", "medium_of")
    op.create_index("medium_used", "medium_of", ["digest"])


def _used(connection: sa.Connection, id: str) -> list[tuple[str, str]]:
    """(digest, kind) of what its rounds and answers hold, in order, each once."""
    rounds = sa.table(
        "round", sa.column("comparison"), sa.column("position"), sa.column("asked", sa.JSON)
    )
    answers = sa.table(
        "answer", sa.column("comparison"), sa.column("id"), sa.column("head", sa.JSON)
    )
    asked = connection.execute(
        sa.select(rounds.c.asked).where(rounds.c.comparison == id).order_by(rounds.c.position)
    ).scalars()
    heads = connection.execute(
        sa.select(answers.c.head).where(answers.c.comparison == id).order_by(answers.c.id)
    ).scalars()
    told: list[list[dict[str, Any]]] = [*asked, *(head["messages"] for head in heads)]
    parts = [part for messages in told for message in messages for part in message["parts"]]
    return list(dict.fromkeys((name, part["kind"]) for part in parts for name in part["media"]))
