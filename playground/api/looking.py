"""GET: a comparison that there is, and the models that can be asked."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from playground.api import models
from playground.api.door import Caller
from playground.api.faults import Fault
from playground.api.following import aside
from playground.comparisons.comparison import Comparison
from playground.comparisons.round import Round
from playground.desk import Desk
from playground.questions.record import answered


async def comparison(request: Request, caller: Caller, desk: Desk) -> Response:
    """As its link shows it, running or ended. Raises Fault, ArchiveError."""
    found = await aside(_found, desk, request.path_params["id"], caller.viewer)
    if found is None:
        raise Fault(404, "There is no comparison of that id, or its link was withdrawn.")
    return JSONResponse(found)


async def every_model(request: Request, caller: Caller, desk: Desk) -> Response:
    """What can be asked."""
    return JSONResponse({"models": await aside(models.told, desk)})


def _found(desk: Desk, id: str, viewer: str | None) -> dict[str, Any] | None:
    found = desk.find(id, viewer)
    return None if found is None else told(found)


def told(found: Comparison) -> dict[str, Any]:
    """All rounds of the branch that is shown."""
    return {
        "id": found.id,
        "running": not found.ended,
        "all_at_once": found.all_at_once,
        "rounds": [_round(one) for one in found.rounds],
    }


def _round(one: Round) -> dict[str, Any]:
    return {
        "prompt": one.asked.question,
        "system": one.asked.system,
        "media": [
            {"kind": part.kind, "name": part.name, "as": part.original}
            for part in one.asked.media()
        ],
        "answers": [answered(answer) for answer in one.answers],
    }
