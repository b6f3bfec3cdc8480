"""The models of servers: which member of the family each one is and what it takes, known once and remembered.

Capabilities come from the server's description where it gives one, else from a trial. Only which member of the family
a model is comes from its name: nobody else tells.
"""

from __future__ import annotations

import re

from playground.engines.server.looking import trial
from playground.engines.server.looking.described import Told
from playground.engines.server.looking.look import Seen, again, looks
from playground.engines.server.looking.remembered import Passing, Remembered
from playground.engines.server.looking.trial import Kind, takes
from playground.models.capabilities import Capabilities
from playground.models.catalog import variant, variants
from playground.models.model import Model
from playground.models.servers import Server

UNKNOWN_CONTEXT = 131_072
"""Tokens; taken where nobody tells: the server itself refuses what is too long."""


def model(server: Server, name: str) -> Model:
    """A model of a server, with what it takes. Raises ServerError."""
    return _models.get((server, name))


def forget(server: Server) -> None:
    """Ask for its models anew the next time."""
    seen = looks.known(server)
    if seen is not None:
        for name in seen.names:
            trial.forget(seen, name)
            _models.forget((server, name))
    looks.forget(server)


def _described(key: tuple[Server, str]) -> Model | Passing[Model]:
    server, name = key
    seen = looks.get(server)
    said = again(seen, name)
    takes, sure = _capabilities(seen, name, said)
    described = Model(
        spec=server.spec(name),
        variant=variant_of(name) or name.rstrip("/").rpartition("/")[2],
        weights=name,
        engine="server",
        capabilities=takes,
        precision=said.precision or _precision(name),
        sampling=said.sampling,
        server=seen.server,
    )
    return described if sure and said.final else Passing(described)


_models = Remembered(_described)


def variant_of(name: str) -> str | None:
    """The member of the family that a served model's name means: "google/gemma-4-E2B-it", "gemma4:26b"."""
    plain = name.lower().replace("_", "-")
    found = re.search(r"gemma-?4[-:n]*(e2b|e4b|12b|26b|31b)", plain)
    if found is None:
        return None
    return next((one.name for one in variants() if one.name.lower().startswith(found[1])), None)


def _precision(name: str) -> str:
    """What the name says of the weights' precision ("Q4_K_M", "fp8"), for the person who reads it."""
    found = re.search(r"(?i)\b(q\d(?:_[0-9a-z]+)*|fp8|nvfp4|int4|int8|awq|gptq|bf16|fp16)\b", name)
    return found[0] if found else "as served"


def _capabilities(seen: Seen, name: str, said: Told) -> tuple[Capabilities, bool]:
    """From the server's description where it gives one, else by trying; and whether all of it is known for sure.

    What could not be learned now is taken as a yes where the family has it: the server itself refuses what it can't.
    """
    known, profile = variant(variant_of(name) or ""), seen.profile
    told: dict[Kind, bool | None] = {
        "image": said.image,
        "audio": said.audio if profile.sound else False,
    }
    untold = [kind for kind, taken in told.items() if taken is None]
    told |= takes(seen, name, untold) if untold else {}
    image, audio = told["image"], told["audio"]
    sees = True if image is None else image
    return Capabilities(
        image=sees,
        audio=(known is None or known.hears) if audio is None else audio,
        video=sees,
        thinking=profile.thinking != "fixed" and said.thinking is not False,
        tools=profile.tools if said.tools is None else said.tools,
        schema=profile.schema if said.schema is None else said.schema,
        context=said.context or (known.shape.context if known else UNKNOWN_CONTEXT),
        image_budget=profile.image_tokens != "fixed",
        goes_on=profile.goes_on,
    ), image is not None and audio is not None
