"""The drawing loop: attaches to a comparison, running or ended, and draws it until its end."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import streamlit as st

from components import browser, figure_table, shell, taking_away, web
from components.building import building
from components.compare import charts, contenders, differing
from components.compare.answer import Pane
from components.compare.asking import composer
from components.compare.asking.outgoing import outgoing
from components.compare.ended import calling, disclosing, replaying, sampling, saving, sharing
from components.compare.going_on import GO_ON
from components.compare.heads import heads
from components.compare.reading import menu, order
from components.compare.reading.notes import notes as notes_on
from components.compare.reading.pace import pace
from components.compare.reading.rounds import Place, rounds
from components.compare.reading.stage import stage
from components.compare.reading.status import Status
from components.compare.reading.view import view
from components.compare.schema import fieldwise
from components.copying import copy_button
from components.words import plain
from playground.comparisons.answer import Answer
from playground.comparisons.comparison import Comparison
from playground.comparisons.contender import Contender
from playground.comparisons.round import Round
from playground.desk import TooMany
from playground.prompt.conversation import Conversation
from playground.prompt.mend import Mend

if TYPE_CHECKING:
    from streamlit.delta_generator import DeltaGenerator


LOOK_EVERY_S = 2.0
"""How often it is seen to that somebody else's link still opens."""

TWICE_S = 0.7
"""Two presses within so many seconds are one."""


def send(
    asked: Conversation,
    columns: Sequence[Contender],
    all_at_once: bool,
    catching_up: Collection[str] = (),
) -> None:
    """Go on with the comparison that is shown, in the place of a round that is being changed if one is; else begin."""
    on, desk, out, visitor = going_on(), shell.desk(), outgoing(), web.visitor()
    round = composer.edited(on)
    if on is None:
        _stop_mine()
    out.refill, out.words = out.words, None
    try:  # with no look into the session, which may end this run of the page
        if on is None:
            out.began = desk.start(asked, columns, all_at_once, visitor)
        elif round is not None:
            desk.ask_instead(on, round, asked, columns)
        else:
            desk.ask_on(on, asked, columns, catching_up)
        out.asked = True
    except TooMany as full:
        composer.give_back(asked, str(full))
    settle()


def settle() -> None:
    """Have the page know what was asked, be it in the run of the page before this one."""
    out = outgoing()
    if not out.asked:
        return
    if (made := out.began) is not None:
        st.session_state.mine = made
        st.session_state[contenders.ADOPTED] = made.id
        shell.show(made)
    composer.leave_edit()
    now = shell.shown()
    st.session_state[browser.ROUND] = now.last.id if now is not None else ""
    composer.done()


def going_on() -> Comparison | None:
    """The comparison that is shown, when this visitor may ask on in it."""
    shown = shell.shown()
    return shown if shown is not None and _may_change(shown) else None


def _may_change(comparison: Comparison) -> bool:
    """On one's own machine everything is one person's; elsewhere a comparison is its visitor's. What another program
    answers just now is only looked at.
    """
    return not comparison.elsewhere and shell.viewer() in (None, comparison.owner)


def new_button() -> None:
    """A button that leaves the comparison and clears the tray; the settings and what is being written stay."""
    st.button(
        "New", key="new", icon=":material/add_circle:", help="Begin anew", on_click=_begin_anew
    )


def _stop_mine() -> None:
    """The one on the screen may be somebody else's, opened by its link."""
    mine: Comparison | None = st.session_state.get("mine")
    if mine is not None:
        mine.stop()


def _begin_anew() -> None:
    settle()  # what was sent just before stops too
    _stop_mine()
    composer.begin_anew(going_on())
    shell.show(None)


def gone() -> None:
    """For an address whose comparison is no longer known."""
    st.info(
        "There is no comparison at this address: it was deleted, or the address is not whole. "
        "Ask below, or begin anew.",
        icon=":material/history:",
    )


