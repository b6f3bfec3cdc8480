"""Files in the tray that can be read in another way: other pages of a PDF, or their words. Knows no model."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from functools import partial

import streamlit as st

from components.compare.asking.tray import Tray
from components.words import plain
from playground.prompt.media import read
from playground.prompt.media.faults import base_name
from playground.prompt.media.formats import recognise, untagged
from playground.prompt.media.wishes import USUAL, Wish

CHOICES = frozenset({"pages"})
"""The kinds of formats where there is a choice."""


@dataclass
class Source:
    """A file whose parts lie in the tray: its bytes, how it was read, and the numbers of its pieces."""

    name: str
    data: bytes
    kind: str
    wish: Wish
    pieces: tuple[int, ...]

    @property
    def key(self) -> str:
        """For widgets: the same as long as it is the same file."""
        return hashlib.sha256(self.data).hexdigest()[:12]


def take(held: Tray, name: str, data: bytes) -> None:
    """Read a file into the tray, and keep it where one may want it otherwise."""
    numbers = held.read(name, partial(read, name, data))
    if not numbers:
        return
    kind = recognise(name, untagged(data)).kind
    if kind in CHOICES:
        _sources().append(Source(base_name(name), data, kind, USUAL, numbers))


def forget(held: Tray) -> None:
    """Let go of files of which nothing lies in the tray, nor can be put back."""
    there = {**held.pieces, **held.removed}
    st.session_state.sources = [
        one for one in _sources() if any(number in there for number in one.pieces)
    ]


def draw(held: Tray) -> None:
    """A row for each, with what can be chosen; what was chosen is read at once."""
    for source in _sources():
        if any(number in held.pieces for number in source.pieces):
            wish = _row(source)
            if wish != source.wish:
                _again(held, source, wish)
                st.rerun()


def _sources() -> list[Source]:
    kept: list[Source] = st.session_state.setdefault("sources", [])
    return kept


def _row(source: Source) -> Wish:
    """What is wished now."""
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        pages = st.text_input(
            f"Pages of {plain(source.name)}",
            key=f"pages_{source.key}",
            placeholder="the first ones; or 1-3, 7",
            width=260,
        )
        form = st.segmented_control(
            f"How {plain(source.name)} goes",
            ["As pictures", "As text"],
            default="As pictures",
            required=True,
            key=f"form_{source.key}",
            label_visibility="collapsed",
        )
    return replace(source.wish, pages=(pages or "").strip(), as_text=form == "As text")


def _again(held: Tray, source: Source, wish: Wish) -> None:
    """Read the file in another way; where that fails the pieces stay as they were, and it is said why."""
    source.wish = wish
    before = {number: held.pieces.pop(number) for number in source.pieces if number in held.pieces}
    held.faults.clear()
    numbers = held.read(source.name, partial(read, source.name, source.data, wish=wish))
    if numbers:
        source.pieces = numbers
    else:
        held.pieces = {**before, **held.pieces}
