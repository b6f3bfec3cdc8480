"""`models`: what can answer here, what could, and what the servers have that were set up; they are asked."""

from __future__ import annotations

import dataclasses
from typing import Any

from playground.cli import options
from playground.cli.display import output
from playground.cli.display.table import write_table
from playground.engines.roster import installed
from playground.models.budget import available
from playground.models.catalog import Variant, variants
from playground.models.fit import CONTEXT, fit
from playground.models.hub import cache
from playground.models.model import Model
from playground.models.precision import PRECISIONS
from playground.models.servers import Fault, Server, ServerError, set_up
from playground.models.sizes import size
from playground.questions.faults import BadCall
from playground.questions.models import plain

HEAD = ("model", "variant", "weights", "revision", "precision", "size", "takes")


def models(json: options.Json = False) -> int:
    """List the models here and on servers, and what would fit."""
    found = installed.models()
    missing = [one for one in variants() if cache.snapshot(one.weights.instruct) is None]
    try:
        may_take = available()
        said = set_up()
        servers = [*map(_server, said.servers), *map(_unusable, said.faults)]
    except (ServerError, ValueError) as error:
        raise BadCall(str(error)) from None
    absent = [_absent(one, may_take) for one in missing]
    if json:
        told = {
            "models": [_model(model) for model in found],
            "damaged": [dataclasses.asdict(one) for one in installed.damaged()],
            "absent": absent,
            "servers": servers,
        }
        output.write_json(told)
        return 0
    write_table([_row(model) for model in found], HEAD)
    for spoilt in installed.damaged():
        output.write(output.clean(f"\n{spoilt.reason} {spoilt.remedy}\n"))
    if absent:
        output.write(f"\nNot here, in bf16 with {CONTEXT:,} tokens of context:\n")
        write_table([_absent_row(one) for one in absent])
    for server in servers:
        state = server.get("fault") or f"{server['title']}, {server['latency_ms']:.1f} ms"
        names = [f"  server:{server['name']}/{name}\n" for name in server.get("models", [])]
        where = f" ({server['host']})" if "host" in server else ""
        output.write(output.clean(f"\n{server['name']}{where}: {state}\n{''.join(names)}"))
    return 0


def _absent(one: Variant, may_take: int) -> dict[str, Any]:
    """Weights that are not here: what they would take of so many bytes, and how much of them came already."""
    found = fit(one.name, "bf16", CONTEXT, 1, may_take)
    return {
        "repo": one.weights.instruct,
        "variant": one.name,
        "needs_bytes": found.need.total,
        "verdict": found.verdict,
        "instead": found.instead,
        "kept_bytes": cache.size(one.weights.instruct),
    }


def _absent_row(absent: dict[str, Any]) -> tuple[str, ...]:
    instead, kept = absent["instead"], absent["kept_bytes"]
    words = absent["verdict"] + (f" ({instead})" if instead else "")
    words += f"; {size(kept)} of a download are kept" if kept else ""
    return absent["repo"], size(absent["needs_bytes"]), words


def _server(server: Server) -> dict[str, Any]:
    """What a server says when it is asked, without its key."""
    from playground.engines.server.looking.look import looks  # an HTTP client, if there is a server

    plain: dict[str, Any] = {"name": server.name, "host": server.host}
    try:
        seen = looks.get(server)
    except ServerError as error:
        return {**plain, "fault": str(error)}
    return {
        **plain,
        "kind": seen.profile.kind,
        "title": seen.profile.title,
        "version": seen.version,
        "latency_ms": round(seen.latency_ms, 2),
        "at_once": seen.server.turns,
        "models": list(seen.names),
    }


def _unusable(fault: Fault) -> dict[str, Any]:
    """An entry with a fault, as one more server that has one."""
    return {"name": fault.name, "fault": fault.words}


def _row(model: Model) -> tuple[str, ...]:
    kinds = ("image", "audio", "video")
    return (
        model.spec,
        model.variant,
        model.weights + (" (not Gemma 4)" if model.demo else ""),
        model.revision,
        model.precision,
        size(model.bytes),
        ", ".join(kind for kind in kinds if getattr(model.capabilities, kind)),
    )


def _model(model: Model) -> dict[str, Any]:
    return {
        **plain(model),
        "engine": model.engine,
        "bytes": model.bytes,
        "needs_bytes": model.needs_bytes,
        "precisions": list(PRECISIONS),
    }
