"""The calls of one step in its pane: arguments and results as text, and where a person is asked, the place to answer.

Whatever stands in a call or a result is shown as it is: nothing of it is Markdown.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import streamlit as st

from components.compare import figures
from components.words import label, plain
from playground.comparisons.answer import Answer
from playground.comparisons.steps import Called

if TYPE_CHECKING:
    from streamlit.delta_generator import DeltaGenerator

SHORT = 60
"""Characters of arguments or of a result in a call's one line."""

ICONS = {
    "waiting": ":material/pan_tool:",
    "running": ":material/hourglass_top:",
    "given": ":material/construction:",
    "wrong": ":material/error:",
    "refused": ":material/block:",
}


class Calls:
    """The place of a step's calls; `draw` brings it up to date. `mine` tells that the visitor may answer them."""

    def __init__(self, key: str, answer: Answer, mine: bool) -> None:
        self._key = key
        self._answer = answer
        self._mine = mine
        self._where = st.container(gap="xsmall")
        self._places: list[DeltaGenerator] = []
        self._drawn: dict[int, Called] = {}

    def draw(self, calls: Sequence[Called]) -> None:
        """Draw what is new or came to another standing."""
        for number, call in enumerate(calls):
            if number == len(self._places):
                self._places.append(self._where.empty())
            if self._drawn.get(number) is call:
                continue
            self._drawn[number] = call
            with self._places[number].container(gap="xsmall"):
                self._call(number, call)

    def _call(self, number: int, call: Called) -> None:
        waits = call.standing == "waiting" and not self._answer.ended
        with st.expander(_line(call), expanded=waits, type="compact", icon=ICONS[call.standing]):
            st.caption("Arguments")
            st.code(written(call.arguments), "json", wrap_lines=True)
            if call.over:
                st.caption(_result_of(call))
                st.code(written(call.result), None, wrap_lines=True)
        if waits and self._mine:
            self._form(number, call)

    def _form(self, number: int, call: Called) -> None:
        key = f"{self._key}_{number}"
        with st.form(f"hand_{key}", border=True):
            st.text_area(
                f"What {label(call.name)} gives back",
                key=f"given_{key}",
                height=80,
                placeholder='Words, or JSON such as {"degrees": 21}',
            )
            with st.container(horizontal=True, gap="small"):
                st.form_submit_button(
                    "Give it back",
                    key=f"give_{key}",
                    icon=":material/reply:",
                    type="primary",
                    on_click=self._give,
                    args=(number, f"given_{key}"),
                )
                st.form_submit_button(
                    "Refuse",
                    key=f"refuse_{key}",
                    icon=":material/block:",
                    help="The model is told that you refused",
                    on_click=self._answer.decline,
                    args=(number,),
                )

    def _give(self, number: int, key: str) -> None:
        self._answer.give(number, st.session_state.get(key) or "")


class Waiting:
    """The place of the calls that wait for a person, in panes that show none of the others: those of one answer at a
    time, and nothing where none waits.
    """

    def __init__(self, key: str, mine: bool) -> None:
        self._key = key
        self._mine = mine
        self._place = st.empty()
        self._of: tuple[int, int] | None = None

    def draw(self, answers: Sequence[Answer]) -> None:
        """One tick."""
        asking = next((n for n, one in enumerate(answers) if _waits(one)), None)
        of = None if asking is None else (asking, answers[asking].number)
        if of != self._of:
            self._of = of
            self._place.empty()
            if of is not None:
                key = f"{self._key}_{of[0]}_{of[1]}"
                with self._place.container():
                    self._calls = Calls(key, answers[of[0]], self._mine)
        if asking is not None:
            self._calls.draw(answers[asking].calling)


def _waits(answer: Answer) -> bool:
    return not answer.ended and any(call.standing == "waiting" for call in answer.calling)


def _line(call: Called) -> str:
    """ "calculator expression: 6*7 → 42", in Markdown that shows it as it is."""
    given = ", ".join(f"{name}: {_short(value)}" for name, value in call.arguments.items())
    words = f"**{plain(call.name)}** {plain(_cut(given))}"
    if call.over:
        return f"{words} → {plain(_short(call.result))}"
    return f"{words} :gray[{'waits for you' if call.standing == 'waiting' else 'runs'}]"


def _result_of(call: Called) -> str:
    took = figures.seconds(call.given_at - call.at) if call.given_at is not None else ""
    who = {
        "given": "Given by you" if call.by_hand else "Result",
        "wrong": "Told to the model",
        "refused": "Refused by you",
    }
    return f"{who.get(call.standing, '')} · {took}"


def _short(value: Any) -> str:
    return _cut(value if isinstance(value, str) else json.dumps(value, ensure_ascii=False))


def _cut(text: str) -> str:
    return text if len(text) <= SHORT else f"{text[: SHORT - 1]}…"


def written(value: Any) -> str:
    """A value to read: text as it is, all else as JSON."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, indent=1)
