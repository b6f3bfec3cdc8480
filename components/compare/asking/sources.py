"""Files in the tray that can be read otherwise: pages of a PDF or their words, frames of a clip. Knows no model.

A part is known again by what it is, also when a round that was sent with it is edited.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

import streamlit as st

from components import uploads
from components.compare.asking.tray import Tray
from components.words import label
from playground.models.capabilities import IMAGE_BUDGETS
from playground.prompt.conversation import FRAME_TOKENS, Media, Video
from playground.prompt.media import read
from playground.prompt.media.faults import base_name
from playground.prompt.media.wishes import MOST_FRAMES, USUAL, Wish

MOST = 64
"""Readings of one session that are remembered; the files themselves are bounded elsewhere."""


@dataclass(frozen=True)
class Reading:
    """How a file was read, and the hashes of the parts that came of it; `key` finds the file."""

    name: str
    key: str
    kind: uploads.Kind
    wish: Wish
    made: frozenset[int]

    def pieces(self, parts: Mapping[int, Media]) -> tuple[int, ...]:
        """The numbers of those parts that came of it."""
        return tuple(number for number, part in parts.items() if hash(part) in self.made)

    @property
    def widgets(self) -> dict[str, object]:
        """By the keys of the fields what they say of it."""
        wish = self.wish
        if self.kind == "clip":
            return {
                f"frames_{self.key}": wish.frames or None,
                f"frame_tokens_{self.key}": wish.frame_tokens,
            }
        return {f"pages_{self.key}": wish.pages, f"form_{self.key}": FORMS[wish.as_text]}


FORMS = ("As pictures", "As text")


def take(held: Tray, name: str, data: bytes) -> None:
    """Read a file into the tray, and remember it where one may want it otherwise."""
    numbers = held.read(name, partial(read, name, data))
    parts = [held.pieces[number] for number in numbers]
    if kind := parts and uploads.choosable(name, data, parts):
        came(name, uploads.keep(data), kind, parts)


def came(name: str, key: str, kind: uploads.Kind, parts: Sequence[Media]) -> None:
    """Remember that a file was read to these parts, as it usually is."""
    _remember(Reading(base_name(name), key, kind, USUAL, frozenset(map(hash, parts))))


def resume(parts: Iterable[Media]) -> None:
    """For callbacks: parts come back into the tray; the fields shall say how they were read."""
    for reading in _readings(dict(enumerate(parts))):
        st.session_state.update(reading.widgets)


def draw(held: Tray) -> None:
    """A row for each file, with what can be chosen; what was chosen is read at once."""
    for reading in _readings(held.pieces):
        data = uploads.original(reading.key)
        if data is None:
            continue
        for key, value in reading.widgets.items():
            st.session_state.setdefault(key, value)
        if reading.kind == "clip":
            _frames(held, reading)
        else:
            _pages(reading)
        if _read_anew(held, reading, data):
            st.rerun()


def settle(held: Tray) -> None:
    """Before anything is sent: what was chosen last is read, though the press on Send came before that was done."""
    for reading in _readings(held.pieces):
        data = uploads.original(reading.key)
        if data is not None and reading.widgets.keys() <= st.session_state.keys():
            _read_anew(held, reading, data)


def _read_anew(held: Tray, reading: Reading, data: bytes) -> bool:
    """Where something else is wished than what was read, and was not tried in vain."""
    wish = _wished(reading)
    if wish == reading.wish:
        st.session_state.pop(_tried(reading), None)
    elif wish != st.session_state.get(_tried(reading)):
        _again(held, reading, data, wish)
        return True
    return False


def _wished(reading: Reading) -> Wish:
    """What its fields say."""
    said = {
        name.removesuffix(f"_{reading.key}"): st.session_state[name] for name in reading.widgets
    }
    if reading.kind == "clip":
        frames, tokens = said["frames"], said["frame_tokens"]
        return replace(
            reading.wish, frames=int(frames or 0), frame_tokens=int(tokens or FRAME_TOKENS)
        )
    pages, form = said["pages"], said["form"]
    return replace(reading.wish, pages=(pages or "").strip(), as_text=form == FORMS[True])


def _all() -> list[Reading]:
    kept: list[Reading] = st.session_state.setdefault("readings", [])
    return kept


def _remember(reading: Reading) -> None:
    st.session_state.readings = [*(one for one in _all() if one != reading), reading][-MOST:]


def _readings(parts: Mapping[int, Media]) -> list[Reading]:
    """Those of which something lies there, the latest of each file."""
    latest: dict[str, Reading] = {}
    for reading in _all():
        if reading.pieces(parts):
            latest[reading.key] = reading
    return list(latest.values())


def _tried(reading: Reading) -> str:
    """In the session: how the file could not be read; it is not tried in each run of the page."""
    return f"tried_{reading.key}"


def _frames(held: Tray, reading: Reading) -> None:
    """How many frames are wished, and how many tokens for each."""
    clips = [held.pieces[number] for number in reading.pieces(held.pieces)]
    there = next((len(clip.frames) for clip in clips if isinstance(clip, Video)), 1)
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        st.number_input(
            f"Frames of {label(reading.name)}",
            1,
            MOST_FRAMES,
            None,
            1,
            key=f"frames_{reading.key}",
            placeholder=str(there),
            help="Taken evenly from its first minute.",
            width=220,
        )
        st.selectbox(
            "Tokens for a frame",
            IMAGE_BUDGETS,
            key=f"frame_tokens_{reading.key}",
            help="On this machine. Servers take the tokens for a picture.",
            width=180,
        )


def _pages(reading: Reading) -> None:
    """Which pages are wished, and how."""
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        st.text_input(
            f"Pages of {label(reading.name)}",
            key=f"pages_{reading.key}",
            placeholder="the first ones; or 1-3, 7",
            width=260,
        )
        st.segmented_control(
            f"How {label(reading.name)} goes",
            list(FORMS),
            required=True,
            key=f"form_{reading.key}",
            label_visibility="collapsed",
        )


def _again(held: Tray, reading: Reading, data: bytes, wish: Wish) -> None:
    """Read the file in another way; where that fails, or is broken off, the pieces stay as they were."""
    held.faults.clear()
    numbers = held.read(
        reading.name,
        partial(read, reading.name, data, wish=wish),
        instead=reading.pieces(held.pieces),
    )
    st.session_state[_tried(reading)] = wish
    if numbers:
        made = frozenset(hash(held.pieces[number]) for number in numbers)
        _remember(replace(reading, wish=wish, made=made))
