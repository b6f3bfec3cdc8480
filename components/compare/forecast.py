"""What the next prompt would cost each contender, and who would be skipped: said above the box while it is written."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from components import browser, colours
from components.compare import figures
from components.compare.boxed import boxed
from components.compare.tray import tray
from components.words import plain
from playground.comparisons.contender import Contender
from playground.desk import verdicts
from playground.prompt import tokens
from playground.prompt.check import Refused
from playground.prompt.conversation import Conversation


@st.fragment
def draw(contenders: Sequence[Contender], system: str) -> None:
    """One line for all contenders. Drawn again, alone, whenever the writer pauses or a file has come."""
    words = browser.watch()
    box = boxed()
    box.look()
    for fault in box.faults:
        st.caption(f":red[:material/error: {plain(fault)}]")
    parts = (*tray().parts, *box.parts)
    if contenders and (words.strip() or parts):
        st.caption(" · ".join(said(Conversation.ask(words, parts, system), contenders)))


def said(conversation: Conversation, contenders: Sequence[Contender]) -> list[str]:
    """ "**E2B, E4B** would read 90 tokens = 67 picture + 23 text", "**31B** is skipped: has no audio encoder"."""
    readers: dict[str, list[str]] = {}
    skipped = []
    for contender, verdict in zip(contenders, verdicts(conversation, contenders), strict=True):
        name = colours.text(contender.model.variant, f"**{plain(contender.label)}**")
        if isinstance(verdict, Refused):
            reason = verdict.reason.removeprefix(contender.label).rstrip(".").strip()
            skipped.append(f"{name} :orange[:material/block: is skipped: {plain(reason)}]")
        else:
            count = tokens.count(conversation, contender.settings, contender.model)
            readers.setdefault(figures.reads(count), []).append(name)
    if len(readers) == 1 and not skipped:
        return [f"All would read {cost}" for cost in readers]
    return [f"{', '.join(names)} would read {cost}" for cost, names in readers.items()] + skipped
