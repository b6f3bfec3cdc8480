"""A live comparison as a record. Copies nothing large: media stay where they are, named by their digests."""

from __future__ import annotations

import hashlib
import platform
import time
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import asdict
from functools import cache, lru_cache, partial
from pathlib import Path
from typing import Any

from playground.archive import record
from playground.comparisons.answer import Answer
from playground.comparisons.comparison import Comparison
from playground.comparisons.contender import Contender
from playground.comparisons.round import Round
from playground.comparisons.steps import Step
from playground.engines.events import Finished
from playground.engines.versions import versions
from playground.models import checkpoint, weight_files
from playground.models.device import device
from playground.models.footprint import footprint
from playground.models.gguf import parts
from playground.models.hub.cache import commit
from playground.models.model import Model
from playground.models.servers import Server
from playground.prompt.conversation import (
    FRAME_TOKENS,
    Audio,
    Conversation,
    Document,
    Image,
    Media,
    Message,
    Part,
    Text,
    ToolCall,
    ToolResult,
    Video,
)

LIBRARIES = ("torch", "transformers", "xllamacpp", "streamlit", "numpy", "pillow", "av")


def digest(data: bytes) -> str:
    """The SHA-256 by which the archive names bytes."""
    return hashlib.sha256(data).hexdigest()


def pieces(parts: Iterable[Media]) -> Iterator[tuple[str, bytes]]:
    """(kind, bytes) of every picture, recording, frame and document; frames are of the kind "video"."""
    for part in parts:
        if isinstance(part, Video):
            yield from (("video", frame.data) for frame in part.frames)
        elif isinstance(part, Document):
            yield "document", part.text.encode()
        else:
            yield part.kind, part.data


def media(of: Comparison) -> dict[str, bytes]:
    """The bytes of all its media by their digests."""
    return {
        digest(data): data
        for round in of.every_round
        for one in (round.asked, *(answer.conversation for answer in round.answers))
        for _, data in pieces(one.media())
    }


def comparison(of: Comparison, created: float) -> record.Comparison:
    """The whole of it, as it stands now."""
    return record.Comparison(
        id=of.id,
        created=created,
        rounds=tuple(round_(one) for one in of.every_round),
        last=of.last.id,
        all_at_once=of.all_at_once,
        made_by=made_by(),
    )


def round_(of: Round) -> record.Round:
    """A round with its answers."""
    answers = tuple(answer(one) for one in of.answers)
    return record.Round(of.id, messages(of.asked), answers, of.before.id if of.before else None)


def answer(of: Answer, chunks: bool = True) -> record.Answer:
    """An answer; without its chunks where those are kept apart."""
    start = of.timeline.accepted
    *called, now = of.steps
    line = now.line
    since = partial(_since, start)
    return record.Answer(
        contender=contender(of.contender),
        messages=messages(of.conversation),
        state=of.state,
        asked_at=of.asked_at,
        reason=of.reason,
        remedy=of.remedy,
        finish_reason=of.finish_reason,
        started=since(line.started),
        requested=since(line.requested),
        read=since(line.read),
        finished=since(line.finished),
        prompt=asdict(now.prompt) if now.prompt else None,
        last=_last(now.last, start),
        contended=of.contended,
        interrupted=of.interrupted,
        chunks=tuple(
            (chunk.at - start, chunk.channel, chunk.text, chunk.tokens)
            for chunk in (tuple(of.chunks) if chunks else ())
        ),
        steps=tuple(_step(step, start) for step in called),
    )


def _step(of: Step, start: float) -> record.Step:
    line, since = of.line, partial(_since, start)
    return record.Step(
        chunks=len(of.chunks),
        calls=tuple(
            record.Called(
                name=call.name,
                arguments=call.arguments,
                standing=call.standing,
                at=call.at - start,
                result=call.result,
                given_at=since(call.given_at),
                by_hand=call.by_hand,
            )
            for call in of.calls
        ),
        started=since(line.started),
        requested=since(line.requested),
        read=since(line.read),
        finished=since(line.finished),
        prompt=asdict(of.prompt) if of.prompt else None,
        last=_last(of.last, start),
    )


