"""The addresses, and what all of them have in common: who may come in, and how it is told what went wrong."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence

from starlette.requests import ClientDisconnect, Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import BaseRoute, Route
from starlette.types import Receive, Scope, Send

from playground.api import comparing, door, looking
from playground.api.chat import completions
from playground.api.described.description import description
from playground.api.described.page import page
from playground.api.faults import Fault
from playground.api.following import aside
from playground.archive.archive import ArchiveError
from playground.comparisons.witnesses.witness import TooMany
from playground.desk import Desk

Handler = Callable[[Request, door.Caller, Desk], Awaitable[Response]]

OPEN = ("/api/docs", "/api/openapi.json")
"""For everybody, where the API is on: browsers send no token, and nothing of anybody's stands there."""

FOR_GOOD = {"x-should-retry": "false"}
"""OpenAI's clients would ask twice more."""


def routes(desk: Callable[[], Desk], below: str = "") -> list[BaseRoute]:
    """All of them. `desk` opens it the first time, which may take a moment; `below` is the whole program's path."""
    room = door.Room()
    handled: Sequence[tuple[str, Mapping[str, Handler]]] = (
        ("/api/compare", {"POST": comparing.compare}),
        ("/api/comparisons/{id}", {"GET": looking.comparison}),
        ("/api/models", {"GET": looking.every_model}),
        ("/api/openapi.json", {"GET": _description}),
        ("/api/docs", {"GET": _page}),
        ("/v1/chat/completions", {"POST": completions.complete}),
        ("/v1/models", {"GET": completions.every_model}),
        ("/v1/models/{id:path}", {"GET": completions.one_model}),
        ("/api/{rest:path}", {}),
        ("/v1/{rest:path}", {}),
    )
    return [
        Route(f"{below}{path}", _Endpoint(desk, room, by_method, path in OPEN))
        for path, by_method in handled
    ]


class _Endpoint:
    """One address, with a handler for each method that it takes; `open` for everybody, or for callers alone."""

    def __init__(
        self,
        desk: Callable[[], Desk],
        room: door.Room,
        by_method: Mapping[str, Handler],
        open: bool,
    ) -> None:
        self._desk = desk
        self._open = open
        self._room = room
        self._by_method = by_method

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request; its place is taken until the last byte of the answer."""
        request = Request(scope, receive)
        try:
            desk = await aside(self._desk)
            enter = door.look_in if self._open else door.enter
            caller = await aside(enter, request, desk.archive)
            with self._room.taken(caller):
                response = await self._handled(request, caller, desk)
                await response(scope, receive, send)
                return
        except (Fault, ArchiveError) as error:
            fault = error if isinstance(error, Fault) else Fault(503, str(error), code="archive")
            headers = {"www-authenticate": "Bearer"} if fault.status == 401 else {}
            response = JSONResponse(fault.plain, fault.status, {**FOR_GOOD, **headers})
        await response(scope, receive, send)

    async def _handled(self, request: Request, caller: door.Caller, desk: Desk) -> Response:
        if not self._by_method:
            raise Fault(404, "There is nothing at this address; /api/docs tells what there is.")
        # What a GET would be told, without its body, which the server leaves out (RFC 9110, 9.3.2).
        asked = "GET" if request.method == "HEAD" else request.method
        handler = self._by_method.get(asked)
        if handler is None:
            allowed = ", ".join(self._by_method).replace("GET", "GET, HEAD")
            fault = Fault(405, f"This address takes {allowed}.")
            return JSONResponse(fault.plain, 405, {"allow": allowed})
        try:
            return await handler(request, caller, desk)
        except TooMany as full:
            raise Fault(429, str(full), code="too_many") from None
        except ClientDisconnect:
            return Response(status_code=499)  # nobody reads it


async def _description(request: Request, caller: door.Caller, desk: Desk) -> Response:
    return JSONResponse(description(_base(request)))


async def _page(request: Request, caller: door.Caller, desk: Desk) -> Response:
    return HTMLResponse(page(description(_base(request))))


def _base(request: Request) -> str:
    """Where this instance is, as the client sees it, up to the API's own addresses."""
    return str(request.url.replace(path=request.url.path.rpartition("/api/")[0], query=""))
