"""The tray: pictures, recordings and clips laid out for the next prompt, and what could not be read.

Uploads are read once, when they come; the tray keeps the parts, and Streamlit forgets the files.
Knows no model.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from itertools import count

import streamlit as st

from playground.prompt.conversation import Media, weight
from playground.prompt.limits import LIMITS
from playground.prompt.media import MediaError

_numbers = count()


@dataclass
class Tray:
    """`pieces` by their number, in order; `faults` are sentences; `removed` can be put back."""

    pieces: dict[int, Media] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)
    removed: dict[int, Media] = field(default_factory=dict)
    uploads: int = 0

    @property
    def parts(self) -> tuple[Media, ...]:
        """What lies in it."""
        return tuple(self.pieces.values())

    def add(self, parts: Iterable[Media]) -> None:
        """Lay parts beside those that are there, as far as a prompt may hold them."""
        for part in parts:
            if len(self.pieces) >= LIMITS.files:
                self.faults.append(
                    f"{part.name} was left out: a prompt may hold at most {LIMITS.files} files."
                )
            elif sum(map(weight, self.pieces.values())) + weight(part) > LIMITS.total_bytes:
                self.faults.append(
                    f"{part.name} was left out: the files of a prompt may hold at most "
                    f"{LIMITS.total_bytes / 1e6:,.0f} MB together."
                )
            else:
                self.pieces[next(_numbers)] = part

    def read(self, parts: Callable[[], Iterable[Media]]) -> None:
        """Read a file into the tray, or say what is wrong with it."""
        try:
            self.add(parts())
        except MediaError as error:
            self.faults.append(str(error))

    def hold(self, parts: Iterable[Media]) -> None:
        """Only these; what lay there can be put back."""
        self.faults = []
        self.clear()
        self.add(parts)

    def remove(self, number: int) -> None:
        """Take one out."""
        self.removed = {number: self.pieces.pop(number)}

    def clear(self) -> None:
        """Take all out."""
        self.removed, self.pieces = self.pieces, {}

    def restore(self) -> None:
        """Put back what was taken out last."""
        self.pieces, self.removed = dict(sorted((self.pieces | self.removed).items())), {}


def tray() -> Tray:
    """This session's tray."""
    if "tray" not in st.session_state:
        st.session_state.tray = Tray()
    held: Tray = st.session_state.tray
    return held
