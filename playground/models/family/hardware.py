"""The memory that a model would have: this machine's, or what somebody typed ("2 x 24 GB")."""

from __future__ import annotations

import re
from dataclasses import dataclass

from playground.models.budget import available
from playground.models.device import Kind, device
from playground.models.fit import PROCESS
from playground.models.sizes import size

UNITS = {"": 10**9, "g": 10**9, "gb": 10**9, "gib": 2**30, "m": 10**6, "mb": 10**6, "mib": 2**20}
UNITS |= {"t": 10**12, "tb": 10**12, "tib": 2**40}
NUMBER = r"\d{1,3}(?:,\d{3})+(?:\.\d{1,3})?|\d{1,7}(?:[.,]\d{1,3})?"
"""With commas between thousands, or one instead of a point."""

TYPED = re.compile(rf"(?:(\d{{1,3}})\s*[x×*]\s*)?({NUMBER})\s*([a-z]*)", re.IGNORECASE)
LEAST, MOST = 10**8, 10**15


@dataclass(frozen=True, slots=True)
class Hardware:
    """`cards` devices of one kind with `each` bytes of memory; `own` where it is this machine's."""

    each: int
    kind: Kind = "cuda"
    cards: int = 1
    own: bool = False

    @property
    def usable(self) -> int:
        """Bytes that one model may take, spread over all; every further device has a process of its own."""
        return self.each * self.cards - (self.cards - 1) * PROCESS

    @property
    def device(self) -> Kind | None:
        """As `fit.need` wants it."""
        return None if self.own else self.kind

    @property
    def words(self) -> str:
        """ "2 x 24.0 GB"."""
        return f"{self.cards} x {size(self.each)}" if self.cards > 1 else size(self.each)


def typed(text: str, kind: Kind = "cuda") -> Hardware:
    """What somebody typed: "16GB", "2 x 24 GB", "80 GiB". Raises ValueError, one sentence."""
    found = TYPED.fullmatch(text.strip())
    if found is None or found[3].lower() not in UNITS:
        raise ValueError(f"{text.strip()!r} is no amount of memory: write 16 GB, or 2 x 24 GB.")
    cards = int(found[1] or 1)
    number = re.sub(r",(?=\d{3}(?!\d))", "", found[2]).replace(",", ".")
    each = int(float(number) * UNITS[found[3].lower()])
    if not cards or not LEAST <= each * cards <= MOST:
        raise ValueError(f"{text.strip()!r} is more or less memory than any machine for this has.")
    return Hardware(each, kind, cards)


def here() -> Hardware:
    """What one model may take of this machine now. Raises ConfigError."""
    return Hardware(available(), device().kind, own=True)
