"""What all pages share: the menu, the way in, the desk, and the comparison that goes on while another page is shown."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import streamlit as st

from components import browser, signing_in, web
from components.words import plain
from playground import __version__, config
from playground.archive.archive import ArchiveError
from playground.comparisons.comparison import Comparison
from playground.desk import Desk, open_desk

ASSETS = Path(__file__).resolve().parents[1] / "assets"
STYLE = Path(__file__).with_name("page.css")

ABOUT = f"""**Gemma 4 playground** {__version__}, Apache-2.0.

Gemma is a trademark of Google; this project is not Google's."""

RUN = "run"
"""The query parameter that names a comparison."""

ON_ITS_WAY_S = 3.0
"""As long as a browser may take to hear of a new address: until then it asks for runs of the page with the old one."""


_opening = threading.Lock()


@cache
def _opened() -> Desk:
    made = open_desk()
    web.put_to(made)
    return made


def desk() -> Desk:
    """The one desk of this process, shared by all sessions; models begin to get ready in the background.

    Not in a cache of Streamlit's: any client may send a message that empties those, for everybody.
    """
    with _opening:
        return _opened()


def opened() -> Desk | None:
    """The desk, if somebody came already."""
    with _opening:
        return _opened() if _opened.cache_info().currsize else None


def pages() -> list[Any]:
    """The menu, in its order; the first is where `/` leads.

    Without icons: Streamlit makes a page's icon the tab's, which browsers then fetch from a font host elsewhere.
    """
    return [
        st.Page("pages/compare.py", title="Compare", default=True),
        st.Page("pages/history.py", title="History"),
        st.Page("pages/variants.py", title="Variants"),
        st.Page("pages/engines.py", title="Engines"),
        *([st.Page("pages/operate.py", title="Operate")] if may_manage() else []),
    ]


def name_page() -> None:
    """The browser tab's title, the logo, what the main menu says about the program, and the stylesheet."""
    st.set_page_config(
        page_title="Gemma 4 playground",
        page_icon=str(ASSETS / "logo.svg"),
        layout="wide",
        menu_items={"About": ABOUT},
    )
    st.logo(str(ASSETS / "logo.svg"), size="large")
    st.html(STYLE)


def menu() -> Any:
    """The menu on top; returns the chosen page, ready to run."""
    st.session_state.entered = True
    chosen = st.navigation(signing_in.menu(pages()), position="top")
    st.session_state.returned = st.session_state.get("page", chosen.url_path) != chosen.url_path
    st.session_state.page = chosen.url_path
    return chosen


def enter() -> None:
    """The first line of every page.

    Until `st.navigation` was called once, Streamlit takes `pages/` for its own and runs a deep link's page alone,
    without app.py: no menu, no title. Then this calls it and starts again, the right way round.
    """
    web.seen(desk())
    if "entered" not in st.session_state:
        menu()
        st.rerun()
    signing_in.enter()
    with st.container():
        if words := web.notice(desk()).words:
            st.info(plain(words), icon=":material/campaign:")


def may_manage() -> bool:
    """Whether who looks operates the program: downloads, loads, unloads, deletes weights, and sees everybody's use."""
    return web.who().operator


def operators_only() -> None:
    """For a page that is for operators: others see nothing of it, whichever way they came."""
    if not may_manage():
        st.info("This page is for those who operate the playground.", icon=":material/lock:")
        st.stop()


def visitor() -> str:
    """Whose comparisons these are: nobody's in particular on one's own machine, where strangers come a key that
    their browser keeps, or who signed in.
    """
    return "" if config.may_manage() else web.visitor()


def viewer() -> str | None:
    """Who looks: None on one's own machine, where everything is one person's."""
    return None if config.may_manage() else web.visitor()


@contextmanager
def archive_faults() -> Iterator[None]:
    """What the archive can't do becomes one sentence on the page."""
    try:
        yield
    except ArchiveError as error:
        st.warning(plain(str(error)), icon=":material/inventory_2:")


def show(comparison: Comparison | None) -> None:
    """Make it the session's comparison and put it into the address; None forgets it."""
    st.session_state.comparison = comparison
    st.session_state.address_before = (st.query_params.get(RUN), time.monotonic())
    if comparison is None:
        st.query_params.pop(RUN, None)
    else:
        st.query_params[RUN] = comparison.id


def returns() -> bool:
    """Whether the visitor was on another page before this one."""
    return bool(st.session_state.get("returned", False))


def shown() -> Comparison | None:
    """The session's comparison: the one in the address, if it is still known. Who comes back from another page by the
    menu finds the last one; who goes back to the blank page in the browser's history finds that.
    """
    id = st.query_params.get(RUN)
    last: Comparison | None = st.session_state.get("comparison")
    if last is not None and (_is_old(id) or (id is None and returns())):
        st.query_params[RUN] = id = last.id
    if id is None:
        return None
    found = None
    with archive_faults():
        if last is not None and last.id == id and _still_open(last):
            return last
        found = desk().find(id, viewer())
    st.session_state.comparison = found
    return found


def _is_old(id: str | None) -> bool:
    """Whether the address is the one from before the session's comparison, which the browser had not heard of."""
    before, when = st.session_state.get("address_before", (None, float("-inf")))
    return bool(id == before) and time.monotonic() - when < ON_ITS_WAY_S


def _still_open(comparison: Comparison) -> bool:
    """Whether it may still be looked at: a link can be withdrawn. Raises ArchiveError."""
    archive = desk().archive
    return archive is None or archive.opens(comparison, viewer())


def may_go_on_looking(comparison: Comparison) -> bool:
    """The same while it is drawn, which may take minutes; where that can't be told just now, yes."""
    try:
        return _still_open(comparison)
    except ArchiveError:
        return True


def keep_watching() -> None:
    """On the other pages: a line about the comparison that still runs, which keeps it from stopping itself."""
    with st.container(key="quiet"):
        browser.watch()
    comparison: Comparison | None = st.session_state.get("comparison")
    if comparison is not None and not comparison.ended:
        _progress()


@st.fragment(run_every=2.0)
def _progress() -> None:
    comparison: Comparison | None = st.session_state.get("comparison")
    if comparison is None:
        return
    comparison.watch()
    ended = sum(answer.ended for answer in comparison.answers)
    with st.container(horizontal=True, vertical_alignment="center", key="still_running"):
        if comparison.ended:
            st.markdown(":material/check: Your comparison is done.")
        else:
            st.markdown(
                f":material/hourglass_top: Your comparison goes on: {ended} of "
                f"{len(comparison.answers)} answers are there."
            )
        st.page_link(pages()[0], label="Back to it", query_params={RUN: comparison.id})
