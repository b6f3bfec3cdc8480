"""Does it fit here: every variant against this machine's free memory, at a precision and a context."""

from __future__ import annotations

import psutil
import streamlit as st

from playground.catalog import variants
from playground.fit import PRECISIONS, Fit, fit

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
            default=8192,
            required=True,
            format_func=lambda tokens: f"{tokens // 1024}K",
            key="fit_context",
        )
        pictures = st.number_input("Pictures in a prompt", 0, 64, 1, key="fit_pictures", width=160)
    free = psutil.virtual_memory().available
    held = [one for one in variants() if one.shape.context >= context]
    fits = {one.name: fit(one.name, str(precision), context, int(pictures), free) for one in held}
    st.dataframe([_row(name, found) for name, found in fits.items()], hide_index=True)
    notes = [f"{gb(free)} of this machine's memory are free now."]
    if len(held) < len(variants()):
        left = ", ".join(one.name for one in variants() if one not in held)
        notes.append(f"{left}: so long a context is more than the model has.")
    if precision in ("int8", "int4"):
        notes.append(
            "Embeddings, encoders and the fused experts of 26B-A4B stay in bf16: quantisers change linear layers only."
        )
    st.caption(" ".join(notes))


def _row(name: str, found: Fit) -> dict[str, str]:
    need = found.need
    return {
        "variant": name,
        "here": found.verdict,
        "in all": gb(need.total),
        "weights": gb(need.weights),
        "KV cache": gb(need.cache),
        "prefill": f"≈ {gb(need.workspace)}",
        "instead": found.instead,
    }


def gb(count: float) -> str:
    """ "10.2 GB"."""
    return f"{count / 1e9:.1f} GB" if count >= 5e7 else f"{count / 1e6:.0f} MB"
