"""Which models are in memory, how much they hold, and the button that gives it back."""

from __future__ import annotations

import streamlit as st

from components import shell
from components.words import plain
from playground.engines.base import Engine
from playground.models.sizes import size


@st.fragment(run_every=2.0)
def panel() -> None:
    """A line a model of this machine."""
    desk = shell.desk()
    here = [engine for engine in desk.pool.loaded() if engine.model.server is None]
    if not here:
        st.markdown(":gray[None.]")
    for engine in here:
        _one(engine)
    st.caption(f"Loaded models may take {size(desk.pool.budget_bytes)} together.")


def _one(engine: Engine) -> None:
    desk, model = shell.desk(), engine.model
    held, standing = engine.memory_bytes(), desk.pool.standing(model)
    with st.container(
        horizontal=True, vertical_alignment="center", gap="small", key=f"loaded_{model.spec}"
    ):
        told = [f"**{plain(model.title)}**", plain(model.precision), standing]
        told += [f"{size(held)} in memory"] if held else []
        st.markdown(" · ".join(filter(None, told)), width="content")
        st.space("stretch")
        st.button(
            "Unload",
            key=f"unload_{model.spec}",
            icon=":material/eject:",
            disabled=standing == "in use",
            on_click=desk.pool.unload,
            args=(model,),
        )
