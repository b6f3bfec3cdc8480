"""Comparisons as files: one in a format of its own, several in a zip. Written when a button is pressed, not before."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial

import streamlit as st

from components import shell
from playground.archive import record, recording
from playground.archive.archive import Archive
from playground.archive.export import FORMATS, Format
from playground.comparisons.comparison import Comparison
from playground.desk import Desk

WRITTEN = "written"

Ids = Callable[[], Sequence[str]]
"""Tells which comparisons when they are taken away: a page with thousands of them need not hold their ids."""


def popover(ids: Ids, count: int, key: str, title: str = "Export") -> None:
    """A button that opens the formats, each with what it is for."""
    several = count > 1
    name = f"{count}-comparisons" if several else f"comparison-{ids()[0]}"
    with st.popover(title, icon=":material/download:", type="tertiary", key=key):
        for form in FORMATS.values():
            st.download_button(
                f"**{form.title}** {form.about}",
                data=partial(_file, shell.desk(), ids, several, form, shell.viewer()),
                file_name=f"{name}{'.zip' if several else form.suffix}",
                mime="application/zip" if several else form.mime,
                key=f"{key}_{form.name}",
                icon=":material/description:",
                type="tertiary",
                on_click="ignore",
            )
        st.caption("No key, no path and nothing else of this machine goes along.")


def markdown(of: Comparison) -> str:
    """Questions and answers as Markdown, to be pasted elsewhere; of what has ended it is written once in a session."""
    answers = [answer for round in of.every_round for answer in round.answers]
    if not all(answer.ended for answer in answers):
        return _live(of, FORMATS["md"]).decode()
    which = (of.id, *((id(one), one.number, one.timeline.finished) for one in answers))
    if st.session_state.get(WRITTEN, ("", ""))[0] != which:
        st.session_state[WRITTEN] = which, _live(of, FORMATS["md"]).decode()
    words: str = st.session_state[WRITTEN][1]
    return words


def _file(desk: Desk, ids: Ids, several: bool, form: Format, visitor: str | None) -> bytes:
    """What is kept of them; where nothing is, what is in memory of the first."""
    archive, chosen = desk.archive, ids()
    if archive is not None:
        kept = (found for id in chosen if (found := _kept(archive, id, visitor)) is not None)
        if several:
            from playground.archive.export import bundle
            from playground.archive.importing.own import LARGEST

            # Of visitors no more than can be imported again: it lies in the memory that all share.
            most = None if visitor is None else LARGEST
            return bundle.write(kept, archive.store.get, form, most_bytes=most)
        if (one := next(kept, None)) is not None:
            return form.write(one, archive.store.get)
    live = desk.find(chosen[0], visitor)
    if live is None:
        raise LookupError("the comparison is gone")
    return _live(live, form)


def _kept(archive: Archive, id: str, visitor: str | None) -> record.Comparison | None:
    """What is kept of one, as far as it is the visitor's to see: another's name, note and labels are not."""
    there, found = archive.standing(id), archive.record(id)
    if there is None or found is None or visitor in (None, there.owner):
        return found
    return None if there.withdrawn else replace(found, name="", note="", labels=())


def _live(of: Comparison, form: Format) -> bytes:
    asked = min(answer.asked_at for answer in of.every_round[0].answers)
    return form.write(recording.comparison(of, asked), recording.media(of).__getitem__)