def _since(start: float, moment: float | None) -> float | None:
    return None if moment is None else moment - start


def _last(of: Finished | None, start: float) -> dict[str, Any] | None:
    return {**asdict(of), "at": of.at - start} if of else None


def contender(of: Contender) -> record.Contender:
    """A column."""
    return record.Contender(of.id, of.label, model(of.model), asdict(of.settings), of.system)


def model(of: Model) -> record.Model:
    """A model, without the paths and keys that reach it."""
    return record.Model(
        spec=of.spec
        if of.path is None or not of.spec.startswith("local:/")
        else f"local:{of.weights}",
        variant=of.variant,
        weights=of.weights,
        engine=of.engine,
        capabilities=asdict(of.capabilities),
        revision=of.revision,
        template=_template(of),
        stored=of.stored,
        precision=of.precision,
        wish=of.wish,
        demo=of.demo,
        bytes=of.bytes,
        dtype=of.dtype,
        needs_bytes=of.needs_bytes,
        runtime=of.runtime,
        server=_place(of.server) if of.server else None,
        sampling=asdict(of.sampling),
        **(of.facts if of.path is None else weights(of.path)),
    )


@lru_cache(maxsize=64)
def weights(path: Path) -> dict[str, Any]:
    """What the files of a checkpoint are: a hub's commit, their SHA-256, the numbers in them. Read once a program."""
    found: dict[str, Any] = {}
    if revision := commit(path):
        found["commit"] = revision
    with suppress(OSError, weight_files.Spoilt):
        held = parts.files(path) if path.is_file() else weight_files.files(path)
        found["files"] = weight_files.digests(held)
    with suppress(KeyError, ValueError, TypeError, AttributeError, ArithmeticError):
        numbers = footprint(checkpoint.settings(path, "config.json"))
        found["parameters"] = {"stored": numbers.stored, "per_token": numbers.read_per_token}
    return found


def _place(of: Server) -> record.Place:
    return record.Place(of.name, of.host, of.kind, of.on_this_machine)


def messages(of: Conversation) -> tuple[record.Message, ...]:
    """Messages with their parts."""
    return tuple(_message(one) for one in of.messages)


def _message(of: Message) -> record.Message:
    return record.Message(of.role, tuple(_part(one) for one in of.parts))


def _part(of: Part) -> record.Part:
    match of:
        case Text(text):
            return record.Part("text", text=text)
        case Image():
            return record.Part(
                "image",
                name=of.name,
                media=(digest(of.data),),
                sizes=((of.width, of.height),),
                original=of.original,
                file_bytes=of.file_bytes,
            )
        case Audio():
            return record.Part(
                "audio",
                name=of.name,
                media=(digest(of.data),),
                seconds=of.seconds,
                original=of.original,
            )
        case Video():
            return record.Part(
                "video",
                name=of.name,
                media=tuple(digest(frame.data) for frame in of.frames),
                sizes=tuple((frame.width, frame.height) for frame in of.frames),
                seconds=of.seconds,
                times=of.times,
                original=of.original,
                file_bytes=of.frames[0].file_bytes,
                data=None if of.frame_tokens == FRAME_TOKENS else of.frame_tokens,
            )
        case Document():
            return record.Part(
                "document",
                name=of.name,
                media=(digest(of.text.encode()),),
                original=of.original,
            )
        case ToolCall(name, arguments):
            return record.Part("tool_call", name=name, data=arguments)
        case ToolResult(name, result):
            return record.Part("tool_result", name=name, data=result)


def _template(of: Model) -> str:
    """The first digits of the SHA-256 of the chat template: where it lies on this machine, else as it was recorded."""
    if of.path is None:
        return of.template
    source = checkpoint.chat_template(of.path)
    return hashlib.sha256(source.encode()).hexdigest()[:16] if source else ""


@cache
def made_by() -> dict[str, str]:
    """Versions of the program and its libraries, and what models run on here."""
    return {
        "python": platform.python_version(),
        "system": platform.system(),
        **versions(("gemma4-playground", *LIBRARIES)),
        "device": device().name,
    }


def now() -> float:
    """The time of day, seconds since 1970."""
    return time.time()
