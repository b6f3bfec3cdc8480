"""Does it fit here: every variant against this machine's free memory, at a precision and a context."""

from __future__ import annotations

import streamlit as st

from playground.models import device
from playground.models.budget import available
from playground.models.catalog import variants
from playground.models.fit import CONTEXT, PROCESS, Fit, fit, unquantised
from playground.models.precision import PRECISIONS, QUANTISED
from playground.models.sizes import size

CONTEXTS = (2048, 8192, 32_768, 131_072, 262_144)


def table() -> None:
    """The choices, and a row for each variant."""
    with st.container(horizontal=True, gap="large"):
        precision = st.segmented_control(
            "Precision", list(PRECISIONS), default="bf16", required=True, key="fit_precision"
        )
        context = st.segmented_control(
            "Context, tokens",
            CONTEXTS,
            default=CONTEXT,
            required=True,
            format_func=lambda tokens: f"{tokens // 1024}K",
            key="fit_context",
        )
        pictures = st.number_input("Pictures in a prompt", 0, 64, 1, key="fit_pictures", width=160)
    may_take = available()
    held = [one for one in variants() if one.shape.context >= context]
    fits = {
        one.name: fit(one.name, str(precision), context, int(pictures), may_take) for one in held
    }
    st.dataframe([_row(name, found) for name, found in fits.items()], hide_index=True)
    notes = [
        f"One model may take {size(may_take)} of the {device.device().name}'s memory now. "
        f"In all counts {size(PROCESS)} for the process itself."
    ]
    if len(held) < len(variants()):
        left = ", ".join(one.name for one in variants() if one not in held)
        notes.append(f"{left}: so long a context is more than the model has.")
    if precision in QUANTISED:
        notes.append(_kept(fits))
    st.caption(" ".join(notes))


def _kept(fits: dict[str, Fit]) -> str:
    """Why this is more than the cards above say for as many bits."""
    kept = ", ".join(f"{name} {size(unquantised(name))}" for name in fits)
    return (
        f"More than on the cards: those are Google's figures, for weights that are quantised throughout and without a "
        f"KV cache. Here embeddings and encoders keep 16 bits a number or more ({kept}), and cache, prefill and the "
        f"process count."
    )


def _row(name: str, found: Fit) -> dict[str, str]:
    need = found.need
    return {
        "variant": name,
        "here": found.verdict,
        "in all": size(need.total),
        "weights": size(need.weights),
        "KV cache": size(need.cache),
        "prefill": f"≈ {size(need.workspace)}",
        "instead": found.instead,
    }
