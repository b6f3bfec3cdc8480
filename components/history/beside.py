"""Comparisons laid beside each other: yesterday's figures and texts and today's, and what is different about them."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from components import colours, figure_table
from components.history import when
from components.prose import Prose
from components.words import plain
from playground.archive import record
from playground.archive.archive import Archive
from playground.archive.restoring.again import answer
from playground.comparisons.answer import Answer

NARROWEST = 300


def lay(ids: Sequence[str]) -> None:
    """For callbacks: show these."""
    st.session_state.beside = tuple(ids)


def draw(archive: Archive) -> None:
    """The figures in one table, what differs in another, the texts contender by contender; oldest first."""
    found = [archive.record(id) for id in st.session_state.get("beside", ())]
    kept = sorted((one for one in found if one is not None), key=lambda one: one.created)
    if len(kept) < 2:
        return
    names = [_name(one, number) for number, one in enumerate(kept, 1)]
    last = [next(round for round in one.rounds if round.id == one.last) for one in kept]
    with st.container(border=True, key="beside"):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.subheader("Beside each other", anchor=False)
            st.button("Close", key="close_beside", type="tertiary", on_click=lay, args=((),))
        contenders = list(
            dict.fromkeys(one.contender.label for round in last for one in round.answers)
        )
        answers = [
            (name, answer(one, _nothing))
            for contender in contenders
            for name, round in zip(names, last, strict=True)
            for one in round.answers
            if one.contender.label == contender
        ]
        figure_table.table([one for _, one in answers], [name for name, _ in answers])
        _differences(kept, last, names)
        for contender in contenders:
            _texts(contender, answers, names)


def _nothing(digest: str) -> bytes:
    """The media of what was asked are not shown here, so they are not fetched."""
    return b""


def _name(kept: record.Comparison, number: int) -> str:
    said = kept.name or when.words(kept.created)
    return f"{number}: {said}"


def _texts(contender: str, answers: Sequence[tuple[str, Answer]], names: Sequence[str]) -> None:
    own = {name: one for name, one in answers if one.contender.label == contender}
    variant = next(iter(own.values())).contender.model.variant
    st.markdown(colours.text(variant, f"**{plain(contender)}**"))
    with st.grid(len(names), min_column_width=NARROWEST):
        for name in names:
            with st.container(gap="xsmall"):
                st.caption(plain(name))
                if name not in own:
                    st.markdown(":gray[was not asked]")
                elif own[name].text:
                    Prose(st.container(gap="xsmall")).draw(own[name].text, growing=False)
                else:
                    st.markdown(f":gray[{own[name].state}: {plain(own[name].reason)}]")


def _differences(
    kept: Sequence[record.Comparison], last: Sequence[record.Round], names: Sequence[str]
) -> None:
    """A row for each fact that is not the same for all; one line where there is none."""
    facts = [_facts(one, round) for one, round in zip(kept, last, strict=True)]
    every = dict.fromkeys(fact for one in facts for fact in one)
    rows = [
        {
            "what differs": fact,
            **{name: one.get(fact, "–") for name, one in zip(names, facts, strict=True)},
        }
        for fact in every
        if len({one.get(fact) for one in facts}) > 1
    ]
    if rows:
        st.dataframe(rows, hide_index=True, alt="What differs between the comparisons")
    else:
        st.caption("The same question, contenders, settings, weights and versions.")


def _facts(kept: record.Comparison, round: record.Round) -> dict[str, str]:
    """What an answer depends on, in words."""
    facts = {
        "question": "\n".join(part.text for part in round.asked[-1].parts if part.kind == "text"),
        "media": ", ".join(part.name for part in round.asked[-1].parts if part.media),
        "all at once": "yes" if kept.all_at_once else "no",
    }
    for one in round.answers:
        model, name = one.contender.model, one.contender.label
        facts[f"{name}: weights"] = f"{model.weights} {model.revision} {model.precision}".strip()
        facts[f"{name}: place"] = model.server.host if model.server else "this machine"
        for setting, value in sorted(one.contender.settings.items()):
            facts[f"{name}: {setting}"] = str(value)
    return {**facts, **{f"version of {name}": said for name, said in kept.made_by.items()}}
