"""The tray: pictures, recordings, clips and texts laid out for the next prompt, and what could not be read.

Uploads are read once, when they come; the tray keeps the parts, and Streamlit forgets the files.
Knows no model.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field
from itertools import count
from typing import TYPE_CHECKING

import streamlit as st

from components.words import plain
from playground.prompt.conversation import Audio, Media
from playground.prompt.holding import left_out
from playground.prompt.limits import LIMITS
from playground.prompt.media import MediaError, split

if TYPE_CHECKING:
    from streamlit.delta_generator import DeltaGenerator

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

    def add(self, parts: Iterable[Media], instead: Collection[int] = ()) -> tuple[int, ...]:
        """Lay parts beside those that are there, or `instead` of some, as far as a prompt may hold them; returns their
        numbers.

        At once: Streamlit begins a run while the one before is not over yet, and that run may send what lies here.
        """
        laid = {number: part for number, part in self.pieces.items() if number not in instead}
        numbers = []
        for part in parts:
            if why := left_out(part, tuple(laid.values())):
                self.faults.append(why)
            else:
                numbers.append(next(_numbers))
                laid[numbers[-1]] = part
        if numbers:
            self.pieces = laid
        return tuple(numbers)

    def read(
        self, name: str, parts: Callable[..., Iterable[Media]], instead: Collection[int] = ()
    ) -> tuple[int, ...]:
        """Read a file into the tray and return its pieces' numbers, or say what is wrong with it; what it comes
        `instead` of stays until then.

        `parts` reads it, and calls its `tick` meanwhile. Whoever leaves meanwhile, takes the file out or does something
        else ends the reading.
        """
        waiting = _Waiting(name)
        try:
            came = tuple(parts(tick=waiting))
            sent = instead and not self.pieces.keys() & set(instead)
            numbers = () if sent else self.add(came, instead)
        except MediaError as error:
            self.faults.append(str(error))
            numbers = ()
        except BaseException:
            # Streamlit's, which stop this run of the page.
            self.faults.append(
                f"{name} was not read to its end, because something else was asked for meanwhile: add it again."
            )
            raise
        waiting.end()
        return numbers

    def hold(self, parts: Iterable[Media]) -> None:
        """Only these; what lay there can be put back."""
        self.faults = []
        held = tuple(parts)
        if held != self.parts:
            self.removed, self.pieces = self.pieces, {}
            self.add(held)

    def remove(self, number: int) -> None:
        """Take one out, unless it is out: a press may come twice."""
        if number in self.pieces:
            self.removed = {number: self.pieces.pop(number)}

    def split(self, number: int, seconds: float) -> None:
        """Lay pieces of a recording, of at most so many seconds, in its place."""
        whole = self.pieces.get(number)
        if not isinstance(whole, Audio):
            return
        self.faults.clear()
        self.removed = {}
        pieces = split(whole, seconds)
        if len(self.pieces) - 1 + len(pieces) > LIMITS.files:
            self.faults.append(
                f"{whole.name} would be {len(pieces)} pieces, but a prompt may hold at most {LIMITS.files} files."
            )
            return
        self.add(pieces, instead=(number,))

    def clear(self) -> None:
        """Take all out; what was taken out before can be put back as long as nothing else was."""
        if self.pieces:
            self.removed, self.pieces = self.pieces, {}

    def restore(self) -> None:
        """Put back what was taken out last."""
        self.pieces, self.removed = dict(sorted((self.pieces | self.removed).items())), {}


class _Waiting:
    """A clock beside the name of a file that takes long: what is drawn can be interrupted."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._since = time.monotonic()
        self._place: DeltaGenerator | None = None

    def __call__(self) -> None:
        self._place = self._place or st.empty()
        seconds = time.monotonic() - self._since
        self._place.caption(f"Reading {plain(self._name)}: {seconds:.1f} s")

    def end(self) -> None:
        if self._place:
            self._place.empty()


def tray() -> Tray:
    """This session's tray."""
    if "tray" not in st.session_state:
        st.session_state.tray = Tray()
    held: Tray = st.session_state.tray
    return held
