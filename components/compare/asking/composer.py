"""The composer: the box at the bottom of the page, and how what was sent becomes a conversation.

What can't be sent is given back whole: the words into the box, the good files into the tray, and a
sentence for what was wrong.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import streamlit as st

from components import columns, web
from components.building import building
from components.compare.asking import consent, sources
from components.compare.asking.outgoing import outgoing
from components.compare.asking.tray import tray
from components.shell import ASSETS
from components.uploads import boxed
from playground.comparisons.comparison import Comparison
from playground.comparisons.round import Round
from playground.prompt.conversation import Conversation, Media
from playground.prompt.limits import LIMITS
from playground.prompt.media import read

if TYPE_CHECKING:
    from streamlit.delta_generator import DeltaGenerator

BOX = "composer"
EDITED = "edited_round"


def box(on: Comparison | None) -> DeltaGenerator:
    """The pinned box; returns the place above it, which moves the box nowhere.

    `on` is the comparison that goes on with what is asked; None where a new one begins.
    """
    held = outgoing()
    if (left := columns.handed()) is not None:
        held.refill, file = left
        sample = ASSETS / "samples" / file
        tray().hold(read(file, sample.read_bytes()) if file else ())
    if held.refill is not None:
        st.session_state[BOX] = held.refill
        held.refill = None
    with st.bottom.container(gap="xsmall"):
        above = st.container(gap=None)
        st.chat_input(
            "Ask on" if held.waits else _invitation(on),
            key=BOX,
            accept_file="multiple",
            accept_audio=True,
            max_upload_size=LIMITS.file_bytes // 1_000_000,
            on_submit=_keep,
            disabled=not web.who().asks,  # else what is written would be lost on the way to the provider
        )
        consent.line()
    return above


def _keep() -> None:
    """What was sent is kept until it is composed: the run of the page that it began may be interrupted before."""
    outgoing().said = st.session_state[BOX]


def _invitation(on: Comparison | None) -> str:
    round = edited(on)
    if round is not None:
        return f"Ask this instead of round {round.number}"
    return "Ask on" if on else "Ask the family"


def edit(round: Round, text: str, media: tuple[Media, ...]) -> None:
    """For callbacks: change a round; what is sent next takes its place."""
    st.session_state[EDITED] = round.id
    fill(text, media)


def edited(comparison: Comparison | None) -> Round | None:
    """The round of that comparison that is being changed, if one is."""
    id = st.session_state.get(EDITED)
    return comparison.find(id) if comparison and id else None


def before(comparison: Comparison | None) -> Round | None:
    """The round that what is sent next goes on from."""
    if comparison is None:
        return None
    round = edited(comparison)
    return comparison.last if round is None else round.before


def leave_edit() -> None:
    """Nothing is being changed any more."""
    st.session_state.pop(EDITED, None)


def begin_anew(on: Comparison | None) -> None:
    """For callbacks: clear the tray, and the box of a question that was being changed.

    Other words stay: one may be writing them already, and what the box is told would come upon them.
    """
    if edited(on) is not None:
        st.session_state[BOX] = ""
    leave_edit()
    held = outgoing()
    if held.waits:  # its files were still being read
        words = held.said.text if held.said else held.words
        held.refill, held.said, held.words = words, None, None
    tray().hold(())


def fill(text: str, media: tuple[Media, ...]) -> None:
    """For callbacks: put a prompt into the box and its media into the tray, to be sent or changed."""
    st.session_state[BOX] = text
    tray().hold(media)
    sources.resume(media)


def compose(system: str, contenders: int) -> Conversation | None:
    """The conversation to run now, if one was sent and everything in it is good. Where this run of the page is ended
    before it is asked, the next one composes it again.
    """
    held, out = tray(), outgoing()
    if not out.waits:
        return None
    said = out.said
    text = said.text if said else out.words or ""
    held.faults.clear()
    sources.settle(held)
    out.refill, out.said, out.words = text, None, None  # they come back if reading is interrupted
    if said and (said.files or said.audio):
        building.pause()  # they are read in a process of their own, which may take seconds
        with st.spinner("Reading…"):
            for file in said.files:
                numbers = held.read(file.name, partial(boxed().take, file))
                if (choice := boxed().choice(file)) and numbers:
                    sources.came(file.name, *choice, [held.pieces[one] for one in numbers])
            if said.audio:
                held.read("voice.wav", partial(read, "voice.wav", said.audio.getvalue()))
        building.resume()
    for what, long in (("prompt", len(text)), ("system prompt", len(system))):
        if long > LIMITS.characters:
            held.faults.append(
                f"The {what} has {long:,} characters; the most is {LIMITS.characters:,}."
            )
    if not contenders:
        held.faults.append("Choose at least one contender that can run here.")
    if held.faults or not (text.strip() or held.parts):
        st.rerun()
    out.words, out.refill = text, None
    return Conversation.ask(text, held.parts, system)


def done() -> None:
    """It is asked: nothing of it is left in the box and the tray."""
    held, out = tray(), outgoing()
    held.pieces, held.removed = {}, {}
    out.sent, out.refill, out.asked, out.began = out.refill or "", None, False, None


def give_back(asked: Conversation, why: str) -> None:
    """Put what was composed back, its words into the box and its media into the tray, and say why it was not sent."""
    held = tray()
    held.hold(asked.media())
    held.faults = [why]
    out = outgoing()
    out.refill, out.words = asked.question, None
    st.rerun()


def send(text: str) -> None:
    """For callbacks: send these words with what lies in the tray."""
    outgoing().words = text
