"""POST /api/compare: a question put to contenders, answered as one JSON or as a stream of events."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import aclosing
from datetime import UTC, datetime
from functools import partial
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse

from playground.api import asking, bodies
from playground.api.asking import Asked
from playground.api.charging import charge, held, seen
from playground.api.door import Caller
from playground.api.following import aside, at_length, follow, heard, whole
from playground.comparisons.answer import Answer
from playground.comparisons.comparison import Comparison
from playground.desk import Desk
from playground.questions.record import answered, record

STREAM = "text/event-stream"
UNBUFFERED = {"cache-control": "no-store", "x-accel-buffering": "no"}
"""Told to proxies, which else hand a stream on in pieces of their own size."""


async def compare(request: Request, caller: Caller, desk: Desk) -> Response:
    """Ask, and answer when all have ended, or as they do if the client takes a stream. A client that goes away stops
    it. Raises Fault, TooMany.
    """
    asked = await _asked(request, caller, desk)
    now = datetime.now(UTC)
    comparison = await aside(_start, desk, asked, caller)
    if STREAM in request.headers.get("accept", ""):
        pieces = heard(_events(comparison, asked, now))
        return StreamingResponse(pieces, media_type=STREAM, headers=UNBUFFERED)
    await whole(comparison, request)
    return JSONResponse(await aside(_told, comparison, asked, now))


async def _asked(request: Request, caller: Caller, desk: Desk) -> Asked:
    admit = partial(charge, desk, caller)
    await aside(seen, desk, caller)
    with held(request, caller):
        if bodies.kind(request) == bodies.FORM:
            form = await bodies.read_form(request)
            return await at_length(asking.of_form, form, admit)
        data = await bodies.read_json(request)
        return await at_length(lambda: asking.of_json(bodies.value(data), admit))


def _start(desk: Desk, asked: Asked, caller: Caller) -> Comparison:
    made = asked.question
    return desk.start(
        made.conversation, made.contenders, asked.all_at_once, caller.owner, keep=asked.save
    )


def _told(comparison: Comparison, asked: Asked, now: datetime) -> dict[str, Any]:
    return {"id": comparison.id, **record(asked.question, comparison, now)}


async def _events(comparison: Comparison, asked: Asked, now: datetime) -> AsyncIterator[bytes]:
    """Its beginning, every piece of every answer, each answer's end with its figures, and the whole."""
    tracks = [_Track(answer) for answer in comparison.answers]
    contenders = [{"id": t.id, "label": t.answer.contender.label} for t in tracks]
    yield event("comparison", {"id": comparison.id, "contenders": contenders})
    async with aclosing(follow(comparison)) as ticks:
        async for _ in ticks:
            yield b"".join(piece for track in tracks for piece in track.more())
    yield event("done", await aside(_told, comparison, asked, now))


class _Track:
    """What of an answer was told so far."""

    def __init__(self, answer: Answer) -> None:
        self.answer = answer
        self.id = answer.contender.id
        self._chunks = 0
        self._state = ""
        self._ended = False

    def more(self) -> list[bytes]:
        """What came since."""
        answer, made = self.answer, []
        if self._ended:
            return []
        ended, state = (
            answer.ended,
            answer.state,
        )  # first: what came before its end is among the chunks
        chunks = answer.chunks[self._chunks :]
        self._chunks += len(chunks)
        if state != self._state and not ended:
            self._state = state
            made.append(event("state", {"contender": self.id, "state": state}))
        for chunk in chunks:
            told = {"contender": self.id, "channel": chunk.channel, "text": chunk.text}
            made.append(event("chunk", {**told, "tokens": chunk.tokens}))
        if ended:
            self._ended = True
            made.append(event("answer", {"id": self.id, **answered(answer)}))
        return made


def event(name: str, data: Any) -> bytes:
    """A server-sent event."""
    return f"event: {name}\ndata: {json.dumps(data, ensure_ascii=False)}\n\n".encode()
