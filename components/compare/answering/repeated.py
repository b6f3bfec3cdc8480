"""One pane for a contender that answers several times: its distinct answers with their counts, figures with spreads."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import streamlit as st

from components.compare.answer import Act
from components.compare.answering.standing import ending, progress
from components.compare.figures import rate, seconds
from components.compare.step import structured
from components.compare.tooling.calls import Waiting
from components.copying import copy_button
from components.prose import Prose
from components.words import plain
from playground.comparisons.answer import Answer
from playground.comparisons.findings.repeats import Spread, Together, together
from playground.comparisons.lineup.seating import Group
from playground.comparisons.steps import judged
from playground.prompt.mend import Mend

FIGURES: tuple[tuple[str, str, Callable[[float], str]], ...] = (
    ("ttft_s", "TTFT", seconds),
    ("output_tps", "tok/s", rate),
    ("answer_tokens", "tokens", lambda value: f"{value:,.1f}"),
    ("e2e_s", "E2E", seconds),
)
"""The spreads that stand under the answers; the table below has the others."""

OTHERS: tuple[tuple[str, str, Callable[[float], str]], ...] = (
    ("ttfa_s", "time to first answer token", seconds),
    ("tpot_ms", "time per output token (TPOT)", lambda value: f"{value:.1f} ms"),
    ("prefill_tps", "prefill speed", lambda value: f"{rate(value)} tok/s"),
    ("thinking_tokens", "thinking tokens", lambda value: f"{value:,.1f}"),
)

FIRST_WORDS = 60
"""Characters of an answer that stand on its fold."""


class Repeats:
    """The place of a contender's repeats; `draw` brings it up to date. `again` is None where nothing may be done."""

    def __init__(
        self, key: str, group: Group, answers: Sequence[Answer], notes: str, again: Act | None
    ) -> None:
        self._key, self._group, self._answers, self._again = key, group, answers, again
        self.settled = False
        self._current: Answer | None = None
        self._prose: Prose | None = None
        with st.container(border=True, key=key, gap="xsmall"):
            with st.container(horizontal=True, vertical_alignment="top", gap="small", wrap=False):
                who = ":orange[demo-sized, not Gemma 4] · " if group.first.model.demo else ""
                said = f"{len(answers)} times{f' · {notes}' if notes else ''}"
                st.markdown(f":small[{who}:gray[{said}]]", width="stretch")
                self._control = st.empty()
            self._text = st.empty()
            self._waiting = Waiting(key, again is not None)
            self._state = st.empty()
            self._foot = st.container(gap="xsmall")
        if again and not all(answer.ended for answer in answers):
            self._control.button(
                "Stop",
                key=f"stop_{key}",
                icon=":material/stop:",
                type="tertiary",
                help=f"Stop all of {plain(group.label)}, keep what came",
                on_click=_stop,
                args=(tuple(answers),),
            )

    def draw(self) -> None:
        """One tick: the answer that comes now, and how many there are."""
        if self.settled:
            return
        self._waiting.draw(self._answers)
        ended = [answer for answer in self._answers if answer.ended]
        if len(ended) == len(self._answers):
            self._settle()
            return
        going = [answer for answer in self._answers if not answer.ended]
        now = next((answer for answer in going if answer.chunks), going[0])
        if structured(now):
            self._text.code(now.text, "json", wrap_lines=True)
        else:
            if now is not self._current:
                self._current = now
                self._prose = Prose(self._text.container(gap="xsmall"))
            assert self._prose is not None
            self._prose.draw(now.text, growing=True)
        self._state.markdown(f":small[**{len(ended)} of {len(self._answers)}** ·] {progress(now)}")

    def _settle(self) -> None:
        self.settled = True
        found = together(self._answers)
        self._text.empty()
        self._state.empty()
        if self._again:
            self._control.button(
                "Run again",
                key=f"run_again_{self._key}",
                icon=":material/refresh:",
                type="tertiary",
                help=f"Put the prompt to {plain(self._group.label)} {len(self._answers)} times more",
                on_click=_again,
                args=(self._again, tuple(answer.contender.id for answer in self._answers)),
            )
        with self._text.container(gap="xsmall"):
            said(found, self._answers)
        with self._foot:
            for line in _endings(self._answers):
                st.markdown(f":small[{line}]")
            _line(found)
            self._mends()
            with st.container(horizontal=True, gap="small"):
                if found.distinct:
                    copy_button(f"copy_{self._key}", _all(found), f"{self._group.label}'s answers")
                    with st.popover(
                        "All figures", icon=":material/query_stats:", type="tertiary"
                    ).container(width=420):
                        _details(found)

    def _mends(self) -> None:
        """The remedies that one click can apply, to all that were cut or failed for the same reason."""
        wanting = [answer for answer in self._answers if answer.mends]
        if self._again is None or not wanting:
            return
        ids = [one.contender.id for one in wanting if one.mends == wanting[0].mends]
        with st.container(horizontal=True, gap="small"):
            for number, mend in enumerate(wanting[0].mends):
                st.button(
                    mend.label,
                    key=f"mend_{self._key}_{number}",
                    icon=":material/build:",
                    wrap=True,
                    on_click=_again,
                    args=(self._again, ids, mend),
                )


