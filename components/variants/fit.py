"""Does it fit: every variant in every precision at every context, on this machine or on typed hardware."""

from __future__ import annotations

from typing import Any

import streamlit as st

from components.variants import charts, machine
from components.variants.sources import charted, dark
from playground.models.catalog import Variant, variants
from playground.models.family.hardware import Hardware
from playground.models.fit import PROCESS, Fit, fit
from playground.models.precision import PRECISIONS
from playground.models.sizes import size

CONTEXTS = (2048, 8192, 32_768, 131_072, 262_144)
BEYOND = "beyond its context"
LIGHT = {"fits": "#cdeadd", "tight": "#f7e3b0", "does not fit": "#f6d0d6", BEYOND: "#e8ecf1"}
DARK = {"fits": "#1d5443", "tight": "#6a5211", "does not fit": "#6e2637", BEYOND: "#2c3645"}
INK = {False: "#1b2330", True: "#f2f5f9"}


def heat_map() -> None:
    """The choices, the map, and its numbers with their reasons."""
    with st.container(horizontal=True, gap="medium"):
        hardware = machine.choose("fit")
        pictures = st.number_input("Pictures in a prompt", 0, 64, 1, key="fit_pictures", width=160)
    rows = [
        _cell(one, stored, context, int(pictures), hardware)
        for one in variants()
        for stored in PRECISIONS
        for context in CONTEXTS
    ]
    fitting = sum(row["verdict"] == "fits" for row in rows)
    alt = (
        f"Memory that each member takes by precision and context, against {hardware.words}: {fitting} of {len(rows)} "
        "combinations fit. The table below has every one with its reason."
    )
    table = [
        {
            "Variant and precision": row["row"],
            "Context": row["column"],
            "In all, GB": row["number"],
            "Verdict": row["verdict"],
            "Reason": row["reason"],
        }
        for row in rows
    ]
    several = (
        " Over several devices a model is spread by a server; this program itself uses one of them."
    )
    charted(
        charts.heat(rows, INK[dark()], DARK if dark() else LIGHT),
        table,
        alt,
        "fit",
        f"GB in all, against {hardware.words}. In all counts {size(PROCESS)} for the process itself. Embeddings and "
        f"encoders are not quantised, which is why so many bits take more here than in Google's own figures."
        f"{several if hardware.cards > 1 else ''}",
    )


def _cell(
    one: Variant, stored: str, context: int, pictures: int, hardware: Hardware
) -> dict[str, Any]:
    cell: dict[str, Any] = {"row": f"{one.name} {stored}", "column": f"{context // 1024}K"}
    if context > one.shape.context:
        reason = f"Its context ends at {one.shape.context:,} tokens."
        return {**cell, "words": "–", "number": None, "verdict": BEYOND, "reason": reason}
    found = fit(one.name, stored, context, pictures, hardware.usable, hardware.device)
    total = found.need.total / 1e9
    return {
        **cell,
        "words": f"{total:.0f}" if total >= 99.5 else f"{total:.1f}",
        "number": round(total, 1),
        "verdict": found.verdict,
        "reason": _reason(found, hardware),
    }


def _reason(found: Fit, hardware: Hardware) -> str:
    need = found.need
    said = (
        f"Weights {size(need.weights)}, KV cache {size(need.cache)}, prefill about {size(need.workspace)}, of "
        f"{hardware.words}."
    )
    return f"{said} Instead: {found.instead}." if found.instead else said
