"""Which models a request may name, and what is told of them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from playground.api.faults import Fault
from playground.comparisons.contender import Contender
from playground.config import may_choose
from playground.desk import Desk
from playground.engines.roster import installed, specs
from playground.models.model import Model, ModelError
from playground.models.servers import Server, ServerError, set_up
from playground.prompt.conversation import Settings
from playground.questions.models import plain


def find(spec: str) -> Model:
    """The model of a spec: one that everybody can choose on the page, and no path of this machine. Raises Fault."""
    if not specs.open_to_all(spec):
        raise _none(f"{spec} is not among the models here; /api/models lists them.")
    if not may_choose(specs.wishes(spec)):
        raise _none(f"{spec} is not loaded: the operator chooses the precision of models here.")
    try:
        return specs.find(spec)
    except (ModelError, OSError) as fault:
        said = fault.reason if isinstance(fault, ModelError) else "it can't be looked up."
        raise _none(said) from None


def told(desk: Desk) -> list[dict[str, Any]]:
    """All that a caller may ask: those on this machine with what they take, and those on the operator's servers, which
    are asked.
    """
    here = [plain(model) for model in installed.models() if _open(desk, model)]
    return [*here, *(one for server in set_up().servers for one in _there(server))]


def _there(server: Server) -> Iterator[dict[str, Any]]:
    from playground.engines.server.looking.look import looks  # an HTTP client, if there is a server

    try:
        names = looks.get(server).names
    except ServerError:
        return  # it can't be asked now
    for name in names:
        yield {
            "spec": server.spec(name),
            "weights": name,
            "place": f"{server.name} ({server.host})",
            "demo": False,
        }


def _open(desk: Desk, model: Model) -> bool:
    asked = Contender(model, Settings(), model.title)
    return all(witness.refusal(asked) is None for witness in desk.witnesses)


def _none(words: str) -> Fault:
    return Fault(404, words, "model", "model_not_found")
