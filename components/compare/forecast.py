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
    words = _not_sent_yet(browser.watch())
    box = boxed()
    box.look()
    lines = [f":red[:material/error: {plain(fault)}]" for fault in box.faults]
    parts = (*tray().parts, *box.parts)
    if contenders and (words.strip() or parts):
        lines.append(" · ".join(said(Conversation.ask(words, parts, system), contenders)))
    if lines:
        st.caption("  \n".join(lines))


def _not_sent_yet(words: str) -> str:
    """The words in the box; nothing as long as they are those that were just sent: the browser tells a moment later."""
    if words == st.session_state.get("sent"):
        return ""
    st.session_state.pop("sent", None)
    return words


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
