"""Answers that hold JSON beside each other, field by field."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import streamlit as st

from components.compare.schema.shown import cell
from playground.comparisons.answer import Answer
from playground.comparisons.steps import judged
from playground.prompt.schema.fields import Field, compare

ABSENT = '<span class="absent">not there</span>'


def held(answers: Sequence[Answer]) -> dict[str, object]:
    """What each answer to a schema holds, by its contender's label."""
    found = ((one.contender.label, judged(one.steps, one.settings.schema)) for one in answers)
    return {label: one.value for label, one in found if one is not None and one.whole}


def different(answers: Sequence[Answer]) -> frozenset[str]:
    """The fields that not all of these answers have alike."""
    values = list(held(answers).values()) if _any(answers) else []
    if len(values) < 2:
        return frozenset()
    return frozenset(field.path for field in compare(values) if not field.same)


def draw(answers: Sequence[Answer]) -> None:
    """A row a field, a column a contender; nothing where no two answers hold JSON."""
    values = held(answers) if _any(answers) else {}
    if len(values) < 2:
        return
    fields = compare(list(values.values()))
    same = sum(field.same for field in fields)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(
            f"**Fields**: {same} of {len(fields)} are the same in all {len(values)}.",
            width="content",
        )
        bare = st.toggle("Only fields that differ", key="fields_bare")
    shown = [field for field in fields if not (bare and field.same)]
    if shown:
        st.html(_html(list(values), shown))


def _any(answers: Sequence[Answer]) -> bool:
    return any(one.settings.schema is not None for one in answers)


def _html(names: Sequence[str], fields: Sequence[Field]) -> str:
    head = "".join(f"<th>{escape(name)}</th>" for name in ("field", *names))
    rows = []
    for field in fields:
        cells = "".join(
            f"<td>{ABSENT if value is None else cell(value, not field.same)}</td>"
            for value in field.values
        )
        rows.append(f'<tr><th scope="row">{escape(field.path or "the answer")}</th>{cells}</tr>')
    return (
        f'<div class="held"><table><thead><tr>{head}</tr></thead>'
        f"<tbody>{''.join(rows)}</tbody></table></div>"
    )
