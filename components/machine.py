"""What is on this machine and in its memory."""

from __future__ import annotations

import streamlit as st

from playground import models
from playground.desk import Desk


def models_of(desk: Desk) -> list[dict[str, str]]:
    """A row for each model here."""
    loaded = {engine.model: engine.memory_bytes() for engine in desk.pool.loaded()}
    return [
        {
            "contender": model.spec,
            "weights": f"{model.weights} (not Gemma 4)" if model.demo else model.weights,
            "revision": model.revision,
            "precision": model.precision,
            "on disk": size(model.bytes),
            "state": f"loaded, {size(loaded[model])}" if model in loaded else "on disk",
        }
        for model in models.installed()
    ]


def table(desk: Desk) -> None:
    """The models here, or what to do when there are none."""
    rows = models_of(desk)
    if rows:
        st.dataframe(rows, hide_index=True)
    else:
        st.info("No weights are on this machine.", icon=":material/cloud_off:")


def size(count: int) -> str:
    """ "9.4 MB", "10.2 GB"."""
    return f"{count / 1e6:,.1f} MB" if count < 1e9 else f"{count / 1e9:,.1f} GB"
