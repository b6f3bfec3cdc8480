"""Which one? A few questions, and the members in the order in which they suit."""

from __future__ import annotations

import streamlit as st

from components import colours, columns
from components.media import ICONS
from components.variants import machine
from components.variants.sources import note
from components.words import plain
from playground.models.catalog import Catalog
from playground.models.family.tasks import MEDIA, TASKS, Task
from playground.models.family.which import RULES, Choice, Need, which

BADGES = {"fits": "green", "tight": "orange", "does not fit": "red"}
TAKES = {"image": "pictures", "audio": "sound", "video": "clips"}


def ask(held: Catalog) -> None:
    """The questions, the ranking with its reasons, and the rules."""
    wanted = _questions()
    choices = which(wanted, held)
    if wanted.job.note:
        note(plain(wanted.job.note))
    fitting = [one for one in choices if one.fits]
    if len(fitting) > 1:
        _open("Compare all that fit", [one.spec for one in fitting], wanted.job, "all")
    for number, choice in enumerate(choices, 1):
        _draw(number, choice, wanted.job)
    with st.expander("The rules", icon=":material/rule:"):
        st.markdown("\n".join(f"- {rule}" for rule in RULES))


def _questions() -> Need:
    with st.container(horizontal=True, gap="medium"):
        task = st.selectbox(
            "What for?",
            list(TASKS),
            format_func=lambda key: TASKS[key].title,
            key="which_task",
            width=330,
        )
        job = TASKS[str(task)]
        hardware = machine.choose("which")
    with st.container(horizontal=True, gap="medium"):
        media = st.pills(
            "With",
            list(MEDIA),
            selection_mode="multi",
            format_func=lambda kind: f"{ICONS[kind]} {TAKES[kind]}",
            key="which_media",
        )
        longest = st.number_input(
            "Longest input, tokens",
            1,
            10_000_000,
            None,
            1_000,
            placeholder=f"{job.longest:,}",
            key="which_longest",
            width=180,
        )
        first = st.segmented_control(
            "What comes first?",
            ["as the task has it", "quality", "latency"],
            default="as the task has it",
            required=True,
            key="which_first",
        )
        offline = st.toggle("It must run offline", key="which_offline")
    return Need(
        job.key,
        hardware,
        frozenset(media or ()),
        int(longest) if longest else None,
        first if first in ("quality", "latency") else None,
        bool(offline),
    )


def _draw(number: int, choice: Choice, job: Task) -> None:
    with st.container(border=True, key=f"choice_{number}", gap="xsmall"):
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            name = colours.text(choice.variant, f"**{choice.variant}**")
            stored = f" in {choice.precision}" if choice.able else ""
            st.markdown(f"{number}\\. {name}{stored}", width="content")
            state = choice.verdict if choice.able else "can't"
            st.badge(state, color=BADGES[choice.verdict] if choice.able else "gray")
            st.space("stretch")
            if choice.able:
                _open("Open in Compare", [choice.spec], job, choice.variant)
        st.markdown("\n".join(f"- {plain(reason)}" for reason in choice.reasons))


def _open(words: str, specs: list[str], job: Task, key: str) -> None:
    if st.button(words, key=f"open_{key}", icon=":material/compare:", help=plain(job.prompt)):
        columns.hand(specs, job.prompt, job.file)
        st.switch_page("pages/compare.py")
