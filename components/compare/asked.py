"""A round's question, shown small above its answers, and the ways back to change it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import streamlit as st

from components.compare.asking import composer, heard
from components.compare.reading.view import View
from components.media import briefly, look_into, preview
from components.words import plain
from playground.comparisons.comparison import Comparison
from playground.comparisons.round import Round

LONG = 280
"""Characters of a prompt that are shown before the rest is folded away."""

ONE_ALONE = "One contender alone is run again in the last round: later answers go on from its words"

TALL = 8
"""Lines of it."""


def asked(
    comparison: Comparison,
    round: Round,
    away: Sequence[str],
    rerun: Callable[[Round], None] | None,
    held: View,
) -> None:
    """Media beside the words, and what can be done about the round. `away` names the places that it was sent to.

    Where `rerun` is None nothing can be done: the comparison is somebody else's. A folded one is opened first.
    """
    parts = round.asked.media()
    words = round.asked.question
    last = round is comparison.last
    name = "asked" if last else f"asked_{round.number}"
    with st.container(horizontal=True, vertical_alignment="center", key=name):
        for part in parts:
            if part.kind not in ("audio", "document"):
                preview(part, 76 if last else 44, 240)
        with st.container(gap="xsmall"):
            if len(words) > LONG or words.count("\n") >= TALL:
                with st.expander(f"{plain(words[:LONG])}…"):
                    st.text(words)
            elif words:
                st.text(words)
            with st.container(horizontal=True, vertical_alignment="center", gap="small"):
                st.caption(" · ".join(_notes(round, away)), width="content")
                with st.container(horizontal=True, width="content", gap="small"):
                    if rerun is not None and (last or round.id not in held.rounds):
                        _actions(comparison, round, last, rerun)
                    if not last:
                        _fold(round, held)
            for place, part in enumerate(parts):
                if part.kind == "audio":
                    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
                        st.audio(part.data, alt=part.name, width=300)
                        heard.look_button(part, f"look_{round.number}_{place}")
                elif part.kind == "document":
                    look_into(part, f"file_{round.number}_{place}")


def _actions(
    comparison: Comparison, round: Round, last: bool, rerun: Callable[[Round], None]
) -> None:
    suffix = "" if last else f"_{round.number}"
    st.button(
        "Edit and run again",
        key=f"edit{suffix}",
        icon=":material/edit:",
        type="tertiary",
        help="What came after is kept as a branch",
        on_click=_edit,
        args=(round,),
    )
    st.button(
        "Ask again",
        key=f"rerun{suffix}",
        icon=":material/refresh:",
        type="tertiary",
        help="Put the same question to everybody once more; these answers are kept as a branch"
        + ("" if last else f". {ONE_ALONE}"),
        on_click=rerun,
        args=(round,),
    )
    branches = comparison.branches(round)
    if len(branches) > 1:
        at = branches.index(round)
        for step, icon, words in ((-1, "chevron_left", "before"), (1, "chevron_right", "after")):
            there = 0 <= at + step < len(branches)
            st.button(
                f"The branch {words}",
                key=f"branch{step}{suffix}",
                icon=f":material/{icon}:",
                type="tertiary",
                disabled=not there,
                on_click=comparison.show,
                args=(branches[at + step] if there else round,),
            )
        st.caption(f"{at + 1} of {len(branches)}", width="content")


def _fold(round: Round, held: View) -> None:
    folded = round.id in held.rounds
    st.button(
        "Open" if folded else "Fold",
        key=f"fold_{round.number}",
        icon=f":material/unfold_{'more' if folded else 'less'}:",
        type="tertiary",
        on_click=held.fold_round,
        args=(round,),
    )


def _edit(round: Round) -> None:
    parts = round.asked.media()
    composer.edit(round, round.asked.question, parts)
    there = (
        "The question is in the box, its media above the answers." if parts else "It is in the box."
    )
    st.toast(there, icon=":material/edit:")


def _notes(round: Round, away: Sequence[str]) -> list[str]:
    notes = [f":material/forum: round {round.number}"] if round.before else []
    notes += briefly(round.asked.media())
    if round.asked.system:
        notes.append(":material/settings_account_box: with a system prompt")
    if away:
        return [*notes, f":material/cloud_upload: sent to {', '.join(map(plain, away))}"]
    return [*notes, ":material/lock: nothing left this machine"]
