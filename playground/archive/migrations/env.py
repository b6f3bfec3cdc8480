"""Alembic's entry: the connection comes from the program (archive/database.py)."""

from alembic import context

from playground.archive.schema import METADATA

context.configure(connection=context.config.attributes["connection"], target_metadata=METADATA)
with context.begin_transaction():
    context.run_migrations()
