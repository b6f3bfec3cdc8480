"""Which repository on the hub a person means."""

from __future__ import annotations

import re

from playground.cli.faults import BadCall
from playground.models.catalog import variant


def repository(name: str) -> str:
    """The id of a variant's own weights, or the id that was given. Raises BadCall."""
    known = variant(name)
    if known is not None:
        return known.weights.instruct
    if not re.fullmatch(r"\w[\w.-]*/\w[\w.-]*", name, re.ASCII):
        raise BadCall(f"{name!r} is neither a variant nor a repository's id (owner/name).")
    return name