def draw(
    comparison: Comparison, stop: DeltaGenerator, told: DeltaGenerator, asked_on: Collection[str]
) -> None:
    """Prompt, answers, figures; the button that stops all goes into `stop` for as long as it runs, how far it is into
    `told`. `asked_on` has the ids of those to whom the next question goes.

    Blocks while it runs, so nothing may come after it on the page.
    """
    mine = _may_change(comparison)
    if not comparison.ended and mine:
        stop.button(
            "Stop all",
            key="stop_all",
            icon=":material/stop_circle:",
            help="Stop every answer, keep what came",
            shortcut="Alt+S",
            on_click=comparison.stop,
        )

    def again(id: str, mend: Mend | None) -> None:
        if mend == GO_ON:
            _or_say(lambda: _say(shell.desk().go_on(comparison, id)))
        else:
            _or_say(lambda: shell.desk().again(comparison, id, mend))

    def rerun(round: Round) -> None:
        if being_asked(comparison, round):
            return
        _or_say(lambda: shell.desk().ask_instead(comparison, round, round.asked, round.contenders))

    with st.container():
        if not mine:
            sharing.not_yours(comparison)
    held = view(comparison)
    notes = notes_on(comparison.last)
    out = {one.id for one in comparison.contenders} - set(asked_on)

    def turn(contender: Contender) -> None:
        contenders.turn(contender, contender.id in out)

    with st.container(key=menu.layout()):
        heads(
            [replace(one.first, label=one.label) for one in order.arranged(comparison)],
            notes,
            held,
            out if mine else (),
            turn if mine else None,
        )
        drawing = rounds(comparison, held, notes, again if mine else None, rerun if mine else None)
        places = next(drawing)
    status = Status(told, comparison.last)
    with st.container():
        if (archive := shell.desk().archive) is not None and archive.fault:
            st.caption(f":material/inventory_2: {plain(archive.fault)}")
    below = stage("below", (comparison.last.id, *map(id, comparison.answers)))
    running = not comparison.last.ended
    with pace.watched() as rests:
        _until_settled(comparison, places, drawing, status, mine, rests)
    building.resume()
    if running and (order.by_figure() or not mine):
        st.rerun()  # the columns can be put in order now; it is answered nowhere else any more
    stop.empty()
    differ = fieldwise.different(comparison.answers)
    for place in places:
        if isinstance(place, Pane):
            place.mark(differ)
    with below:
        with st.container(horizontal=True, vertical_alignment="center", key="with_it"):
            replaying.button(comparison)
            disclosing.button(comparison)
            sampling.popover(comparison)
            saving.popover(comparison)
            taking_away.popover(lambda: [comparison.id], 1, "take_away")
            calling.button(comparison)
            if mine:
                sharing.popover(comparison)
            words = taking_away.markdown(comparison)
            copy_button("copy_all", words, "all answers as Markdown", "Copy all as Markdown")
        replaying.draw(comparison)
        _figures(comparison.answers)


def being_asked(comparison: Comparison, round: Round) -> bool:
    """Whether a press to ask it again is the second of two: it was asked just now, or another stands in its place."""
    asked = max((answer.asked_at for answer in round.answers), default=0.0)
    just = not round.ended and time.time() - asked < TWICE_S
    return just or round not in comparison.rounds


def _until_settled(
    comparison: Comparison,
    places: list[Place],
    drawing: Iterator[list[Place]],
    status: Status,
    mine: bool,
    rests: Iterator[float],
) -> None:
    """Draw what comes until nothing more will, and the earlier rounds: one a tick while the last one is answered, so
    that its words wait for no more than one of them. Somebody else's may be looked at as long as its link opens.
    """
    drawn, looked = _drawn(comparison), time.monotonic()
    while True:
        if not mine and time.monotonic() - looked > LOOK_EVERY_S:
            looked = time.monotonic()
            if not shell.may_go_on_looking(comparison):
                st.rerun()
        comparison.watch()
        for place in places:
            place.draw()
        status.draw()
        if _drawn(comparison) != drawn:
            st.rerun()  # somebody went on with it, in another tab or program
        if (more := next(drawing, None)) is not None:
            places += more
            if comparison.last.ended:
                continue
        elif all(place.settled for place in places):
            return
        building.pause()
        time.sleep(next(rests))
        st.session_state.get(
            "comparison"
        )  # ends here where another run of the page waits, though nothing was drawn


def _drawn(comparison: Comparison) -> tuple[object, ...]:
    """What the panes stand for."""
    return (comparison.last.id, *map(id, comparison.answers))


def _say(why: str) -> None:
    if why:
        st.toast(why, icon=":material/info:")


def _or_say(act: Callable[[], None]) -> None:
    """For callbacks: do it, or say that there is no room for it."""
    try:
        act()
    except TooMany as full:
        st.toast(str(full), icon=":material/groups:")


@st.fragment
def _figures(answers: Sequence[Answer]) -> None:
    """The table of all contenders, what differs, and two charts: each is made once its tab is opened."""
    if not any(answer.chunks for answer in answers):
        return
    asked_ones = [answer for answer in answers if answer.state != "refused"]
    compare, differ, went, over = st.tabs(
        ["All figures", "Differences", "Where the time went", "Tokens over time"],
        key="figures",
        on_change="rerun",
    )
    if compare.open:
        with compare:
            figure_table.table(answers)
    if differ.open:
        with differ:
            differing.draw(asked_ones)
    if went.open and (chart := charts.time_chart(asked_ones)) is not None:
        with went:
            st.altair_chart(chart, alt="Where each contender's time went, stage by stage")
    if over.open and (chart := charts.token_chart(asked_ones)) is not None:
        with over:
            st.altair_chart(chart, alt="Tokens of each contender over time")
