"""What was answered, out of a record: the steps of an answer, its words and its figures.

Figures are computed anew from the chunks, never read.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from playground.archive import record
from playground.archive.restoring.asked import Fetch, conversation, settings
from playground.archive.restoring.fields import made, maybe
from playground.comparisons import steps, summed
from playground.comparisons.figures import Figures, Stage, Timeline
from playground.comparisons.steps import Called, Step
from playground.engines.events import Channel, Chunk, Finished, OutputTokens
from playground.prompt import piecewise
from playground.prompt.conversation import Conversation, Settings
from playground.prompt.cost import PromptTokens


def figures(kept: record.Answer) -> Figures:
    """The figures of a kept answer, computed from its chunks as those of a live one are."""
    return summed.figures(every_step(kept), kept.contended)


def time_stages(kept: record.Answer) -> tuple[Stage, ...]:
    """Where the time of a kept answer went."""
    return summed.time_stages(every_step(kept))


def called(kept: record.Answer, start: float = 0.0) -> tuple[Step, ...]:
    """The steps of a kept answer that called tools; its clock began at `start`."""
    found: list[Step] = []
    first, accepted = 0, start
    begun, pieces = str(kept.contender.settings.get("begun") or ""), _pieces(kept)
    for one in kept.steps:
        own = kept.chunks[first : first + one.chunks]
        step = Step(
            replace(timeline(one, start), accepted=accepted),
            chunks(own, start),
            *_said(own, "" if found else begun),
            prompt=maybe(PromptTokens, one.prompt),
            last=last(one.last),
            calls=tuple(_called(call, start) for call in one.calls),
            piece=_piece(pieces, len(found)),
        )
        found.append(step)
        first, accepted = first + one.chunks, step.until
    return tuple(found)


def _called(kept: record.Called, start: float) -> Called:
    return Called(
        kept.name,
        kept.arguments,
        kept.standing,
        start + kept.at,
        kept.result,
        None if kept.given_at is None else start + kept.given_at,
        kept.by_hand,
    )


def every_step(kept: record.Answer) -> tuple[Step, ...]:
    """All its steps."""
    before = called(kept)
    own = kept.chunks[sum(one.chunks for one in kept.steps) :]
    line = replace(timeline(kept), accepted=before[-1].until if before else 0.0)
    prompt = maybe(PromptTokens, kept.prompt)
    begun = "" if before else str(kept.contender.settings.get("begun") or "")
    ending = Step(line, chunks(own), *_said(own, begun), prompt, last(kept.last))
    return (*before, replace(ending, piece=_piece(_pieces(kept), len(before))))


def _pieces(kept: record.Answer) -> tuple[str, ...]:
    """The recordings of its question, where each was heard in a request of its own (`prompt.piecewise`)."""
    chosen = kept.contender.settings
    if not chosen.get("one_by_one") or not piecewise.can(settings(kept.contender)):
        return ()
    heard = [part.name for part in kept.messages[-1].parts if part.kind == "audio"]
    return tuple(heard) if len(heard) > 1 else ()


def _piece(pieces: Sequence[str], number: int) -> str:
    return pieces[number] if number < len(pieces) else ""


def requests(kept: record.Answer, fetch: Fetch) -> tuple[tuple[Conversation, Settings], ...]:
    """What was put to the model, one request after the other, each with the tokens that were left to its answer."""
    asked, chosen = conversation(kept.messages, fetch), settings(kept.contender)
    every = every_step(kept)
    pieces = piecewise.requests(asked, chosen)
    if len(pieces) > 1:
        return tuple((one, chosen) for one in pieces[: len(every)])
    found = []
    begins = 0
    for number in range(len(every)):
        if number and not every[number - 1].calls:
            begins = number  # one that was cut goes on with a length of its own
        left = max(1, chosen.max_tokens - steps.spent(every[begins:number]))
        found.append((steps.put(asked, every[:number]), replace(chosen, max_tokens=left)))
    return tuple(found)


def said(kept: record.Answer, channel: Channel) -> str:
    """All that was said in a channel, a blank line between two steps."""
    place = ("thinking", "answer", "tool_call").index(channel)
    every = steps.whole(every_step(kept))
    return steps.joined([(one.thinking, one.text, one.tool_call)[place] for one in every])


def timeline(kept: record.Answer | record.Step, start: float = 0.0) -> Timeline:
    """When the stages of an answer or a step began, on such a clock."""
    known = (kept.started, kept.requested, kept.read, kept.finished)
    return Timeline(start, *(None if moment is None else start + moment for moment in known))


def chunks(kept: Sequence[record.Chunk], start: float = 0.0) -> tuple[Chunk, ...]:
    """What came, on a clock that began at `start`."""
    return tuple(Chunk(channel, text, tokens, start + at) for at, channel, text, tokens in kept)


def _said(kept: Sequence[record.Chunk], begun: str = "") -> tuple[str, str, str]:
    """What was thought, said and called, behind what the answer was begun with."""
    return (
        "".join(text for _, channel, text, _ in kept if channel == "thinking"),
        begun + "".join(text for _, channel, text, _ in kept if channel == "answer"),
        "".join(text for _, channel, text, _ in kept if channel == "tool_call"),
    )


def last(kept: Mapping[str, Any] | None) -> Finished | None:
    """What the engine told at the end of an answer, or of a step."""
    if kept is None:
        return None
    prompt = maybe(PromptTokens, kept.get("prompt"))
    output = maybe(OutputTokens, kept.get("output"))
    return made(Finished, {**kept, "prompt": prompt, "output": output})
