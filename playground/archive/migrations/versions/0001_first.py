"""The first archive: comparisons, rounds, answers, chunks, media, labels, and an index of three-letter pieces."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "process",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("seen", sa.Float, nullable=False),
    )
    op.create_table(
        "comparison",
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("created", sa.Float, nullable=False),
        sa.Column("changed", sa.Float, nullable=False),
        sa.Column("owner", sa.String(200), nullable=False),
        sa.Column("process", sa.String(32), nullable=False),
        sa.Column("running", sa.Boolean, nullable=False),
        sa.Column("all_at_once", sa.Boolean, nullable=False),
        sa.Column("last_round", sa.String(64), nullable=False),
        sa.Column("made_by", sa.JSON, nullable=False),
        sa.Column("question", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("note", sa.Text, nullable=False),
        sa.Column("pinned", sa.Boolean, nullable=False),
        sa.Column("withdrawn", sa.Boolean, nullable=False),
        sa.Column("deleted", sa.Float),
    )
    op.create_index("comparison_order", "comparison", ["owner", "pinned", "created"])
    op.create_table(
        "round",
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("comparison", sa.String(64), _belongs("comparison.id"), nullable=False),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("before", sa.String(64)),
        sa.Column("asked", sa.JSON, nullable=False),
    )
    op.create_index("round_of", "round", ["comparison", "position"])
    op.create_table(
        "answer",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("comparison", sa.String(64), _belongs("comparison.id"), nullable=False),
        sa.Column("round", sa.String(64), _belongs("round.id"), nullable=False),
        sa.Column("contender", sa.String(200), nullable=False),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("label", sa.Text, nullable=False),
        sa.Column("variant", sa.Text, nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("line", sa.Text, nullable=False),
        sa.Column("rating", sa.Integer),
        sa.Column("head", sa.JSON, nullable=False),
        sa.Column("figures", sa.JSON, nullable=False),
        sa.UniqueConstraint("round", "contender"),
    )
    op.create_index("answer_of", "answer", ["comparison"])
    op.create_table(
        "chunk",
        sa.Column("answer", sa.Integer, _belongs("answer.id"), primary_key=True),
        sa.Column("first", sa.Integer, primary_key=True),
        sa.Column("batch", sa.JSON, nullable=False),
    )
    op.create_table(
        "medium",
        sa.Column("digest", sa.String(64), primary_key=True),
        sa.Column("kind", sa.String(8), nullable=False),
        sa.Column("size", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "medium_of",
        sa.Column("comparison", sa.String(64), _belongs("comparison.id"), primary_key=True),
        sa.Column("digest", sa.String(64), sa.ForeignKey("medium.digest"), primary_key=True),
        sa.Column("kind", sa.String(8), nullable=False),
    )
    op.create_index("medium_used", "medium_of", ["digest"])
    op.create_table(
        "label",
        sa.Column("comparison", sa.String(64), _belongs("comparison.id"), primary_key=True),
        sa.Column("label", sa.String(100), primary_key=True),
    )
    op.create_index("label_by_name", "label", ["label"])
    op.create_table(
        "words",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("comparison", sa.String(64), _belongs("comparison.id"), unique=True),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("said", sa.Text, nullable=False),
    )
    if op.get_bind().dialect.name == "postgresql":
        op.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
        op.execute("CREATE INDEX words_by_trigram ON words USING gin (text gin_trgm_ops)")
        return
    op.execute(
        "CREATE VIRTUAL TABLE words_by_trigram USING fts5("
        "text, content='words', content_rowid='id', tokenize='trigram')"
    )
    gone = "INSERT INTO words_by_trigram(words_by_trigram, rowid, text) VALUES ('delete', old.id, old.text);"
    came = "INSERT INTO words_by_trigram(rowid, text) VALUES (new.id, new.text);"
    for name, moment, work in (
        ("words_came", "INSERT", came),
        ("words_went", "DELETE", gone),
        ("words_changed", "UPDATE", gone + came),
    ):
        op.execute(f"CREATE TRIGGER {name} AFTER {moment} ON words BEGIN {work} END")


def _belongs(column: str) -> sa.ForeignKey:
    """Goes when what it belongs to goes."""
    return sa.ForeignKey(column, ondelete="CASCADE")
