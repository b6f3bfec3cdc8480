"""The composer: the box at the bottom of the page, and how what was sent becomes a conversation.

What can't be sent is given back whole: the words into the box, the good files into the tray, and a
sentence for what was wrong.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import streamlit as st
from streamlit.typing import ChatInputValue

from components import columns, web
from components.compare.asking import consent, sources
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
SUBMITTED = "submitted"
EDITED = "edited_round"


def box(on: Comparison | None) -> DeltaGenerator:
    """The pinned box; returns the place above it, which moves the box nowhere.

    `on` is the comparison that goes on with what is asked; None where a new one begins.
    """
    if (file := columns.handed()) is not None:
        sample = ASSETS / "samples" / file
        tray().hold(read(file, sample.read_bytes()) if file else ())
    if "refill" in st.session_state:
        st.session_state[BOX] = st.session_state.pop("refill")
    with st.bottom.container(gap="xsmall"):
        above = st.container(gap=None)
        st.chat_input(
            "Ask on" if _sent() else _invitation(on),
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
    st.session_state[SUBMITTED] = st.session_state[BOX]


def _sent() -> bool:
    """Whether this run of the page begins with something that was sent: what is written next goes on from it."""
    return st.session_state.get(SUBMITTED) is not None or st.session_state.get("send") is not None


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
    if (said := st.session_state.pop(SUBMITTED, None)) is not None:
        st.session_state.refill = said.text  # its files were still being read
    tray().hold(())


def fill(text: str, media: tuple[Media, ...]) -> None:
    """For callbacks: put a prompt into the box and its media into the tray, to be sent or changed."""
    st.session_state[BOX] = text
    tray().hold(media)
    sources.resume(media)


def compose(system: str, contenders: int) -> Conversation | None:
    """The conversation to run now, if one was sent and everything in it is good; `done` follows once it runs."""
    held = tray()
    said: ChatInputValue | None = st.session_state.get(SUBMITTED)
    clicked: str | None = st.session_state.get("send")
    if said is None and clicked is None:
        return None
    text = said.text if said else clicked or ""
    held.faults.clear()
    sources.settle(held)  # where this is interrupted, the next run does it again
    # Whatever interrupts what follows, the words come back, and nothing is asked twice.
    st.session_state.refill = text
    for taken in (SUBMITTED, "send"):
        st.session_state.pop(taken, None)
    if said:
        with st.spinner("Reading…"):
            for file in said.files:
                numbers = held.read(file.name, partial(boxed().take, file))
                if (choice := boxed().choice(file)) and numbers:
                    sources.came(file.name, *choice, [held.pieces[one] for one in numbers])
            if said.audio:
                held.read("voice.wav", partial(read, "voice.wav", said.audio.getvalue()))
    for what, long in (("prompt", len(text)), ("system prompt", len(system))):
        if long > LIMITS.characters:
            held.faults.append(
                f"The {what} has {long:,} characters; the most is {LIMITS.characters:,}."
            )
    if not contenders:
        held.faults.append("Choose at least one contender that can run here.")
    if held.faults or not (text.strip() or held.parts):
        st.rerun()
    return Conversation.ask(text, held.parts, system)


def done() -> None:
    """It runs: nothing of it is left in the box and the tray."""
    held = tray()
    held.pieces, held.removed = {}, {}
    st.session_state.sent = st.session_state.pop("refill", "")


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
