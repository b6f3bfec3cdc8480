"""The archive's tables, alike on SQLite and PostgreSQL. How they came about stands in migrations/."""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
)

METADATA = MetaData()

PROCESSES = Table(
    "process",
    METADATA,
    Column("id", String(32), primary_key=True),
    Column("seen", Float, nullable=False),
)
"""Programs that write here; `seen` is when each last said so, seconds since 1970."""

COMPARISONS = Table(
    "comparison",
    METADATA,
    Column("id", String(64), primary_key=True),
    Column("created", Float, nullable=False),
    Column("changed", Float, nullable=False),
    Column("owner", String(200), nullable=False, default=""),
    Column("process", String(32), nullable=False, default=""),
    Column("running", Boolean, nullable=False, default=False),
    Column("all_at_once", Boolean, nullable=False, default=False),
    Column("last_round", String(64), nullable=False),
    Column("made_by", JSON, nullable=False),
    Column("question", Text, nullable=False, default=""),
    Column("name", Text, nullable=False, default=""),
    Column("note", Text, nullable=False, default=""),
    Column("pinned", Boolean, nullable=False, default=False),
    Column("withdrawn", Boolean, nullable=False, default=False),
    Column("deleted", Float),
    Index("comparison_order", "owner", "pinned", "created"),
)
"""`question` is the first one's words; `withdrawn` tells that its link opens it for its owner alone."""

ROUNDS = Table(
    "round",
    METADATA,
    Column("id", String(64), primary_key=True),
    Column("comparison", ForeignKey("comparison.id", ondelete="CASCADE"), nullable=False),
    Column("position", Integer, nullable=False),
    Column("before", String(64)),
    Column("asked", JSON, nullable=False),
    Index("round_of", "comparison", "position"),
)

ANSWERS = Table(
    "answer",
    METADATA,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("comparison", ForeignKey("comparison.id", ondelete="CASCADE"), nullable=False),
    Column("round", ForeignKey("round.id", ondelete="CASCADE"), nullable=False),
    Column("contender", String(200), nullable=False),
    Column("position", Integer, nullable=False),
    Column("label", Text, nullable=False),
    Column("variant", Text, nullable=False),
    Column("state", String(16), nullable=False),
    Column("line", Text, nullable=False, default=""),
    Column("rating", Integer),
    Column("head", JSON, nullable=False),
    Column("figures", JSON, nullable=False),
    UniqueConstraint("round", "contender"),
    Index("answer_of", "comparison"),
)
"""`head` is the record without its chunks, `line` the first words of the answer."""

RETOLD = "retold"
"""Stands in the `head` of an answer that was not given here: it came with a copy or a file, and was measured elsewhere,
if at all.
"""

CHUNKS = Table(
    "chunk",
    METADATA,
    Column("answer", ForeignKey("answer.id", ondelete="CASCADE"), primary_key=True),
    Column("first", Integer, primary_key=True),
    Column("batch", JSON, nullable=False),
)
"""Chunks in batches, as they came: `first` is the number of the batch's first chunk."""

MEDIA = Table(
    "medium",
    METADATA,
    Column("digest", String(64), primary_key=True),
    Column("kind", String(8), nullable=False),
    Column("size", BigInteger, nullable=False),
)

MEDIA_OF = Table(
    "medium_of",
    METADATA,
    Column("comparison", ForeignKey("comparison.id", ondelete="CASCADE"), primary_key=True),
    Column("digest", ForeignKey("medium.digest"), primary_key=True),
    Column("kind", String(8), primary_key=True),
    Column("position", Integer, nullable=False, default=0),
    Index("medium_used", "digest"),
)
"""What a comparison uses, as what ("image", "audio", or "video" for the frames of a clip), in which order."""

LABELS = Table(
    "label",
    METADATA,
    Column("comparison", ForeignKey("comparison.id", ondelete="CASCADE"), primary_key=True),
    Column("label", String(100), primary_key=True),
    Index("label_by_name", "label"),
)

WORDS = Table(
    "words",
    METADATA,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("comparison", ForeignKey("comparison.id", ondelete="CASCADE"), unique=True),
    Column("text", Text, nullable=False),
    Column("said", Text, nullable=False, default=""),
)
"""What a search looks through: `text` is `said` (every question and answer) and the name, note and labels. Indexed by
three letters (FTS5's trigram on SQLite, pg_trgm on PostgreSQL; migrations/ has both).
"""