def said(found: Together, answers: Sequence[Answer]) -> None:
    """The distinct answers, the most frequent open and the others folded, and how far they agree. What those said that
    did not come to their end stands folded behind them, and counts nowhere.
    """
    as_json = structured(answers[0])
    if found.n:
        st.markdown(f":small[:gray[{_agreed(found)}{_valid(answers)}]]")
    for number, (text, count) in enumerate(found.distinct):
        often = f"{count} of {found.n}"
        if number == 0:
            st.markdown(f":small[**{often}**]")
            _show(text or "Nothing.", as_json and bool(text))
        else:
            with st.expander(f"**{often}** · {_beginning(text)}", type="compact"):
                _show(text, as_json)
    for answer in answers:
        if answer.state in ("stopped", "failed") and answer.text.strip():
            with st.expander(f"**{answer.state}** · {_beginning(answer.text)}", type="compact"):
                _show(answer.text, as_json)


def _show(text: str, as_json: bool) -> None:
    """Words as Markdown; JSON letter by letter."""
    if as_json:
        st.code(f"\n{text}\n", "json", wrap_lines=True)
    else:
        Prose(st.container(gap="xsmall")).draw(text, growing=False)


def _beginning(text: str) -> str:
    return plain(" ".join(text.split())[:FIRST_WORDS] or "Nothing.")


def _valid(answers: Sequence[Answer]) -> str:
    """ " 2 of 3 are valid against the schema."; nothing where none was wanted."""
    judgements = (judged(one.steps, one.settings.schema) for one in answers if one.state == "done")
    checked = [one.valid for one in judgements if one is not None]
    if not checked:
        return ""
    return f" {sum(checked)} of {len(checked)} are valid against the schema."


def _agreed(found: Together) -> str:
    if len(found.distinct) == 1:
        return f"All {found.n} answers are the same, word for word." if found.n > 1 else "1 answer."
    words = f"{found.n} answers, {len(found.distinct)} of them distinct"
    if found.agreement is None:
        return f"{words}."
    return f"{words}; two have {100 * found.agreement:.0f} % of their words in common, on average."


def _line(found: Together) -> None:
    with st.container(horizontal=True, gap="medium"):
        for name, label, shown in FIGURES:
            if (one := found.figures.get(name)) is not None:
                st.metric(
                    f"{label} (n {one.n})",
                    shown(one.mean),
                    f"± {shown(one.half)}" if one.half is not None else None,
                    delta_color="off",
                    delta_arrow="off",
                    width="content",
                )


def _details(found: Together) -> None:
    rows = ["| Figure | Mean | 95 % interval | n |", "|:--|--:|--:|--:|"]
    for name, label, shown in (*FIGURES, *OTHERS):
        if (one := found.figures.get(name)) is not None:
            rows.append(f"| {label} | {shown(one.mean)} | {_interval(one, shown)} | {one.n} |")
    st.markdown("\n".join(rows))
    st.caption(
        "Means of the answers that came to their end, with Student's t. Waiting in line and loading are in none."
    )


def _interval(one: Spread, shown: Callable[[float], str]) -> str:
    if one.half is None:
        return "–"
    return f"{shown(max(0.0, one.mean - one.half))} to {shown(one.mean + one.half)}"


def _endings(answers: Sequence[Answer]) -> list[str]:
    """What there is to say about how some ended, once for those that ended alike, and what the server did wrong."""
    words: dict[str, int] = {}
    for answer in answers:
        for line in filter(
            None,
            (ending(answer), *(f":orange[:material/info: {plain(one)}]" for one in answer.remarks)),
        ):
            words[line] = words.get(line, 0) + 1
    return [f"**{count} of {len(answers)}**: {line}" for line, count in words.items()]


def _all(found: Together) -> str:
    return "\n\n".join(f"{count} of {found.n}:\n{text}" for text, count in found.distinct)


def _stop(answers: Sequence[Answer]) -> None:
    for answer in answers:
        answer.stop()


def _again(again: Act, ids: Sequence[str], mend: Mend | None = None) -> None:
    for id in ids:
        again(id, mend)


class EarlierRepeats:
    """What a contender's repeats said in an earlier round; `draw` brings it up to date until all have ended."""

    def __init__(self, key: str, group: Group, answers: Sequence[Answer], mine: bool) -> None:
        self._answers = answers
        self.settled = False
        with st.container(border=True, key=key, gap="xsmall"):
            st.markdown(f":small[:gray[{plain(group.label)}, {len(answers)} times]]")
            self._text = st.empty()
            self._waiting = Waiting(key, mine)

    def draw(self) -> None:
        """One tick."""
        if self.settled:
            return
        self._waiting.draw(self._answers)
        going = next((answer for answer in self._answers if not answer.ended), None)
        if going is not None:
            self._text.markdown(progress(going))
            return
        self.settled = True
        with self._text.container(gap="xsmall"):
            said(together(self._answers), self._answers)
