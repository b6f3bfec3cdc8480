"""The prompt that was asked, shown small above its answers, and the way back to change it."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from components import composer
from components.media import ICONS, describe, preview
from components.words import plain
from playground.conversation import Conversation, Media

LONG = 280
"""Characters of a prompt that are shown before the rest is folded away."""

TALL = 8
"""Lines of it."""


def asked(conversation: Conversation, away: Sequence[str]) -> None:
    """Media beside the words, and "edit and run again". `away` names the places that the prompt was sent to."""
    parts = conversation.media()
    words = conversation.question
    with st.container(horizontal=True, vertical_alignment="center", key="asked"):
        for part in parts:
            if part.kind != "audio":
                preview(part, 76, 240)
        with st.container(gap="xsmall"):
            if len(words) > LONG or words.count("\n") >= TALL:
                with st.expander(f"{plain(words[:LONG])}…"):
                    st.text(words)
            elif words:
                st.text(words)
            with st.container(horizontal=True, vertical_alignment="center", gap="small"):
                st.caption(" · ".join(_notes(conversation, away)), width="content")
                st.button(
                    "Edit and run again",
                    key="edit",
                    icon=":material/edit:",
                    type="tertiary",
                    on_click=_edit,
                    args=(words, parts),
                )
            for part in parts:
                if part.kind == "audio":
                    st.audio(part.data, alt=part.name, width=300)


def _edit(words: str, parts: tuple[Media, ...]) -> None:
    composer.fill(words, parts)
    there = (
        "The prompt is in the box, its media above the answers." if parts else "It is in the box."
    )
    st.toast(there, icon=":material/edit:")


def _notes(conversation: Conversation, away: Sequence[str]) -> list[str]:
    notes = [f"{ICONS[part.kind]} {plain(describe(part))}" for part in conversation.media()]
    if conversation.system:
        notes.append(":material/settings_account_box: with a system prompt")
    if away:
        return [*notes, f":material/cloud_upload: sent to {', '.join(away)}"]
    return [*notes, ":material/lock: nothing left this machine"]
