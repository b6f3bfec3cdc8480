"""Answers that were cut, gone on with: those of the newest comparison that has some."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from playground.archive import library
from playground.archive.archive import Archive, ArchiveError
from playground.cli.asking import view_of
from playground.cli.display import output
from playground.cli.display.notes import notes, say
from playground.cli.follow import desk, follow
from playground.cli.interrupts import Interruption
from playground.comparisons.comparison import Comparison
from playground.comparisons.going_on import was_cut
from playground.questions.faults import BadCall
from playground.questions.question import Question
from playground.questions.record import record

LOOKED_AT = 50
"""Comparisons, the newest first, among which one with a cut answer is looked for."""


def answer(
    max_tokens: int | None, json: bool, begun: Callable[[], None], interruption: Interruption
) -> int:
    """Go on, show, and return the exit code. `begun` is called when the models are at work. Raises BadCall."""
    with desk() as opened:
        if opened.archive is None:
            raise BadCall("nothing is kept here: PLAYGROUND_ARCHIVE is off.")
        try:
            comparison = _newest_cut(opened.archive)
        except ArchiveError as error:
            raise BadCall(str(error)) from None
        now, went_on = datetime.now().astimezone(), []
        for cut in filter(was_cut, comparison.answers):
            if max_tokens is not None:
                try:
                    settings = replace(cut.contender.settings, max_tokens=max_tokens)
                except ValueError as error:
                    raise BadCall(f"{error}.") from None
                cut.contender = replace(cut.contender, settings=settings)
            if why := opened.go_on(comparison, cut.contender.id):
                say(f"{cut.contender.label}: {why}")
            else:
                went_on.append(cut.contender.id)
        begun()
        follow(
            comparison,
            notes(quiet=True) if json else view_of(len(comparison.answers)),
            interruption,
        )
        if json:
            asked = Question(comparison.last.asked, (), comparison.contenders)
            output.write_json(record(asked, comparison, now), computed=True)
    done = any(one.state == "done" for one in comparison.answers if one.contender.id in went_on)
    return interruption.code or (0 if done else 1)


def _newest_cut(archive: Archive) -> Comparison:
    """The newest comparison whose last round has an answer that was cut. Raises BadCall, ArchiveError."""
    with archive.reading() as connection:
        entries = library.entries(connection, library.Wanted(), LOOKED_AT)
    for entry in sorted(entries, key=lambda one: one.created, reverse=True):
        found = archive.find(entry.id)
        if found is not None and any(map(was_cut, found.answers)):
            return found
    raise BadCall("there is nothing to go on with: no answer that is kept here was cut.")
