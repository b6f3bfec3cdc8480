"""The rounds, one below the other: each question above its answers, the last round's in full, earlier ones small."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Protocol

import streamlit as st

from components.compare.answer import Act, Pane, refusal
from components.compare.answering.repeated import EarlierRepeats, Repeats
from components.compare.asked import asked
from components.compare.earlier import Earlier, absent
from components.compare.heads import NARROWEST
from components.compare.reading.order import arranged
from components.compare.reading.stage import stage
from components.compare.reading.view import View
from components.compare.tooling.calls import Waiting
from playground.comparisons.answer import Answer
from playground.comparisons.comparison import Comparison
from playground.comparisons.lineup.seating import Group, standing
from playground.comparisons.round import Round
from playground.prompt.mend import Mend


class Place(Protocol):
    """Where an answer is drawn; `settled` once there is nothing more to do."""

    settled: bool

    def draw(self) -> None:
        """One tick."""


class Folded:
    """An answer that is not drawn: what draws goes on until it has ended."""

    def __init__(self, answer: Answer) -> None:
        self._answer = answer
        self.settled = answer.ended

    def draw(self) -> None:
        """One tick."""
        self.settled = self._answer.ended


class FoldedRound:
    """The answers of a round that is folded away: who catches up in it may still have to ask a person something."""

    def __init__(self, key: str, answers: Sequence[Answer], mine: bool) -> None:
        self._answers = answers
        self.settled = all(answer.ended for answer in answers)
        if not self.settled:
            self._waiting = Waiting(key, mine)

    def draw(self) -> None:
        """One tick."""
        if not self.settled:
            self._waiting.draw(self._answers)
            self.settled = all(answer.ended for answer in self._answers)


def rounds(
    comparison: Comparison,
    held: View,
    notes: Mapping[str, str],
    again: Act | None,
    rerun: Callable[[Round], None] | None,
) -> Iterator[list[Place]]:
    """All rounds of the branch that is shown: draws one each time that it is asked for the next, and gives the places
    of its answers. `again` and `rerun` are None where nothing can be done, `notes` says by the id of each contender of
    the last round what sets it apart.

    The last one comes first: it is what somebody waits for, and there may be many before it.
    """
    opened = []
    for round in comparison.rounds:
        last, folded = round is comparison.last, round.id in held.rounds
        about = (round.id, last, folded, *held.columns, *map(id, round.answers))
        ids = (one.id for one in comparison.contenders)
        with stage(f"round_{round.number}", (*about, *ids)):
            opened.append((round, st.container(key=f"round_{round.id}")))
    for round, where in reversed(opened):
        places: list[Place] = []
        with where:
            away = sorted({one.model.place for one in round.contenders if one.model.leaves_machine})
            asked(comparison, round, away, rerun, held)
            if round is opened[-1][0]:
                places += _last(comparison, held, notes, again)
            elif round.id in held.rounds:
                key = f"folded_round_{round.number}"
                places.append(FoldedRound(key, round.answers, again is not None))
            else:
                places += _earlier(comparison, round, held, again is not None)
        yield places


def _last(
    comparison: Comparison, held: View, notes: Mapping[str, str], again: Act | None
) -> list[Place]:
    """The answers of the last round; those who were not asked say why in their places."""
    places: list[Place] = []
    round, together = comparison.last, arranged(comparison)
    shown = {one.id for one in held.open(standing(round.contenders))}
    with st.grid(len(shown), min_column_width=NARROWEST, wrap=False, key="answers"):
        for index, group in enumerate(together):
            answers, note = _answers(round, group), notes.get(group.first.id, "")
            if group.first.id not in shown:
                places += map(Folded, answers)
            elif all(answer.state == "refused" for answer in answers):
                refusal(index, answers[0], again and partial(_all_again, again, group))
            elif len(answers) == 1:
                places.append(Pane(index, answers[0], note, again))
            else:
                places.append(Repeats(f"pane_{index}", group, answers, note, again))
    return places


def _earlier(comparison: Comparison, round: Round, held: View, mine: bool) -> list[Place]:
    """What those who were asked last gave in an earlier round."""
    places: list[Place] = []
    shown = {one.id for one in held.open(standing(comparison.contenders))}
    with st.grid(len(shown), min_column_width=NARROWEST, wrap=False):
        for index, group in enumerate(arranged(comparison)):
            key, answers = f"earlier_{round.number}_{index}", _answers(round, group)
            if group.first.id not in shown:
                places += map(Folded, answers)
            elif not answers:
                absent(key, replace(group.first, label=group.label))
            elif len(answers) == 1:
                places.append(Earlier(key, round.number, answers[0], mine))
            else:
                places.append(EarlierRepeats(key, group, answers, mine))
    return places


def _answers(round: Round, group: Group) -> list[Answer]:
    """What was asked of a contender and its repeats in a round."""
    found = (round.answer(one.id) for one in group.contenders)
    return [answer for answer in found if answer is not None]


def _all_again(again: Act, group: Group, _: str, mend: Mend | None) -> None:
    for contender in group.contenders:
        again(contender.id, mend)
