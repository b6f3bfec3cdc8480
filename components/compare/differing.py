"""Where two answers differ, word by word, and how far answers agree; transcripts against a reference."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape

import streamlit as st

from components.compare import overlaps
from components.compare.schema import fieldwise
from components.words import plain
from playground.comparisons.answer import Answer
from playground.comparisons.findings.differences import Piece, agreement, difference, errors

LONGEST = 60_000
"""Characters of an answer that are laid out beside another."""


def draw(answers: Sequence[Answer]) -> None:
    """Fields first, where answers hold them; then words, boxes, and transcripts against a reference."""
    fieldwise.draw(answers)
    said = {answer.contender.label: answer.text for answer in answers if answer.text.strip()}
    if len(said) < 2:
        st.caption("Two answers with words are needed to see where they differ.")
    else:
        _words(said)
    overlaps.draw(answers)
    if said:
        _transcripts(said)


def _words(said: Mapping[str, str]) -> None:
    """Two answers to choose, what each has alone marked; agreement over all."""
    names = list(said)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        one = st.selectbox("This answer", names, 0, key="differ_one", width=220)
        other = st.selectbox("Beside this one", names, 1, key="differ_other", width=220)
        bare = st.toggle("Only what differs", key="differ_bare")
    left, right = difference(said[one][:LONGEST], said[other][:LONGEST])
    with st.grid(2, min_column_width=280):
        for name, pieces in ((one, left), (other, right)):
            with st.container(border=True):
                st.markdown(f"**{plain(name)}**")
                st.html(_marked(pieces, bare))
    agreed = agreement(list(said.values()))
    if agreed is not None:
        st.caption(
            f"{100 * agreed:.0f} % of the words of two answers are the same, on average over all pairs."
        )


def _marked(pieces: Sequence[Piece], bare: bool) -> str:
    """The pieces as text with what is only here in marks; nothing of it is HTML of a model's."""
    shown = []
    for piece in pieces:
        text = escape(piece.text)
        if piece.side == "only":
            shown.append(f"<mark>{text}</mark>")
        else:
            shown.append(" … " if bare else text)
    style = "white-space:pre-wrap;overflow-wrap:anywhere;unicode-bidi:plaintext"
    return f'<div dir="auto" style="{style}">{"".join(shown) or "–"}</div>'


def _transcripts(said: Mapping[str, str]) -> None:
    """WER and CER against what was really said, once somebody types it."""
    with st.expander("Transcripts: error rates against what was really said"):
        reference = st.text_area("What was really said", key="reference", height=68)
        if not reference.strip():
            return
        try:
            rows = [
                {"contender": name, "WER": found.words, "CER": found.characters}
                for name, text in said.items()
                if (found := errors(text, reference))
            ]
        except ValueError as error:
            st.caption(f"{error}.".capitalize())
            return
        share = st.column_config.NumberColumn(format="percent")
        st.dataframe(
            rows,
            hide_index=True,
            alt="The error rates of each answer's transcript",
            column_config={"WER": share, "CER": share},
        )
