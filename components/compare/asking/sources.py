"""Files in the tray that can be read otherwise: pages of a PDF or their words, frames of a clip. Knows no model."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from functools import partial
from typing import Literal

import streamlit as st

from components.compare.asking.tray import Tray
from components.words import label
from playground.models.capabilities import IMAGE_BUDGETS
from playground.prompt.conversation import FRAME_TOKENS, Video
from playground.prompt.media import read
from playground.prompt.media.faults import base_name
from playground.prompt.media.formats import recognise, untagged
from playground.prompt.media.wishes import MOST_FRAMES, USUAL, Wish

Kind = Literal["pages", "clip"]
"""The kinds of files where there is a choice."""


@dataclass
class Source:
    """A file whose parts lie in the tray: its bytes, how it was read, and the numbers of its pieces."""

    name: str
    data: bytes
    kind: Kind
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
    kind: Kind | None = None
    if any(isinstance(held.pieces[number], Video) for number in numbers):
        kind = "clip"
    elif recognise(name, untagged(data)).kind == "pages":
        kind = "pages"
    if kind:
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
            wish = _frames(held, source) if source.kind == "clip" else _pages(source)
            if wish != source.wish:
                _again(held, source, wish)
                st.rerun()


def _sources() -> list[Source]:
    kept: list[Source] = st.session_state.setdefault("sources", [])
    return kept


def _frames(held: Tray, source: Source) -> Wish:
    """How many frames are wished now, and how many tokens for each."""
    clips = [held.pieces[number] for number in source.pieces if number in held.pieces]
    there = next((len(clip.frames) for clip in clips if isinstance(clip, Video)), 1)
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        frames = st.number_input(
            f"Frames of {label(source.name)}",
            1,
            MOST_FRAMES,
            None,
            1,
            key=f"frames_{source.key}",
            placeholder=str(there),
            help="Taken evenly from its first minute.",
            width=220,
        )
        tokens = st.selectbox(
            "Tokens for a frame",
            IMAGE_BUDGETS,
            key=f"frame_tokens_{source.key}",
            help="On this machine. Servers take the tokens for a picture.",
            width=180,
        )
    return replace(source.wish, frames=int(frames or 0), frame_tokens=int(tokens or FRAME_TOKENS))


def _pages(source: Source) -> Wish:
    """Which pages are wished now, and how."""
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        pages = st.text_input(
            f"Pages of {label(source.name)}",
            key=f"pages_{source.key}",
            placeholder="the first ones; or 1-3, 7",
            width=260,
        )
        form = st.segmented_control(
            f"How {label(source.name)} goes",
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
