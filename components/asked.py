"""The prompt that was asked, shown small above its answers, and the way back to change it."""

from __future__ import annotations

import streamlit as st

from components import composer
from components.media import ICONS, describe, preview
from playground.conversation import Conversation

LONG = 280
"""Characters of a prompt that are shown before the rest is folded away."""


def asked(conversation: Conversation) -> None:
    """Media beside the words, and "edit and run again"."""
    parts = conversation.media()
    words = conversation.question
    with st.container(horizontal=True, vertical_alignment="center", key="asked"):
        for part in parts:
            preview(part, 64, 180)
        with st.container(gap="xsmall", width="stretch" if not parts else "content"):
            if len(words) > LONG:
                with st.expander(f"{composer.plain(words[:LONG])}…"):
                    st.text(words)
            elif words:
                st.markdown(f"**{composer.plain(words)}**")
            notes = [f"{ICONS[part.kind]} {composer.plain(describe(part))}" for part in parts]
            if conversation.system:
                notes.append(":material/settings_account_box: with a system prompt")
            if notes:
                st.caption(" · ".join(notes))
            for part in parts:
                if part.kind == "audio":
                    st.audio(part.data, alt=part.name, width=260)
            st.button(
                "Edit and run again",
                key="edit",
                icon=":material/edit:",
                type="tertiary",
                on_click=composer.fill,
                args=(words, parts),
            )
