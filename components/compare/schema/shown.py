"""JSON that an answer holds, drawn as a table or a tree, with what differs from other answers marked.

All of it is text of a model: nothing of it is HTML.
"""

from __future__ import annotations

import json
from collections.abc import Collection
from html import escape
from typing import TYPE_CHECKING, Any

import streamlit as st

from components.words import plain
from playground.comparisons.answer import Answer
from playground.comparisons.steps import judged, whole
from playground.prompt.schema.fields import Line, Table, table, tree

if TYPE_CHECKING:
    from streamlit.delta_generator import DeltaGenerator

    from playground.prompt.schema.judging import Judged


class Structured:
    """The place of one such answer: its text while it comes, then what it holds and whether that is valid."""

    def __init__(self, answer: Answer) -> None:
        self._answer = answer
        self._where: DeltaGenerator = st.empty()
        self._drawn = ""

    def draw(self, text: str, growing: bool) -> None:
        """Bring the page up to the text."""
        if not growing:
            self.mark(())
        elif text != self._drawn:
            self._where.code(text, "json", wrap_lines=True)
        self._drawn = text

    def mark(self, different: Collection[str]) -> None:
        """Draw what it holds with these fields marked."""
        found, text = (
            judged(self._answer.steps, self._answer.settings.schema),
            whole(self._answer.steps)[-1].text,
        )
        if found is None:
            if text.strip():
                self._where.code(text, None, wrap_lines=True)
            else:
                self._where.empty()
            return
        with self._where.container(gap="xsmall"):
            st.markdown(f":small[{verdict(found, self._answer)}]")
            if found.whole:
                st.html(html(found.value, different))
            with st.expander("As JSON", type="compact") if found.whole else st.container():
                st.code(f"\n{text}\n", "json", wrap_lines=True)


def verdict(judged: Judged, answer: Answer) -> str:
    """Whether it is valid, in words."""
    if judged.valid:
        return ":green[:material/check_circle: Valid against the schema]"
    if not judged.whole and (answer.finish_reason == "length" or answer.state == "stopped"):
        why = "the longest answer set" if answer.finish_reason == "length" else "the stop"
        return f":orange[:material/content_cut: Not whole: it was cut short by {why}]"
    faults = " ".join(map(plain, judged.faults))
    return f":red[:material/cancel: **Not valid against the schema.**] {faults}"


def html(value: Any, different: Collection[str]) -> str:
    """A value as a table, or as a tree."""
    rows = table(value)
    return _table(rows, different) if rows else _tree(tree(value), different)


def _table(rows: Table, different: Collection[str]) -> str:
    head = "".join(f"<th>{escape(name)}</th>" for name in rows.head)
    body = "".join(
        "<tr>"
        + "".join(f"<td>{cell(line.value, line.path in different)}</td>" for line in row)
        + "</tr>"
        for row in rows.rows
    )
    more = f"<p>And {rows.left_out:,} more.</p>" if rows.left_out else ""
    return f'<div class="held"><table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>{more}</div>'


def _tree(lines: tuple[Line, ...], different: Collection[str]) -> str:
    rows = []
    for line in lines:
        indent = f'style="padding-inline-start:{0.5 + 1.1 * min(line.depth, 12):.1f}rem"'
        name = escape(line.name) if line.name else "the answer"
        rows.append(
            f'<tr><th scope="row" {indent}>{name}</th><td>{cell(line.value, line.path in different)}</td></tr>'
        )
    return f'<div class="held"><table><tbody>{"".join(rows)}</tbody></table></div>'


def cell(value: str, marked: bool) -> str:
    """A value: a text as it reads, all else as JSON."""
    if value.startswith('"') and len(value) > 2:
        said = escape(json.loads(value))
    else:
        said = f"<code>{escape(value)}</code>" if value else ""
    return f"<mark>{said}</mark>" if marked and said else said
