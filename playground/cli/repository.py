"""Which repository on the hub a person means, or which GGUF file of one."""

from __future__ import annotations

import re

from playground.models.catalog import variant
from playground.questions.faults import BadCall


def repository(name: str) -> str:
    """The id of a variant's own weights, of its official GGUF file (E2B@q4_0), or what was given. Raises BadCall."""
    before, _, kind = name.partition("@")
    known = variant(before)
    if known is not None and not kind:
        return known.weights.instruct
    if known is not None and (official := known.weights.gguf(kind.lower())):
        return official
    if not re.fullmatch(r"\w[\w.-]*/\w[\w.-]*(/\w[\w.-]*\.gguf)?", name, re.ASCII):
        raise BadCall(
            f"{name!r} is neither a variant nor a repository's id (owner/name, or owner/name/file.gguf)."
        )
    return name
