"""How well boxes agree: those of every two answers, and those of each with a reference, label by label."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import streamlit as st

from playground.comparisons.answer import Answer
from playground.comparisons.findings import boxes
from playground.comparisons.findings.boxes import Box

MEAN = "all labels"
NAMELESS = "no label"
EXAMPLE = '[{"box_2d": [120, 80, 640, 510], "label": "cat"}]'


def draw(answers: Sequence[Answer]) -> None:
    """Nothing where no answer holds a box."""
    held = {answer.contender.label: _boxes(answer.text) for answer in answers}
    found = {name: marks for name, marks in held.items() if marks}
    if not found:
        return
    if len(found) > 1:
        st.markdown("**Boxes: mean IoU of every two**")
        every = [{"": name, **_others(name, found)} for name in found]
        _table(every, "The mean IoU of the boxes of every two answers")
    _against(held, opened=len(found) == 1)


def _boxes(text: str) -> list[Box]:
    return [mark for mark in boxes.found(text) if isinstance(mark, Box)]


def _others(name: str, found: Mapping[str, Sequence[Box]]) -> dict[str, float | None]:
    return {
        other: None if other == name else boxes.agreement(found[name], marks)
        for other, marks in found.items()
    }


def _against(held: Mapping[str, Sequence[Box]], opened: bool) -> None:
    """IoU with the boxes as they should be, once somebody types them. Whoever gave none has 0."""
    with st.expander("Boxes: IoU with where things really are", expanded=opened):
        typed = st.text_area(
            "Boxes as they should be",
            key="reference_boxes",
            height=68,
            placeholder=EXAMPLE,
            help="In thousandths of the picture: top, left, bottom, right",
        )
        if not typed.strip():
            return
        reference = _boxes(typed)
        if not reference:
            st.caption(f"There is no box in it. Write it as models do: `{EXAMPLE}`")
            return
        rows = []
        for name, marks in held.items():
            labels = boxes.by_label(marks, reference)
            shares = {label or NAMELESS: share for label, share in labels.items()}
            rows.append({"": name, MEAN: boxes.agreement(marks, reference), **shares})
        _table(rows, "The IoU of each answer's boxes with those typed above")


def _table(rows: Sequence[Mapping[str, object]], alt: str) -> None:
    number = st.column_config.NumberColumn(format="%.2f")
    shown = dict.fromkeys(name for row in rows for name in row)
    st.dataframe(
        rows,
        hide_index=True,
        placeholder="–",
        alt=alt,
        column_config={name: number for name in shown if name},
    )
