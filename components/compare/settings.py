"""The settings panel: how every contender shall answer, and the system prompt. Kept in the address."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from playground.models.capabilities import IMAGE_BUDGETS
from playground.prompt.conversation import LONGEST_ANSWER, Settings

OWN_BUDGET = "the model's own"


@dataclass(frozen=True, slots=True)
class Chosen:
    """What the panel says."""

    settings: Settings
    system: str


def panel() -> Chosen:
    """A button that opens the panel."""
    usual = Settings()
    with st.popover("Settings", icon=":material/tune:", key="settings"):
        system = st.text_area(
            "System prompt", key="system", bind="query-params", height=80, placeholder="None"
        )
        thinking = st.toggle("Think before answering", key="thinking", bind="query-params")
        budget = st.selectbox(
            "Tokens for a picture",
            [OWN_BUDGET, *map(str, IMAGE_BUDGETS)],
            key="image_tokens",
            bind="query-params",
            help="More tokens show more detail, and take longer to read.",
        )
        length = st.number_input(
            "Longest answer, in tokens",
            1,
            LONGEST_ANSWER,
            None,
            64,
            key="max_tokens",
            bind="query-params",
            placeholder=f"{usual.max_tokens:,}, or {Settings(thinking=True).max_tokens:,} with thinking",
        )
        temperature = st.slider(
            "Temperature",
            0.0,
            2.0,
            usual.temperature,
            0.05,
            key="temperature",
            bind="query-params",
            help="0 always takes the likeliest token.",
            on_change="ignore",
        )
        top_p = st.slider(
            "Top-p",
            0.05,
            1.0,
            usual.top_p,
            0.05,
            key="top_p",
            bind="query-params",
            on_change="ignore",
        )
        top_k = st.number_input(
            "Top-k",
            0,
            1000,
            usual.top_k,
            key="top_k",
            bind="query-params",
            help="0 turns it off.",
            on_change="ignore",
        )
        seed = st.number_input(
            "Seed",
            0,
            2**53 - 1,
            None,
            1,
            key="seed",
            bind="query-params",
            placeholder="a new one each time",
            on_change="ignore",
        )
    try:
        settings = Settings(
            temperature=float(temperature),
            top_p=float(top_p),
            top_k=int(top_k or 0),
            seed=None if seed is None else int(seed),
            max_tokens=int(length) if length else usual.max_tokens,
            thinking=bool(thinking),
            image_tokens=None if budget in (None, OWN_BUDGET) else int(budget),
        )
    except ValueError as error:
        st.toast(f"The settings are not used: {error}.", icon=":material/error:")
        settings = usual
    return Chosen(settings, system or "")


def timing() -> bool:
    """Fair or all at once; True for the latter."""
    choices = ["Fair", "All at once"]
    timing = st.segmented_control(
        "Timing",
        choices,
        default=choices[0],
        required=True,
        key="timing",
        bind="query-params",
        label_visibility="collapsed",
        help="Fair: one after the other on each device, so that the figures mean something.",
    )
    return timing == choices[1]
