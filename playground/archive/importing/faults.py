"""What an import can be refused for."""

from __future__ import annotations


class ImportFault(Exception):
    """What was given can't be imported: one sentence that names the place."""
