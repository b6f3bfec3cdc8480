"""A round's answers over time: what stood in each pane at a moment. Pure; knows no clock and no screen.

Moments are seconds since each contender began to read, whatever order they ran in: the race that fair timing did not
show while it ran.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, replace
from itertools import takewhile
from typing import Any

from playground.archive import record


@dataclass(frozen=True, slots=True)
class Replay:
    """The answers of one round."""

    answers: tuple[record.Answer, ...]

    @property
    def seconds(self) -> float:
        """Until the last of them had ended."""
        return max((_end(one) for one in self.answers), default=0.0)

    def at(self, moment: float) -> tuple[record.Answer, ...]:
        """The answers as they stood then."""
        return tuple(_at(one, moment) for one in self.answers)

    def tracks(self) -> list[dict[str, Any]]:
        """Plain data of the same for those who draw it elsewhere: each piece with its moment."""
        return [
            {
                "label": one.contender.label,
                "variant": one.contender.model.variant,
                "state": "interrupted" if one.interrupted else one.state,
                "reason": one.reason,
                "end": _end(one),
                "pieces": [
                    [max(0.0, at - begun(one)), channel, text]
                    for at, channel, text, _ in one.chunks
                ],
            }
            for one in self.answers
        ]


def begun(answer: record.Answer) -> float:
    """When its contender began to read, in seconds since it was asked for."""
    first = answer.steps[0] if answer.steps else answer
    moments = (first.requested, first.started)
    return next((moment for moment in moments if moment is not None), 0.0)


def _end(answer: record.Answer) -> float:
    """Seconds from the beginning to the end of an answer; 0 for one that was not begun."""
    last = answer.chunks[-1][0] if answer.chunks else 0.0
    ended = last if answer.finished is None else max(answer.finished, last)
    began = answer.requested is not None or answer.steps or last
    return max(0.0, ended - begun(answer)) if began else 0.0


def _at(answer: record.Answer, moment: float) -> record.Answer:
    if moment >= _end(answer):
        return answer
    now = begun(answer) + moment
    said = answer.chunks[: bisect_right(answer.chunks, now, key=lambda chunk: chunk[0])]
    channel = said[-1][1] if said else None
    read = answer.read if answer.read is not None and answer.read <= now else None
    return replace(
        answer,
        state="reading"
        if channel is None
        else "thinking"
        if channel == "thinking"
        else "answering",
        reason="",
        remedy="",
        finish_reason=None,
        read=read,
        finished=None,
        prompt=answer.prompt if read is not None else None,
        last=None,
        interrupted=False,
        chunks=said,
        steps=tuple(takewhile(lambda step: _answered(step) <= now, answer.steps)),
    )


def _answered(step: record.Step) -> float:
    """When all its calls were answered; of one that was cut, when it ended."""
    ends = (call.given_at or call.at for call in step.calls)
    return max(ends, default=step.finished or 0.0)
