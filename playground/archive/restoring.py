"""A record as a comparison again: its answers have ended, and one can ask on in it.

Figures are computed anew from the chunks, never read.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields, replace
from typing import Any, TypeVar

from playground.archive import record
from playground.comparisons import steps, summed
from playground.comparisons.answer import ENDED, Answer
from playground.comparisons.comparison import Comparison
from playground.comparisons.contender import Contender
from playground.comparisons.figures import Figures, Stage, Timeline
from playground.comparisons.round import Round
from playground.comparisons.steps import Called, Step
from playground.engines.events import Channel, Chunk, Finished, OutputTokens
from playground.models.capabilities import IMAGE_BUDGETS, Capabilities
from playground.models.model import Model
from playground.models.sampling import Sampling
from playground.models.servers import Server
from playground.prompt import piecewise
from playground.prompt.conversation import (
    FRAME_TOKENS,
    Audio,
    Conversation,
    Document,
    Image,
    Message,
    Part,
    Settings,
    Text,
    ToolCall,
    ToolResult,
    Video,
)
from playground.prompt.cost import PromptTokens

T = TypeVar("T")

Fetch = Callable[[str], bytes]
"""The bytes of a digest; raises LookupError when they are not there."""


def comparison(
    kept: record.Comparison, fetch: Fetch, owner: str = "", live: bool = False
) -> Comparison:
    """The comparison of a record. `live`: another program is answering it, so that what has not ended goes on.

    Raises ValueError, one sentence, when the record makes no sense.
    """
    made: dict[str, Round] = {}
    for one in kept.rounds:
        if one.before is not None and one.before not in made:
            raise ValueError(f"Round {one.id} goes on from a round that is not there.")
        if one.id in made:
            raise ValueError(f"Two rounds have the id {one.id}.")
        made[one.id] = round_(one, made[one.before] if one.before else None, fetch, live)
    if kept.last not in made:
        raise ValueError("The round that is shown is not among the rounds.")
    rounds = tuple(made.values())
    return Comparison.restored(kept.id, rounds, made[kept.last], kept.all_at_once, owner)


def round_(kept: record.Round, before: Round | None, fetch: Fetch, live: bool = False) -> Round:
    """A round with its answers."""
    answers = [answer(one, fetch, live) for one in kept.answers]
    return Round.restored(kept.id, conversation(kept.asked, fetch), answers, before)


def answer(kept: record.Answer, fetch: Fetch, live: bool = False) -> Answer:
    """An answer that has ended; one that had not was interrupted, unless it is answered elsewhere (`live`)."""
    live = live and kept.state not in ENDED and not kept.interrupted
    # Its running clock is this machine's.
    start = time.perf_counter() - max(0.0, time.time() - kept.asked_at) if live else 0.0
    prompt = _made(PromptTokens, kept.prompt) if kept.prompt else None
    return Answer.restored(
        contender(kept.contender),
        conversation(kept.messages, fetch),
        state=kept.state,
        reason=kept.reason,
        remedy=kept.remedy,
        finish_reason=kept.finish_reason,
        asked_at=kept.asked_at,
        timeline=_timeline(kept, start),
        chunks=list(_chunks(kept.chunks, start)),
        prompt=prompt,
        last=_last(kept.last),
        contended=kept.contended,
        interrupted=kept.interrupted,
        live=live,
        called=called(kept, start),
    )


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
            replace(_timeline(one, start), accepted=accepted),
            _chunks(own, start),
            *_said(own, "" if found else begun),
            prompt=_made(PromptTokens, one.prompt) if one.prompt else None,
            last=_last(one.last),
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
    line = replace(_timeline(kept), accepted=before[-1].until if before else 0.0)
    prompt = _made(PromptTokens, kept.prompt) if kept.prompt else None
    begun = "" if before else str(kept.contender.settings.get("begun") or "")
    last = Step(line, _chunks(own), *_said(own, begun), prompt, _last(kept.last))
    return (*before, replace(last, piece=_piece(_pieces(kept), len(before))))


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
    asked, chosen, every = (
        conversation(kept.messages, fetch),
        settings(kept.contender),
        every_step(kept),
    )
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


def _timeline(kept: record.Answer | record.Step, start: float = 0.0) -> Timeline:
    known = (kept.started, kept.requested, kept.read, kept.finished)
    return Timeline(start, *(None if moment is None else start + moment for moment in known))


def _chunks(kept: Sequence[record.Chunk], start: float = 0.0) -> tuple[Chunk, ...]:
    return tuple(Chunk(channel, text, tokens, start + at) for at, channel, text, tokens in kept)


def _said(kept: Sequence[record.Chunk], begun: str = "") -> tuple[str, str, str]:
    """What was thought, said and called, behind what the answer was begun with."""
    return (
        "".join(text for _, channel, text, _ in kept if channel == "thinking"),
        begun + "".join(text for _, channel, text, _ in kept if channel == "answer"),
        "".join(text for _, channel, text, _ in kept if channel == "tool_call"),
    )


def contender(kept: record.Contender) -> Contender:
    """A column; its model names what answered, and may be gone from this machine."""
    return Contender(model(kept.model), settings(kept), kept.label, kept.id, kept.system)


def settings(kept: record.Contender) -> Settings:
    """The settings as they were chosen."""
    return _made(Settings, kept.settings)


def used(kept: record.Contender) -> Settings:
    """The settings as they were used: what nobody chose was the model's own."""
    return settled(kept, settings(kept))


