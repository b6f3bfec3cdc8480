"""The tray: what lies ready for the next prompt, a piece each with its preview and what it costs."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from components import web
from components.compare.asking import composer, heard, sources
from components.compare.asking.tray import Tray, tray
from components.compare.reading.stage import stage
from components.media import ICONS, facts, preview
from components.words import plain
from playground.comparisons.contender import Contender
from playground.models.sizes import counted
from playground.prompt import tokens
from playground.prompt.check import SLACK_S
from playground.prompt.conversation import Audio, Conversation, Media


def lying() -> Conversation | None:
    """What lies in the tray, as a question; None where nothing does."""
    parts = tray().parts
    return Conversation.ask("", parts, "") if parts else None


def draw(contenders: Sequence[Contender]) -> None:
    """Faults, and pieces with their previews and what each costs. Nothing where nothing lies."""
    held = tray()
    with stage("faults", (*held.faults, *held.removed)):
        for fault in held.faults:
            st.warning(plain(fault), icon=":material/error:")
        if held.removed:
            _undo(held)
    with stage("tray", tuple(held.pieces)):
        if held.pieces:
            _tray(held, contenders)


def _tray(held: Tray, contenders: Sequence[Contender]) -> None:
    with st.container(border=True, key="tray", gap="small"):
        with st.container(
            horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"
        ):
            st.markdown("**For the next prompt**", width="content")
            with st.container(horizontal=True, width="content", gap="small"):
                st.button(
                    "Run without words",
                    key="run_tray",
                    icon=":material/play_arrow:",
                    type="tertiary",
                    disabled=not (contenders and web.who().asks),
                    on_click=composer.send,
                    args=("",),
                )
                st.button(
                    "Remove all",
                    key="clear_tray",
                    icon=":material/delete:",
                    type="tertiary",
                    on_click=held.clear,
                )
        sources.draw(held)
        with st.grid("auto", min_column_width=310):
            for number, part in held.pieces.items():
                _piece(held, number, part, contenders)


def _piece(held: Tray, number: int, part: Media, contenders: Sequence[Contender]) -> None:
    with st.container(horizontal=True, vertical_alignment="center", key=f"piece_{number}"):
        with st.container(width="content", gap="xsmall"):
            preview(part, 84, 200, playable=True)
        with st.container(gap=None):
            st.markdown(f"{ICONS[part.kind]} {plain(part.name)}")
            st.caption(plain(facts(part)))
            st.caption(_costs(part, contenders))
            with st.container(horizontal=True, gap="small"):
                if isinstance(part, Audio):
                    _sound(held, number, part, contenders)
                st.button(
                    "Remove",
                    key=f"remove_{number}",
                    icon=":material/close:",
                    type="tertiary",
                    help=f"Take {plain(part.name)} out",
                    on_click=held.remove,
                    args=(number,),
                )


def _sound(held: Tray, number: int, part: Audio, contenders: Sequence[Contender]) -> None:
    """Its picture; and where it is longer than those who hear it can hear at a time, pieces of it."""
    heard.look_button(part, f"look_{number}")
    hearing = [one.model.capabilities for one in contenders if one.model.capabilities.audio]
    most = min((one.audio_seconds for one in hearing), default=part.seconds)
    if part.seconds > most + SLACK_S:
        st.button(
            "Split at silences",
            key=f"split_{number}",
            icon=":material/content_cut:",
            type="tertiary",
            help=f"Pieces of at most {most:g} s, heard one after the other in the same prompt",
            on_click=held.split,
            args=(number, most),
        )
        st.button(
            "Answer pieces one by one",
            key=f"apart_{number}",
            icon=":material/splitscreen:",
            type="tertiary",
            help=f"Pieces of at most {most:g} s in a request each, the answers joined",
            on_click=_one_by_one,
            args=(held, number, most),
        )


def _one_by_one(held: Tray, number: int, seconds: float) -> None:
    held.split(number, seconds)
    st.session_state.one_by_one = True


def _costs(part: Media, contenders: Sequence[Contender]) -> str:
    """What a part costs each contender: "67 tokens · not for 26B-A4B, 31B"."""
    by_cost: dict[int, list[str]] = {}
    cannot = []
    for contender in contenders:
        if part.kind == "document" or getattr(contender.model.capabilities, part.kind):
            cost = tokens.of_part(part, contender.settings, contender.model)
            by_cost.setdefault(cost, []).append(contender.label)
        else:
            cannot.append(contender.label)
    one_price = len(by_cost) == 1
    said = [
        f"**{counted(cost, 'token')}**" + ("" if one_price else f" for {plain(', '.join(labels))}")
        for cost, labels in by_cost.items()
    ]
    if cannot:
        said.append(f":orange[not for {plain(', '.join(cannot))}]")
    return " · ".join(said)


def _undo(held: Tray) -> None:
    names = ", ".join(part.name for part in held.removed.values())
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.caption(f"Taken out: {plain(names)}", width="content")
        st.button(
            "Undo",
            key="undo",
            icon=":material/undo:",
            type="tertiary",
            on_click=held.restore,
        )
