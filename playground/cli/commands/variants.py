"""`variants`: the catalogue of the family, as a table for people or as JSON for programs."""

from __future__ import annotations

import dataclasses

from playground.cli import options
from playground.cli.display import output
from playground.cli.display.table import write_table
from playground.models.catalog import Variant, catalog

HEAD = ("variant", "stored", "effective", "active", "context", "takes", "bf16", "4-bit", "weights")


def variants(json: options.Json = False) -> int:
    """List the family; as JSON with all that is published."""
    held = catalog()
    if json:
        plain = {
            "family": dataclasses.asdict(held.family),
            "variants": [dataclasses.asdict(one) for one in held.variants],
            **dataclasses.asdict(held.published),
            "sources": {name: dataclasses.asdict(one) for name, one in held.sources.items()},
        }
        output.write_json(plain)
    else:
        write_table([_row(one) for one in held.variants], HEAD)
    return 0


def _row(one: Variant) -> tuple[str, ...]:
    return (
        one.name,
        _billions(one.parameters.stored),
        _billions(one.parameters.effective),
        _billions(one.parameters.active),
        f"{one.shape.context // 1024}K",
        "text, image, video" + (", sound" if one.hears else ""),
        f"{one.memory_gb.bf16:g} GB",
        f"{one.memory_gb.q4:g} GB",
        one.weights.instruct,
    )


def _billions(count: int | None) -> str:
    return "" if count is None else f"{count / 1e9:.1f}B"
