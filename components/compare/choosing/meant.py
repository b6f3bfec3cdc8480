"""What the chosen columns mean: the contenders, and a sentence for each choice that can't become one."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from components import servers, shell
from components.compare.choosing import here
from components.compare.contenders import CHOSEN, MOST, words
from components.words import plain
from playground.comparisons.comparison import Comparison
from playground.comparisons.contender import Contender, continued
from playground.comparisons.lineup.entry import Entry
from playground.comparisons.lineup.seating import seat
from playground.config import may_choose
from playground.engines.roster import installed, namesakes, specs
from playground.engines.roster.soonest import USUAL
from playground.models.model import Model, ModelError
from playground.prompt.conversation import Conversation, Settings
from playground.prompt.limits import LIMITS


def resolve(
    chosen: Sequence[Entry],
    common: Settings,
    on: Comparison | None,
    asked: Conversation | None = None,
) -> tuple[tuple[Contender, ...], list[str]]:
    """The contenders in order, and a sentence for each choice that can't become one. In the comparison that goes on
    each keeps its column, and its weights. A name that could mean several takes those that answer what is `asked`
    soonest.
    """
    found: list[tuple[Entry, Model]] = []
    faults: list[str] = []
    before = [one for round in on.rounds for one in round.contenders] if on else ()
    # An address may name anything; paths of this machine's disk are not for visitors to try.
    for entry in chosen:
        spec = entry.spec
        if not specs.open_to_all(spec, here.models()):
            spoilt = next(
                (one for one in installed.damaged() if spec == f"local:{one.weights}"), None
            )
            faults.append(spoilt.reason if spoilt else f"{spec} is not among the models here.")
            continue
        if not may_choose(specs.wishes(spec)):
            faults.append(
                f"{spec} is not loaded: whoever runs this program chooses the precision of its models."
            )
            continue
        try:
            with st.spinner(f"Asking what {plain(words(entry))} takes …"):
                found.append((entry, _model(entry, common, before, asked)))
        except ModelError as error:
            helps = shell.may_manage() or spec.startswith(specs.SERVER)
            faults.append(str(error) if helps else error.reason)
    if len(found) > MOST:
        faults.append(f"{MOST} columns are the most: the first {MOST} will answer.")
        found = found[:MOST]
    while sum(entry.repeats for entry, _ in found) > LIMITS.answers:
        entry, _ = found.pop()
        faults.append(
            f"{words(entry)} is left out: {LIMITS.answers} answers to one question are the most."
        )
    made = continued(seat(found, common), before)
    firsts = [at for entry, _ in found for at in [entry] + [None] * (entry.repeats - 1)]
    kept = st.session_state.setdefault(CHOSEN, {})
    kept |= {one.id: entry for one, entry in zip(made, firsts, strict=True) if entry is not None}
    return made, faults


def _model(
    entry: Entry, common: Settings, before: Sequence[Contender], asked: Conversation | None
) -> Model:
    """What an entry means. Raises ModelError."""
    several = namesakes.several(entry.spec, here.models())
    kept = next((one.model.spec for one in before if one.id == entry.id), None)
    for one in several:
        if one.spec == kept:
            return one
    model = specs.find(entry.spec, servers.known())
    if not several or asked is None:
        return model
    expected = namesakes.expected(asked, entry.own.apply(common), model)
    made = namesakes.choice(entry.spec, expected, here.models())
    return model if made is None else made.model


def choices(
    entries: Sequence[Entry],
    columns: Sequence[Contender],
    on: Comparison | None,
    asked: Conversation | None,
) -> list[str]:
    """Of each name that could mean several weights and did not answer yet, what it means for such a question, and
    why.
    """
    by_id = {one.id: one for one in columns}
    there = {one.id for round in on.rounds for one in round.contenders} if on else set()
    lines = []
    for entry in entries:
        column = by_id.get(entry.id)
        if column is None or entry.id in there:
            continue
        expected = namesakes.expected(asked, column.settings, column.model) if asked else USUAL
        if (made := namesakes.choice(entry.spec, expected, here.models())) is not None:
            lines.append(namesakes.words(entry.spec, made, here.models()))
    return lines
