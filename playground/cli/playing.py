"""A kept comparison's last round played in the terminal, in the views that show one while it runs."""

from __future__ import annotations

import time
from dataclasses import replace

from playground.archive import record
from playground.archive.replay import Replay, begun
from playground.archive.restoring import again
from playground.archive.restoring.asked import conversation
from playground.cli.asking import view_of
from playground.cli.follow import TICK_S
from playground.cli.interrupts import Interruption
from playground.comparisons.comparison import Comparison
from playground.comparisons.round import Round


def play(kept: record.Comparison, speed: float, interruption: Interruption) -> int:
    """Show the round that was shown last, from the moment its contenders began to read; returns the exit code."""
    asked = next(one for one in kept.rounds if one.id == kept.last)
    replay = Replay(asked.answers)
    view = view_of(len(asked.answers))
    began, moment = time.monotonic(), 0.0
    try:
        while moment < replay.seconds and not interruption.code:
            view.draw(_comparison(kept, asked, replay, moment))
            time.sleep(TICK_S)
            moment = (time.monotonic() - began) * speed
    finally:
        view.clear()
    view.end(_comparison(kept, asked, replay, moment if interruption.code else replay.seconds))
    return interruption.code


def _comparison(
    kept: record.Comparison, asked: record.Round, replay: Replay, moment: float
) -> Comparison:
    """What views draw: the answers as they stood then; their clocks show the replay's time."""
    answers = [
        again.answer(replace(one, asked_at=time.time() - begun(one) - moment), _nothing, live=True)
        for one in (replace(one, messages=_words(one)) for one in replay.at(moment))
    ]
    question = conversation(_text(asked.asked), _nothing)
    round = Round.restored(asked.id, question, answers, None)
    return Comparison.restored(kept.id, (round,), round, kept.all_at_once, "")


def _words(answer: record.Answer) -> tuple[record.Message, ...]:
    return _text(answer.messages[-1:])


def _text(messages: tuple[record.Message, ...]) -> tuple[record.Message, ...]:
    """The messages without their media, which are not fetched for it."""
    words = tuple(
        replace(one, parts=tuple(part for part in one.parts if part.kind == "text"))
        for one in messages
    )
    return words or (record.Message("user", ()),)


def _nothing(digest: str) -> bytes:
    raise LookupError(digest)
