"""The settings panel: how every contender shall answer, and the system prompt. Kept in the address."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING
from urllib.parse import quote

import streamlit as st

from components import shell
from components.compare import address
from components.words import plain
from playground import config
from playground.comparisons.contender import Contender
from playground.models.capabilities import IMAGE_BUDGETS
from playground.prompt.conversation import LONGEST_ANSWER, Settings, UsualLength

if TYPE_CHECKING:
    from streamlit.delta_generator import DeltaGenerator

ADDRESS = 1800
"""Letters of an address that a text may take, as they are written there; servers refuse addresses above some 8,000."""

OWN = "the model's own"


@dataclass(frozen=True, slots=True)
class Chosen:
    """What the panel says, and the place in it where the models' own sampling is told."""

    settings: Settings
    system: str
    own: DeltaGenerator


def panel() -> Chosen:
    """A button that opens the panel."""
    usual = Settings()
    with st.popover("Settings", icon=":material/tune:", key="settings"):
        system = _words("system", "System prompt", "None")
        thinking = st.toggle("Think before answering", key="thinking", bind="query-params")
        budget = st.selectbox(
            "Tokens for a picture",
            [OWN, *map(str, IMAGE_BUDGETS)],
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
        temperature = st.number_input(
            "Temperature",
            0.0,
            2.0,
            None,
            0.05,
            key="temperature",
            bind="query-params",
            placeholder=OWN,
            help="0 always takes the likeliest token.",
            on_change="ignore",
        )
        top_p = st.number_input(
            "Top-p",
            0.05,
            1.0,
            None,
            0.05,
            key="top_p",
            bind="query-params",
            placeholder=OWN,
            on_change="ignore",
        )
        top_k = st.number_input(
            "Top-k",
            0,
            1000,
            None,
            key="top_k",
            bind="query-params",
            placeholder=OWN,
            help="0 turns it off.",
            on_change="ignore",
        )
        own = st.empty()
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
        one_by_one = st.toggle(
            "Hear recordings one by one",
            key="one_by_one",
            bind="query-params",
            help="Each recording of a question, or each piece of a long one, gets a request of its own; the answers "
            "are joined.",
        )
        begun = _words(
            "begun",
            "Begin the answer with",
            "Nothing",
            "The model goes on from there, without a thought before it. The page marks what is yours.",
        )
    try:
        settings = Settings(
            temperature=temperature,
            top_p=top_p,
            top_k=top_k,
            seed=None if seed is None else int(seed),
            max_tokens=int(length) if length else usual.max_tokens,
            thinking=bool(thinking),
            image_tokens=None if budget in (None, OWN) else int(budget),
            begun=begun,
            one_by_one=bool(one_by_one),
        )
    except ValueError as error:
        st.toast(f"The settings are not used: {error}.", icon=":material/error:")
        settings = usual
    most = config.read().most_answer.of(shell.may_manage())
    if most is not None and settings.max_tokens > most:
        settings = replace(settings, max_tokens=most)
    return Chosen(settings, system, own)


def put(chosen: Settings, system: str) -> None:
    """For callbacks: have the panel say this."""
    length, budget = chosen.max_tokens, chosen.image_tokens
    st.session_state.update(
        system=system,
        thinking=chosen.thinking,
        image_tokens=OWN if budget is None else str(budget),
        max_tokens=None if isinstance(length, UsualLength) else length,
        temperature=chosen.temperature,
        top_p=chosen.top_p,
        top_k=chosen.top_k,
        seed=chosen.seed,
        begun=chosen.begun,
        one_by_one=chosen.one_by_one,
    )


def tell_own(chosen: Chosen, contenders: Sequence[Contender]) -> None:
    """Say in the panel how each contender samples where nothing is chosen; those that do alike in one line."""
    alike: dict[str, list[str]] = {}
    for one in contenders:
        words = one.model.sampling.words or "as its server is set"
        alike.setdefault(words, []).append(plain(one.label))
    lines = [f"{', '.join(labels)}: {words}" for words, labels in alike.items()]
    if lines:
        chosen.own.caption("  \n".join([f"{OWN.capitalize()}:", *lines]))


def _words(name: str, label: str, empty: str, help: str | None = None) -> str:
    """A box for words; they are in the address as long as that stays one that servers take."""
    linked = address.came(name)
    if linked is not None and not (shell.returns() and name not in st.query_params):
        st.session_state[name] = linked
    text = st.text_area(
        label, key=name, height=80, placeholder=empty, help=help, persist_state="session"
    )
    fits = len(quote(text)) <= ADDRESS
    if not fits:
        st.caption(":material/link_off: Too long for the address: a link does not carry it.")
    address.tell(name, text if fits else "")
    return text


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
