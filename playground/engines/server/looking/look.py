"""What a server is and has: its kind, its models, what it tells of them, how quick an empty request is."""

from __future__ import annotations

import time
from contextlib import suppress
from dataclasses import dataclass, replace

from playground.engines.server.looking.described import Told, told
from playground.engines.server.looking.kinds import about, kind_of, turns_of, version_of
from playground.engines.server.looking.remembered import Remembered
from playground.engines.server.profiles import PROFILES, Profile
from playground.engines.server.transport.asking import Asking, Json
from playground.models.servers import Server, ServerError

DESCRIBING_S = 20.0
"""For all models of a server; some ask for each of them."""

LATER = Told(final=False)


@dataclass(frozen=True, slots=True)
class Seen:
    """What was seen of a server; its `kind` and how many answers it gives at a time are known now. `latency_ms` is the
    median of an empty request over a kept connection. `listed` is what its list says of each model that writes text,
    `told` what it says in all.
    """

    server: Server
    profile: Profile
    version: str
    latency_ms: float
    listed: dict[str, Json]
    told: dict[str, Told]

    @property
    def names(self) -> tuple[str, ...]:
        """Its models, in its order."""
        return tuple(self.told)


def ask(server: Server) -> Seen:
    """Ask a server what it is and which models it has. Raises ServerError."""
    with Asking(server) as asking:
        entries, latency = asking.models()
        kind = kind_of(asking, entries)
        profile = PROFILES[kind]
        by_name = {str(one["id"]): one for one in entries if one.get("id")}
        listed = {name: _entry(by_name, name) for name in server.models or by_name}
        described = _described(asking, kind, listed)
        talking = {name: one for name, one in described.items() if one.talks is not False}
        at_once = server.at_once or turns_of(asking, kind) or profile.at_once
        known = replace(server, kind=kind, at_once=at_once)
        return Seen(known, profile, version_of(asking, kind), latency, listed, talking)


def again(seen: Seen, name: str) -> Told:
    """What the server says of a model by now: it may have been loaded since. Raises ServerError."""
    before = seen.told.get(name)
    if before is None:
        raise ServerError(f"{seen.server.name} has no model {name!r} that writes text.")
    if before.final:
        return before
    with Asking(seen.server) as asking:
        return _told(asking, seen.profile.kind, seen.listed[name], name)


def _described(asking: Asking, kind: str, listed: dict[str, Json]) -> dict[str, Told]:
    """What it says of each. One that it can't describe now, or not soon enough, is asked about when it is named."""
    until = time.monotonic() + DESCRIBING_S
    found = {}
    for name, entry in listed.items():
        found[name] = LATER
        if time.monotonic() < until:
            with suppress(ServerError):
                found[name] = _told(asking, kind, entry, name)
    return found


def _told(asking: Asking, kind: str, entry: Json, name: str) -> Told:
    return told(kind, {**entry, "about": about(asking, kind, name)}, name)


def _entry(by_name: dict[str, Json], name: str) -> Json:
    """What the list says of a model; an operator may have named the host behind a router: "model:host"."""
    return by_name.get(name) or by_name.get(name.rpartition(":")[0]) or {}


looks = Remembered(ask)
"""What was seen of each server."""
