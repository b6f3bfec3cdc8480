"""One setting of a contender over several values, a column for each."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from components import columns
from components.compare.choosing import own
from components.compare.contenders import MOST, words
from components.words import plain
from playground.comparisons.lineup.entry import Entry
from playground.comparisons.lineup.sweep import USUAL, parse, swept
from playground.prompt.overrides import Unfit, spoken

LABELS = {
    "image_tokens": "Tokens for a picture",
    "temperature": "Temperature",
    "thinking": "Thinking",
    "max_tokens": "Longest answer",
    "top_p": "Top-p",
    "top_k": "Top-k",
    "seed": "Seed",
}


def panel(entry: Entry) -> None:
    """Which setting, over which values, and the button that lays them out."""
    with st.expander(
        "Sweep one setting", icon=":material/linear_scale:", key="sweep", type="compact"
    ):
        name = st.selectbox(
            "Setting", list(USUAL), format_func=lambda name: LABELS[name], key="sweep_setting"
        )
        text = st.text_input("Values", USUAL[name], key=f"sweep_{name}", max_chars=200)
        fault = ""
        try:
            sweep = parse(f"{spoken(name)}={text}")
        except Unfit as error:
            fault, sweep = str(error), None
        others = len(columns.chosen()) - 1
        count = len(sweep.values) if sweep else 0
        if count > MOST:
            fault = f"{MOST} columns are the most; these are {count}."
        if fault:
            st.caption(plain(fault))
        elif count + others > MOST:
            st.caption(
                f"{MOST} columns are the most, so these {count} take the place of all others."
            )
        st.button(
            f"A column of {plain(words(entry))} for each",
            key="sweep_lay",
            disabled=bool(fault),
            on_click=_lay,
            args=(entry.id, f"{spoken(name)}={text}"),
        )


def _lay(id: str, text: str) -> None:
    """Those that stand there already do not come twice: presses may come two at a time."""
    entries = columns.chosen()
    at = next((n for n, one in enumerate(entries) if one.id == id), None)
    if at is None:
        return
    before, one, after = entries[:at], entries[at], entries[at + 1 :]
    there = [replace(other, number=1) for other in (*before, *after)]
    laid = swept([one], parse(text))
    made = tuple(one for one in laid if replace(one, number=1) not in there)
    alone = len(made) + len(there) > MOST
    columns.choose(laid if alone else (*before, *made, *after))
    own.laid_anew()
