"""What all pages share: the menu, the way in, the desk, and the comparison that goes on while another page is shown."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import streamlit as st

from components.words import plain
from playground import __version__
from playground.archive.archive import ArchiveError
from playground.comparisons.comparison import Comparison
from playground.config import may_manage
from playground.desk import Desk, open_desk

ASSETS = Path(__file__).resolve().parents[1] / "assets"

ABOUT = f"""**Gemma 4 playground** {__version__}, Apache-2.0.

Gemma is a trademark of Google; this project is not Google's."""

RUN = "run"
"""The query parameter that names a comparison."""


@st.cache_resource(show_spinner=False)
def desk() -> Desk:
    """The one desk of this process, shared by all sessions."""
    return open_desk()


def pages() -> list[Any]:
    """The menu, in its order; the first is where `/` leads."""
    return [
        st.Page("pages/compare.py", title="Compare", icon=":material/compare:", default=True),
        st.Page("pages/history.py", title="History", icon=":material/history:"),
        st.Page("pages/variants.py", title="Variants", icon=":material/account_tree:"),
        st.Page("pages/engines.py", title="Engines", icon=":material/dns:"),
    ]


def name_page() -> None:
    """The browser tab's title, the logo, and what the main menu says about the program."""
    st.set_page_config(
        page_title="Gemma 4 playground",
        page_icon=str(ASSETS / "logo.svg"),
        layout="wide",
        menu_items={"About": ABOUT},
    )
    st.logo(str(ASSETS / "logo.svg"), size="large")


def menu() -> Any:
    """The menu on top; returns the chosen page, ready to run."""
    st.session_state.entered = True
    return st.navigation(pages(), position="top")


def enter() -> None:
    """The first line of every page.

    Until `st.navigation` was called once, Streamlit takes `pages/` for its own and runs a deep link's page alone,
    without app.py: no menu, no title. Then this calls it and starts again, the right way round.
    """
    desk()
    if "entered" not in st.session_state:
        menu()
        st.rerun()


def visitor() -> str:
    """Whose comparisons these are: nobody's in particular on one's own machine, where strangers come a key that this
    session alone knows.
    """
    if may_manage():
        return ""
    key: str = st.session_state.setdefault("visitor", secrets.token_urlsafe(16))
    return key


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
    if comparison is None:
        st.query_params.pop(RUN, None)
    else:
        st.query_params[RUN] = comparison.id


def shown() -> Comparison | None:
    """The session's comparison: the one in the address, if it is still known, else the last one."""
    id = st.query_params.get(RUN)
    last: Comparison | None = st.session_state.get("comparison")
    if id is None:
        if last is not None:
            st.query_params[RUN] = last.id
        return last
    if last is not None and last.id == id:
        return last
    found = None
    with archive_faults():
        found = desk().find(id)
    if found is not None:
        st.session_state.comparison = found
    return found


def keep_watching() -> None:
    """On the other pages: a line about the comparison that still runs, which keeps it from stopping itself."""
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
