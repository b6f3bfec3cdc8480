"""One comparison in the list: what was asked, who answered what, and what can be done with it."""

from __future__ import annotations

from functools import lru_cache

import streamlit as st

from components import colours, shell
from components.history import about, chosen, when
from components.media import ICONS, picture
from components.words import plain
from playground.archive import keeping
from playground.archive.archive import Archive
from playground.archive.library import Entry, Line
from playground.comparisons.answer import ENDED
from playground.prompt import media
from playground.prompt.conversation import Image

LONG = 160
"""Characters of a question that the list shows."""

WORDS = 140
"""Characters of an answer that it shows."""

THUMBNAILS = 3
SIDE = 56


def draw(archive: Archive, entry: Entry) -> None:
    """A frame with what was asked, what can be done with it, and a line of each answer."""
    with st.container(border=True, key=f"kept_{entry.id}", gap="xsmall"):
        with st.container(
            horizontal=True,
            vertical_alignment="center",
            gap="small",
            wrap=len(entry.pictures) > 1,
        ):
            for number, digest in enumerate(entry.pictures[:THUMBNAILS], 1):
                _picture(archive, digest, f"Picture {number} of this comparison")
            st.markdown(f"**{title(entry)}**", width="stretch")
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            chosen.box(entry)
            st.markdown(_facts(entry), width="content")
            st.space("stretch")
            with st.container(
                horizontal=True, vertical_alignment="center", width="content", gap="small"
            ):  # they wrap together
                _buttons(archive, entry)
        st.markdown("  \n".join(_line(entry, line) for line in entry.lines))
        if entry.note:
            st.caption(f":material/sticky_note_2: {plain(entry.note)}")


def title(entry: Entry) -> str:
    """Its name, else its first question, else what was asked with; as Markdown."""
    words = entry.name or entry.question
    if not words.strip():
        return "A question without words"
    return plain(words if len(words) <= LONG else f"{words[:LONG]}…")


def _facts(entry: Entry) -> str:
    said = [when.words(entry.created), *(ICONS[kind] for kind in entry.kinds if kind in ICONS)]
    said += [f":material/label: {plain(label)}" for label in entry.labels]
    if entry.withdrawn:
        said.append(":material/link_off: link withdrawn")
    if entry.pinned:
        said.insert(0, ":material/keep: pinned")
    return f":small[:gray[{' · '.join(said)}]]"


def _line(entry: Entry, line: Line) -> str:
    words = line.words if len(line.words) <= WORDS else f"{line.words[:WORDS]}…"
    rated = {1: " :material/thumb_up:", -1: " :material/thumb_down:"}.get(line.rating or 0, "")
    said = [colours.text(line.variant, f"**{plain(line.label)}**") + rated]
    if line.state != "done":
        lost = line.state not in ENDED and not entry.running
        said.append(f":gray[{'interrupted' if lost else line.state}]")
    return f":small[{' '.join([*said, plain(words)])}]"


def _buttons(archive: Archive, entry: Entry) -> None:
    st.page_link(
        shell.pages()[0],
        label="Open",
        icon=":material/open_in_full:",
        query_params={shell.RUN: entry.id},
    )
    if not entry.running and any(line.words for line in entry.lines):
        st.page_link(
            shell.pages()[0],
            label="Replay",
            icon=":material/replay:",
            query_params={shell.RUN: entry.id, "replay": "1"},
        )
    st.button(
        "Unpin" if entry.pinned else "Pin",
        key=f"pin_{entry.id}",
        icon=":material/keep_off:" if entry.pinned else ":material/keep:",
        type="tertiary",
        help="Pinned ones stand first, and no sweep takes them",
        on_click=_pin,
        args=(archive, entry),
    )
    if st.button(
        "Edit",
        key=f"about_{entry.id}",
        icon=":material/edit_note:",
        type="tertiary",
        help="Name, note, labels, and what you think of the answers",
    ):
        about.dialog(archive, entry)
    st.button(
        "Delete",
        key=f"delete_{entry.id}",
        icon=":material/delete:",
        type="tertiary",
        help="It can be taken back for an hour",
        on_click=chosen.delete,
        args=([entry.id],),
    )


def _pin(archive: Archive, entry: Entry) -> None:
    with shell.archive_faults(), archive.writing() as connection:
        keeping.pin(connection, entry.id, not entry.pinned)


def _picture(archive: Archive, digest: str, alt: str) -> None:
    try:
        picture(_thumbnail(archive, digest), SIDE, alt)
    except (LookupError, OSError):  # gone, or none that can be drawn: the list stands
        st.markdown(":gray[:material/broken_image:]", help="The picture is gone")


@lru_cache(maxsize=256)
def _thumbnail(archive: Archive, digest: str) -> bytes:
    """Small enough that a page of them weighs nothing. Raises LookupError."""
    data = archive.store.get(digest)
    return media.thumbnail(Image("", data, 1, 1), 2 * SIDE)
