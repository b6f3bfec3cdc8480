"""One pane under its contender's head: what comes, how it went, and what can be done about it."""

from __future__ import annotations

from collections.abc import Callable, Collection

import streamlit as st

from components.compare import figures, going_on
from components.compare.answering.standing import ending, progress, remarks
from components.compare.boxed import boxed
from components.compare.step import StepView
from components.copying import copy_button
from components.words import plain
from playground.comparisons.answer import Answer
from playground.comparisons.figures import Figures
from playground.comparisons.steps import whole
from playground.prompt import tokens
from playground.prompt.conversation import Image
from playground.prompt.mend import Mend

Act = Callable[[str, Mend | None], None]
"""Put the question to one contender again, mended or as it is: the contender's id, the mend."""

CLOCK_S = 0.25
"""Between two readings of the running clock: each has the browser build the page anew, which its words wait for."""


class Pane:
    """The place of one answer; `draw` brings it up to date. `again` is None where the comparison is somebody else's.

    `settled` once the answer's end is drawn: then there is nothing more to do.
    """

    def __init__(self, index: int, answer: Answer, notes: str, again: Act | None) -> None:
        self.answer = answer
        self._index = index
        self._notes = notes
        self._again = again
        self.settled = False
        self._told: tuple[str, int] | None = None
        with st.container(border=True, key=f"pane_{index}", gap="xsmall"):
            self._header()
            self._body = st.container(gap="xsmall")
            self._steps: list[StepView] = []
            self._state = st.empty()
            self._foot = st.container(gap="xsmall")

    def _header(self) -> None:
        contender = self.answer.contender
        with st.container(horizontal=True, vertical_alignment="top", gap="small", wrap=False):
            self._about = st.empty()
            self._control = st.empty()
            if self._again and not self.answer.ended:
                self._control.button(
                    "Stop",
                    key=f"stop_{self._index}",
                    icon=":material/stop:",
                    type="tertiary",
                    help=f"Stop {plain(contender.label)} or leave the line, keep what came",
                    on_click=self.answer.stop,
                )
        self._tell_about()
        going_on.marks(self.answer)

    def _tell_about(self) -> None:
        """What answers, and what the prompt costs: counted, or foreseen as long as that is not known."""
        contender = self.answer.contender
        read = self.answer.prompt_tokens or tokens.count(
            self.answer.conversation, contender.settings, contender.model
        )
        reads = f":gray[reads {figures.reads(read)}{f' · {self._notes}' if self._notes else ''}]"
        who = ":orange[demo-sized, not Gemma 4] · " if contender.model.demo else ""
        self._about.markdown(f":small[{who}{reads}]", width="stretch")

    def draw(self) -> None:
        """One tick: what came since the last one, and the running clock."""
        answer = self.answer
        if self.settled:
            return
        ended = answer.ended
        every = whole(answer.steps)
        for number, step in enumerate(every):
            if number == len(self._steps):
                with self._body:
                    mine = self._again is not None
                    if step.piece:
                        st.caption(f":material/graphic_eq: {plain(step.piece)}")
                    self._steps.append(StepView(f"{self._index}_{number}", answer, mine))
            last = number + 1 == len(every)
            calls = step.calls or (answer.calling if last else ())
            self._steps[number].draw(step, calls, ended or not last)
        if ended:
            self._settle()
        elif (told := (answer.state, int(answer.elapsed() / CLOCK_S))) != self._told:
            self._told = told
            self._state.markdown(progress(answer))

    def _settle(self) -> None:
        """It ended: figures and actions take the place of the clock."""
        self.settled = True
        answer = self.answer
        self._tell_about()
        if self._again:
            self._control.button(
                "Run again",
                key=f"run_again_{self._index}",
                icon=":material/refresh:",
                type="tertiary",
                help=f"Put the prompt to {plain(answer.contender.label)} once more",
                on_click=self._again,
                args=(answer.contender.id, None),
            )
        words = ending(answer)
        if words:
            self._state.markdown(words)
        else:
            self._state.empty()
        with self._foot:
            for part in answer.conversation.messages[-1].parts:
                if isinstance(part, Image):
                    boxed(answer.text, part)
                    break  # a model is asked about one picture's places at a time
            for line in remarks(answer):
                st.markdown(line)
            if answer.chunks:
                figures.line(answer.figures())
            with st.container(horizontal=True, gap="small", key=f"actions_{self._index}"):
                calls = "" if whole(answer.steps)[:-1] else answer.tool_call
                said = "\n\n".join(filter(None, (answer.text, calls)))
                if said or answer.thinking:
                    copy_button(
                        f"copy_{self._index}",
                        said or answer.thinking,
                        f"{answer.contender.label}'s answer",
                    )
                if answer.chunks:
                    figures.details_button(answer.figures(), _each(answer))
                if self._again:
                    going_on.control(self._index, answer, self._again)
            _mends(self._index, answer, self._again)

    def mark(self, different: Collection[str]) -> None:
        """Once all have ended: mark the fields in which it differs from others."""
        if self._steps and different:
            self._steps[-1].mark(different)


def refusal(index: int, answer: Answer, again: Act | None) -> None:
    """A contender that was not asked: why, what would help, and the button that does it."""
    with st.container(border=True, key=f"pane_{index}", gap="xsmall"):
        st.markdown(f":material/block: {plain(answer.reason)} {plain(answer.remedy)}")
        _mends(index, answer, again)


def _mends(index: int, answer: Answer, again: Act | None) -> None:
    """A button for each remedy that one click can apply; none where the comparison is somebody else's."""
    if again is None:
        return
    with st.container(horizontal=True, gap="small"):
        for number, mend in enumerate(answer.mends):
            st.button(
                mend.label,
                key=f"mend_{index}" if number == 0 else f"mend_{index}_{number}",
                icon=":material/build:",
                wrap=True,
                on_click=again,
                args=(answer.contender.id, mend),
            )


def _each(answer: Answer) -> list[Figures]:
    """The figures of each step, where there are several."""
    every = answer.steps
    return [step.figures(answer.contended) for step in every] if len(every) > 1 else []
