"""What a server is and has: its kind, its models, what it tells of them, how quick an empty request is."""

from __future__ import annotations

from dataclasses import dataclass, replace

from playground.engines.server.asking import Asking, Json
from playground.engines.server.kinds import kind_of
from playground.engines.server.profiles import PROFILES, Profile
from playground.engines.server.remembered import Remembered
from playground.models.servers import Server


@dataclass(frozen=True, slots=True)
class Seen:
    """What was seen of a server; its `kind` is known now. `latency_ms` is the median of an empty request over a kept
    connection. `told` is what it says of each of its models, as it says it.
    """

    server: Server
    profile: Profile
    version: str
    names: tuple[str, ...]
    latency_ms: float
    told: dict[str, Json]


def ask(server: Server) -> Seen:
    """Ask a server what it is and which models it has. Raises ServerError."""
    with Asking(server) as asking:
        listed, latency = asking.models()
        kind, version, told = kind_of(asking, listed)
        names = server.models or tuple(str(one["id"]) for one in listed if one.get("id"))
        by_name = {str(one.get("id")): one for one in listed}
        described = {name: {**by_name.get(name, {}), **told} for name in names}
        if kind == "ollama":
            for name in names:
                described[name] |= asking.post(f"{server.root}/api/show", {"model": name})[1]
    return Seen(replace(server, kind=kind), PROFILES[kind], version, names, latency, described)


looks = Remembered(ask)
"""What was seen of each server."""
