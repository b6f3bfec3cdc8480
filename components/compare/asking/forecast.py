"""Above the box: what would be sent (words, tray, files in the box), and what it would cost each contender."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from components import browser
from components.compare.asking import composer, costs
from components.compare.asking.outgoing import outgoing
from components.compare.asking.tray import tray
from components.compare.choosing.meant import choices, resolve
from components.media import PAGE
from components.uploads import boxed
from components.words import plain
from playground.comparisons.comparison import Comparison
from playground.comparisons.contender import Contender
from playground.comparisons.lineup.entry import Entry
from playground.comparisons.lineup.seating import standing
from playground.prompt.conversation import Conversation, Image, Media, Settings


@st.fragment
def draw(
    entries: Sequence[Entry],
    contenders: Sequence[Contender],
    common: Settings,
    system: str,
    on: Comparison | None,
) -> None:
    """One line for all contenders, with their histories, and which weights answer where there are several. Drawn again,
    alone, whenever the writer pauses or a file has come.
    """
    written = browser.watch()
    if outgoing().waits:
        st.rerun()  # what was sent came along with what was written: Streamlit's browser then asks for this part alone
    words = _not_sent_yet(written)
    place = st.empty()  # what stood there goes at once, though the page may run on for long
    box = boxed()
    box.look()
    lines = [f":red[:material/error: {plain(fault)}]" for fault in box.faults]
    lines += _left(box.parts)
    parts = (*tray().parts, *box.parts)
    asked = Conversation.ask(words, parts, system) if words.strip() or parts else None
    chosen = choices(entries, contenders, on, asked)
    if chosen and asked is not None:  # those who answer this question
        contenders = standing(resolve(entries, common, on, asked)[0])
    lines += [f":material/bolt: {plain(one)}" for one in chosen]
    if contenders and asked is not None:
        lines.append(" · ".join(costs.said(asked, contenders, composer.before(on))))
    if lines:
        place.caption("  \n".join(lines))


def _left(parts: Sequence[Media]) -> list[str]:
    """What of a PDF in the box goes along, where that is not all of it."""
    files: list[tuple[str, int, str]] = []
    for part in parts:
        if isinstance(part, Image) and (found := PAGE.fullmatch(part.original)):
            name, page = part.name.rpartition(", ")[0], int(found[1].replace(",", ""))
            if files and files[-1][0] == name and files[-1][1] < page:  # else another of that name
                files.pop()
            files.append((name, page, found[2]))
    return [
        f":material/description: {plain(name)}: its first {goes:,} of {pages} pages go as pictures; "
        "*Add media* sends others, or its text."
        for name, goes, pages in files
        if f"{goes:,}" != pages
    ]


def _not_sent_yet(words: str) -> str:
    """The words in the box; nothing as long as they are those that were just sent: the browser tells a moment later."""
    held = outgoing()
    if words == held.sent:
        return ""
    held.sent = ""
    return words
