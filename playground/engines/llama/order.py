"""What a llama.cpp process is told at its start, and what it says back: a line of JSON each, over its pipes."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass

IMPORTED = "imported"
"""Said once llama.cpp's library is loaded and before any file is touched."""


@dataclass(frozen=True, slots=True)
class Order:
    """One model to serve. `encoders` is empty for text alone, `key` what each request must carry, `context` in tokens.

    `batch` is how many tokens are read between two looks at whether somebody asked to stop; a picture is one batch.
    `picture` is how many tokens each picture takes, 0 where none comes. `threads` is 0 for as many as there are cores.
    `endless` answers go on to the longest that is asked for, for measuring.
    """

    file: str
    encoders: str
    key: str
    context: int
    batch: int
    picture: int
    threads: int
    endless: bool = False

    def line(self) -> bytes:
        """As it is sent."""
        return json.dumps(asdict(self)).encode() + b"\n"


@dataclass(frozen=True, slots=True)
class Said:
    """What the process says: a stage that it reached, the address where it listens, or why it can't, and a remedy."""

    stage: str = ""
    address: str = ""
    reason: str = ""
    remedy: str = ""

    def line(self) -> bytes:
        """As it is sent."""
        return json.dumps(asdict(self)).encode() + b"\n"


def order(line: bytes) -> Order:
    """Read what was sent."""
    return Order(**json.loads(line))


def said(line: bytes) -> Said:
    """Read what was said; something else than that is a stage without a name."""
    try:
        return Said(**json.loads(line))
    except (ValueError, TypeError):
        return Said()
