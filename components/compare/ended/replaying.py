"""An ended round once more, at the speed at which it happened: played in the browser, by its own clock.

The pieces go there once with their moments. Drawn from here, ten times a second, they came a tenth of a second late.
"""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from components import colours
from playground.archive import recording
from playground.archive.replay import Replay
from playground.comparisons.comparison import Comparison

HERE = Path(__file__).parent
LINK = "replay"
"""The query parameter with which a link asks for it."""

SPEEDS = (1, 2, 5, 10)

_player = st.components.v2.component(
    "playground_replay",
    html='<div class="bar"></div><div class="panes"></div>',
    css=(HERE / "replaying.css").read_text("utf-8"),
    js=(HERE / "replaying.js").read_text("utf-8"),
)


def button(comparison: Comparison) -> None:
    """A button that opens the replay, or closes it."""
    if not any(answer.chunks for answer in comparison.answers):
        return
    shown = _wanted(comparison)
    st.button(
        "Close the replay" if shown else "Replay",
        key="replay",
        icon=":material/close:" if shown else ":material/replay:",
        type="tertiary",
        help="The answers once more with their true timing, as if all had begun to read at once",
        on_click=_turn,
        args=("" if shown else comparison.id,),
    )


def draw(comparison: Comparison) -> None:
    """The player of the round that is shown, where somebody asked for it."""
    if not _wanted(comparison):
        return
    replay = Replay(tuple(recording.answer(answer) for answer in comparison.answers))
    tracks = replay.tracks()
    for track in tracks:
        track["colour"] = colours.css(track["variant"])
    st.markdown("**Replay** :gray[:small[everybody begins to read at 0 s]]")
    data = {
        "of": comparison.last.id,
        "seconds": replay.seconds,
        "speeds": list(SPEEDS),
        "tracks": tracks,
    }
    # Streamlit takes two underscores in a row, as an id may have, for a sign of its own.
    _player(key=f"replay_{comparison.last.id.replace('_', '|')}", data=data)


def _wanted(comparison: Comparison) -> bool:
    if LINK in st.query_params:  # by a link, once
        del st.query_params[LINK]
        _turn(comparison.id)
    return bool(st.session_state.get("replayed") == comparison.id)


def _turn(id: str) -> None:
    st.session_state.replayed = id
