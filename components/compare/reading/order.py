"""In which order columns stand on the screen: as they were chosen, or by a figure once all have answered."""

from __future__ import annotations

import streamlit as st

from playground.comparisons.comparison import Comparison
from playground.comparisons.findings.repeats import together
from playground.comparisons.lineup.seating import Group, groups

BY_HAND = "as chosen"
FIGURES: dict[str, tuple[str, bool]] = {
    "ttft_s": ("by TTFT", False),
    "output_tps": ("by speed", True),
    "e2e_s": ("by E2E", False),
    "tpot_ms": ("by TPOT", False),
    "ttfa_s": ("by first answer token", False),
    "prefill_tps": ("by prefill speed", True),
    "answer_tokens": ("by length of the answer", False),
    "thinking_tokens": ("by length of the thought", False),
}
"""What each order is called, and whether the largest comes first."""


def choice() -> None:
    """Which order; the line-up itself stays as it is."""
    st.selectbox(
        "Columns stand",
        [BY_HAND, *FIGURES],
        format_func=lambda name: FIGURES[name][0] if name in FIGURES else name,
        key="order",
        persist_state="session",
        help="By a figure once all have answered; repeats by their mean. Those without it come last.",
    )


def by_figure() -> str:
    """The figure that orders the columns; empty where they stand as chosen."""
    chosen = st.session_state.get("order", BY_HAND)
    return chosen if chosen in FIGURES else ""


def arranged(comparison: Comparison) -> tuple[Group, ...]:
    """The contenders of the last round with their repeats, in the order in which they stand."""
    chosen, held = groups(comparison.contenders), by_figure()
    if not held or not comparison.last.ended:
        return chosen
    largest = FIGURES[held][1]

    def place(group: Group) -> tuple[bool, float]:
        answers = [comparison.last.answer(one.id) for one in group.contenders]
        found = together([one for one in answers if one is not None], texts=False)
        mean = found.figures[held].mean if held in found.figures else None
        return mean is None, 0.0 if mean is None else -mean if largest else mean

    return tuple(sorted(chosen, key=place))
