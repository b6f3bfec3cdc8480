"""POST /v1/chat/completions and GET /v1/models: any contender as OpenAI's clients ask one."""

from __future__ import annotations

import json
import time
from collections.abc import AsyncIterator
from contextlib import aclosing
from functools import partial
from typing import Any

from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response, StreamingResponse

from playground.api import bodies, models
from playground.api.charging import charge, held, seen
from playground.api.chat.fields import Asked, asked
from playground.api.chat.reply import Reply, usage
from playground.api.chat.stops import Stops
from playground.api.comparing import STREAM, UNBUFFERED
from playground.api.door import Caller
from playground.api.faults import Fault
from playground.api.following import aside, at_length, follow, heard
from playground.comparisons.comparison import Comparison
from playground.comparisons.lineup.entry import Entry
from playground.comparisons.lineup.seating import seat
from playground.desk import Desk
from playground.questions.question import seeded

DONE = b"data: [DONE]\n\n"


async def complete(request: Request, caller: Caller, desk: Desk) -> Response:
    """One contender's answer, whole or in pieces. Raises Fault, TooMany."""
    with held(request, caller):
        data = await bodies.read_json(request)
        told, comparison = await at_length(_start, desk, caller, data)
    reply = Reply(comparison.answers[0], Stops(told.stops))
    about = _About(comparison, told)
    if comparison.answers[0].state == "refused":
        desk.let_go(comparison)
        reply.more()  # raises
    if told.stream:
        pieces = heard(_pieces(desk, reply, about, told.usage))
        return StreamingResponse(pieces, media_type=STREAM, headers=UNBUFFERED)
    return JSONResponse(await _whole(desk, reply, about, request))


async def every_model(request: Request, caller: Caller, desk: Desk) -> Response:
    """All that can be asked."""
    listed = [_model(one) for one in await aside(models.told, desk)]
    return JSONResponse({"object": "list", "data": listed})


async def one_model(request: Request, caller: Caller, desk: Desk) -> Response:
    """One of them. Raises Fault."""
    for one in await aside(models.told, desk):
        if one["spec"] == request.path_params["id"]:
            return JSONResponse(_model(one))
    raise Fault(404, "There is no such model here; /v1/models lists those that there are.", "model")


def _model(told: dict[str, Any]) -> dict[str, Any]:
    """`created` is not known of any, and their clients want a number."""
    return {"id": told["spec"], "object": "model", "created": 0, "owned_by": told["place"]}


def _start(desk: Desk, caller: Caller, data: bytes) -> tuple[Asked, Comparison]:
    seen(desk, caller)
    told = asked(bodies.value(data), partial(charge, desk, caller))
    entry = (Entry(told.model), models.find(told.model))
    (contender,) = seat([entry], told.settings, seeded)
    return told, desk.ask_one(told.conversation, contender, caller.owner, keep=told.store)


class _About:
    """What every piece of an answer says of it."""

    def __init__(self, comparison: Comparison, told: Asked) -> None:
        self.comparison = comparison
        self._same = {
            "id": f"chatcmpl-{comparison.id}",
            "created": int(time.time()),
            "model": told.model,
        }

    def whole(self, message: dict[str, Any], ends: str) -> dict[str, Any]:
        """The answer in one."""
        choice = {"index": 0, "message": message, "finish_reason": ends, "logprobs": None}
        return {**self._same, "object": "chat.completion", "choices": [choice]}

    def piece(self, delta: dict[str, Any] | None, ends: str | None = None) -> dict[str, Any]:
        """One piece; without a delta one that has no choice."""
        choice = {"index": 0, "delta": delta, "finish_reason": ends, "logprobs": None}
        choices = [] if delta is None else [choice]
        return {**self._same, "object": "chat.completion.chunk", "choices": choices}


async def _whole(desk: Desk, reply: Reply, about: _About, request: Request) -> dict[str, Any]:
    message: dict[str, Any] = {"role": "assistant", "content": ""}
    try:
        async with aclosing(follow(about.comparison)) as ticks:
            async for _ in ticks:
                for name, said in (pair for delta in reply.more() for pair in delta.items()):
                    message[name] = said if name == "tool_calls" else message.get(name, "") + said
                if reply.done:
                    break
                if await request.is_disconnected():
                    raise ClientDisconnect
    finally:
        desk.let_go(about.comparison)
    if reply.calls:
        message["tool_calls"] = reply.calls
        message["content"] = message["content"] or None
    told = about.whole(message, reply.finish_reason)
    cost = usage(reply.answer)
    return {**told, "usage": cost} if cost else told


async def _pieces(
    desk: Desk, reply: Reply, about: _About, with_usage: bool
) -> AsyncIterator[bytes]:
    try:
        yield _data(about.piece({"role": "assistant", "content": ""}))
        async with aclosing(follow(about.comparison)) as ticks:
            async for _ in ticks:
                yield b"".join(_data(about.piece(delta)) for delta in reply.more())
                if reply.done:
                    break
        yield _data(about.piece({}, reply.finish_reason))
        if with_usage:
            yield _data({**about.piece(None), "usage": usage(reply.answer)})
        yield DONE
    except Fault as fault:
        yield _data(fault.plain)
    finally:
        desk.let_go(about.comparison)


def _data(held: dict[str, Any]) -> bytes:
    return f"data: {json.dumps(held, ensure_ascii=False)}\n\n".encode()
