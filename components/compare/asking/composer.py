"""The composer: the box at the bottom of the page, and how what was sent becomes a conversation.

What can't be sent is given back whole: the words into the box, the good files into the tray, and a
sentence for what was wrong.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import streamlit as st
from streamlit.typing import ChatInputValue

from components import columns
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


def box(on: Comparison | None) -> tuple[ChatInputValue | None, DeltaGenerator]:
    """The pinned box: what was just sent, if anything, and the place above it, which moves the box nowhere.

    `on` is the comparison that goes on with what is asked; None where a new one begins.
    """
    if (file := columns.handed()) is not None:
        sample = ASSETS / "samples" / file
        tray().hold(read(file, sample.read_bytes()) if file else ())
    if "refill" in st.session_state:
        st.session_state[BOX] = st.session_state.pop("refill")
    with st.bottom.container(gap="xsmall"):
        above = st.container(horizontal=True, vertical_alignment="center", gap="small")
        said: ChatInputValue | None = st.chat_input(
            _invitation(on),
            key=BOX,
            accept_file="multiple",
            accept_audio=True,
            max_upload_size=LIMITS.file_bytes // 1_000_000,
        )
    return said, above


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


def leave_edit() -> None:
    """Nothing is being changed any more."""
    st.session_state.pop(EDITED, None)


def fill(text: str, media: tuple[Media, ...]) -> None:
    """For callbacks: put a prompt into the box and its media into the tray, to be sent or changed."""
    st.session_state[BOX] = text
    tray().hold(media)


def compose(said: ChatInputValue | None, system: str, contenders: int) -> Conversation | None:
    """The conversation to run now, if one was sent and everything in it is good."""
    held = tray()
    clicked: str | None = st.session_state.pop("send", None)
    if said is None and clicked is None:
        return None
    text = said.text if said else clicked or ""
    held.faults.clear()
    if said:
        # Whatever interrupts the reading, the words come back.
        st.session_state.refill = text
        with st.spinner("Reading…"):
            for file in said.files:
                held.read(file.name, partial(boxed().take, file))
            if said.audio:
                held.read("voice.wav", partial(read, "voice.wav", said.audio.getvalue()))
        del st.session_state.refill
    if len(text) > LIMITS.characters:
        held.faults.append(
            f"The prompt has {len(text):,} characters; the most is {LIMITS.characters:,}."
        )
    if not contenders:
        held.faults.append("Choose at least one contender that can run here.")
    if held.faults or not (text.strip() or held.parts):
        st.session_state.refill = text
        st.rerun()
    conversation = Conversation.ask(text, held.parts, system)
    st.session_state.sent = text
    held.pieces = {}
    if said:
        held.removed = {}
    return conversation


def give_back(asked: Conversation, why: str) -> None:
    """Put what was composed back, its words into the box and its media into the tray, and say why it was not sent."""
    held = tray()
    held.hold(asked.media())
    held.faults = [why]
    st.session_state.refill = asked.question
    st.rerun()


def send(text: str) -> None:
    """For callbacks: send these words with what lies in the tray."""
    st.session_state.send = text
