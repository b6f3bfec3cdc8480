"""`variants` and `models`: tables for people, JSON for programs. Servers that were set up are asked what they have."""

from __future__ import annotations

import argparse
import dataclasses
import json
from collections.abc import Sequence
from typing import Any

from playground import hub_cache, models
from playground.budget import available
from playground.catalog import Variant, catalog, variants
from playground.engines.base import Model
from playground.fit import CONTEXT, fit
from playground.precision import PRECISIONS
from playground.servers import Fault, Server, ServerError, set_up
from playground.sizes import size


def add_listing(parser: argparse.ArgumentParser) -> None:
    """What `variants` and `models` may be given."""
    parser.add_argument("--json", action="store_true", help="as one JSON object")


def list_variants(options: argparse.Namespace) -> int:
    """Print the catalogue."""
    held = catalog()
    if options.json:
        plain = {
            "family": dataclasses.asdict(held.family),
            "variants": [dataclasses.asdict(one) for one in held.variants],
            "sources": dict(held.sources),
        }
        print(json.dumps(plain, ensure_ascii=False))
        return 0
    rows = [
        ("variant", "stored", "effective", "active", "context", "takes", "bf16", "4-bit", "weights")
    ]
    for one in held.variants:
        parameters = one.parameters
        rows.append(
            (
                one.name,
                _billions(parameters.stored),
                _billions(parameters.effective),
                _billions(parameters.active),
                f"{one.shape.context // 1024}K",
                "text, image, video" + (", sound" if one.hears else ""),
                f"{one.memory_gb.bf16:g} GB",
                f"{one.memory_gb.q4:g} GB",
                one.weights.instruct,
            )
        )
    _print(rows)
    return 0


def list_models(options: argparse.Namespace) -> int:
    """Print what is on this machine and on the servers."""
    found = models.installed()
    may_take = available()
    missing = [one for one in variants() if hub_cache.snapshot(one.weights.instruct) is None]
    absent = [_absent(one, may_take) for one in missing]
    said = set_up()
    servers = [*map(_server, said.servers), *map(_unusable, said.faults)]
    if options.json:
        plain = {"models": [_model(model) for model in found], "absent": absent, "servers": servers}
        print(json.dumps(plain, ensure_ascii=False))
        return 0
    rows = [("model", "variant", "weights", "revision", "precision", "size", "takes")]
    for model in found:
        takes = ", ".join(
            kind for kind in ("image", "audio", "video") if getattr(model.capabilities, kind)
        )
        rows.append(
            (
                model.spec,
                model.variant,
                model.weights + (" (not Gemma 4)" if model.demo else ""),
                model.revision,
                model.precision,
                size(model.bytes),
                takes,
            )
        )
    _print(rows)
    print(f"\nNot here, in bf16 with {CONTEXT:,} tokens of context:")
    _print([_row(one) for one in absent])
    for server in servers:
        state = server.get("fault") or f"{server['title']}, {server['latency_ms']:.1f} ms"
        where = f" ({server['host']})" if "host" in server else ""
        print(f"\n{server['name']}{where}: {state}")
        for name in server.get("models", []):
            print(f"  server:{server['name']}/{name}")
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
        "kept_bytes": hub_cache.size(one.weights.instruct),
    }


def _row(absent: dict[str, Any]) -> tuple[str, str, str]:
    instead, kept = absent["instead"], absent["kept_bytes"]
    words = absent["verdict"] + (f" ({instead})" if instead else "")
    words += f"; {size(kept)} of a download are kept" if kept else ""
    return absent["repo"], size(absent["needs_bytes"]), words


def _server(server: Server) -> dict[str, Any]:
    """What a server says when it is asked, without its key."""
    from playground.engines.server.look import looks

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


def _model(model: Model) -> dict[str, Any]:
    return {
        "spec": model.spec,
        "variant": model.variant,
        "weights": model.weights,
        "revision": model.revision,
        "precision": model.precision,
        "engine": model.engine,
        "place": model.place,
        "demo": model.demo,
        "bytes": model.bytes,
        "needs_bytes": model.needs_bytes,
        "precisions": list(PRECISIONS),
        "capabilities": dataclasses.asdict(model.capabilities),
    }


def _billions(count: int | None) -> str:
    return "" if count is None else f"{count / 1e9:.1f}B"


def _print(rows: Sequence[Sequence[str]]) -> None:
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    for row in rows:
        print(
            "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        )