def settled(kept: record.Contender, chosen: Settings) -> Settings:
    """Settings as that contender used them."""
    return chosen.settled(_made(Sampling, kept.model.sampling))


def model(kept: record.Model) -> Model:
    """The model as it was named."""
    server = kept.server
    return Model(
        spec=kept.spec,
        variant=kept.variant,
        weights=kept.weights,
        engine=kept.engine,
        capabilities=_made(Capabilities, kept.capabilities),
        revision=kept.revision,
        stored=kept.stored,
        precision=kept.precision,
        wish=kept.wish,
        demo=kept.demo,
        bytes=kept.bytes,
        dtype=kept.dtype,
        needs_bytes=kept.needs_bytes,
        runtime=kept.runtime,
        server=Server(server.name, f"http://{server.host}/v1", server.kind) if server else None,
        sampling=_made(Sampling, kept.sampling),
        template=kept.template,
        facts={"commit": kept.commit, "files": kept.files, "parameters": kept.parameters},
        here=kept.engine == "recital",
    )


def conversation(kept: tuple[record.Message, ...], fetch: Fetch) -> Conversation:
    """Messages with their media."""
    return Conversation(
        tuple(Message(one.role, tuple(_part(part, fetch) for part in one.parts)) for one in kept)
    )


def _part(kept: record.Part, fetch: Fetch) -> Part:
    match kept.kind:
        case "text":
            return Text(kept.text)
        case "image":
            return _images(kept, fetch)[0]
        case "audio":
            (name,) = kept.media
            return Audio(kept.name, fetch(name), kept.seconds, kept.original)
        case "video":
            frames = _images(kept, fetch)
            chosen = kept.data if kept.data in IMAGE_BUDGETS else FRAME_TOKENS
            return Video(kept.name, frames, kept.times, kept.seconds, kept.original, int(chosen))
        case "document":
            return document(kept, fetch)
        case "tool_call":
            return ToolCall(kept.name, kept.data)
        case "tool_result":
            return ToolResult(kept.name, kept.data)


def document(kept: record.Part, fetch: Fetch) -> Document:
    """A file's words."""
    (name,) = kept.media
    return Document(kept.name, fetch(name).decode("utf-8", "replace"), kept.original)


def _images(kept: record.Part, fetch: Fetch) -> tuple[Image, ...]:
    original = kept.original if kept.kind == "image" else ""
    return tuple(
        Image(kept.name, fetch(name), width, height, original, kept.file_bytes)
        for name, (width, height) in zip(kept.media, kept.sizes, strict=True)
    )


def _last(kept: Mapping[str, Any] | None) -> Finished | None:
    if kept is None:
        return None
    prompt, output = kept.get("prompt"), kept.get("output")
    return _made(
        Finished,
        {
            **kept,
            "prompt": _made(PromptTokens, prompt) if prompt else None,
            "output": _made(OutputTokens, output) if output else None,
        },
    )


def _made(kind: type[T], values: Mapping[str, Any]) -> T:
    """A dataclass from its fields; those that it does not know (a later version's) are left out."""
    known = {field.name for field in fields(kind)}  # type: ignore[arg-type]
    given = {name: _frozen(value) for name, value in values.items() if name in known}
    return kind(**given)


def _frozen(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value
