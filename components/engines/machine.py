"""What is on this machine and in its memory, and the buttons that change it: load, unload, delete."""

from __future__ import annotations

import time
from collections import Counter

import streamlit as st

from components import colours, columns, shell
from components.engines import fetching
from components.words import plain
from playground.desk import Desk
from playground.engines.llama import package
from playground.engines.roster import checkpoints, installed, specs
from playground.models import device
from playground.models.budget import available
from playground.models.catalog import variants
from playground.models.gguf import finding
from playground.models.hub import cache
from playground.models.model import Model
from playground.models.precision import PRECISIONS
from playground.models.sizes import size

STANDINGS = {
    "away": ":gray-badge[on disk]",
    "loading": ":blue-badge[:shimmer[loading]]",
    "loaded": ":green-badge[loaded]",
    "in use": ":green-badge[in use]",
}


def panel(desk: Desk) -> None:
    """Every variant with what of it is here; drawn anew each second while something is on its way."""
    busy = _on_its_way(desk)
    st.fragment(_panel, run_every=1.0 if busy else None)(desk, busy)


def _panel(desk: Desk, busy: bool) -> None:
    if _on_its_way(desk) != busy:
        st.rerun()  # the page again: with another pace, and maybe with other models
    here = [*installed.models()]
    # Those that somebody chose another precision for are known only while they are loaded.
    here += [one for one in desk.pool.models() if one not in here and one.server is None]
    machine, free, may_take = device.device(), device.free(), available()
    st.caption(
        f"Models run on the {machine.name}: {size(free)} of {size(machine.total)} memory are free; "
        f"loaded models may take {size(desk.pool.budget_bytes)} together."
    )
    keys: Counter[str] = Counter()
    for variant in variants():
        with st.container(border=True, key=f"machine_{variant.name}", gap="small"):
            for model in [model for model in here if model.variant == variant.name]:
                _model(desk, model, _key(model, keys))
            if not any(m.variant == variant.name and not m.demo for m in here):
                fetching.absent(desk, variant, may_take)
            fetching.gguf(desk, variant, here, may_take)
            for spoilt in [one for one in installed.damaged() if one.variant == variant.name]:
                st.error(plain(f"{spoilt.reason} {spoilt.remedy}"), icon=":material/error:")
    if (missing := package.missing()) and any(one.runtime == "llama.cpp" for one in here):
        st.warning(plain(missing), icon=":material/extension_off:")
    if not shell.may_manage():
        st.caption("Whoever runs this program manages its weights.")


def _on_its_way(desk: Desk) -> bool:
    """Whether something is being downloaded or loaded."""
    return bool(desk.downloads.running()) or any(
        desk.pool.standing(model) == "loading" for model in desk.pool.models()
    )


def _key(model: Model, taken: Counter[str]) -> str:
    """For its buttons. What was loaded before its files changed has the name of what is on the disk now."""
    name = model.spec.replace("/", "_")
    taken[name] += 1
    return name if taken[name] == 1 else f"{name}#{taken[name]}"


def _model(desk: Desk, model: Model, key: str) -> None:
    """A model that is here: what it is, what it takes, and its buttons, which begin with `key`."""
    standing = desk.pool.standing(model)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        what = (
            ":orange-badge[demo-sized, not Gemma 4]"
            if model.demo
            else f"**{plain(model.weights)}**"
        )
        told = [model.revision, model.precision, size(model.bytes)]
        if model.runtime == "llama.cpp":
            told.append(f"takes about {size(model.needs_bytes)}")
        if lacks := model.capabilities.lacks:
            told.append(f"no pictures and no sound: {lacks}")
        about = plain(" · ".join(filter(None, told)))
        st.markdown(
            f"**{colours.text(model.variant, plain(model.title))}** {what} {STANDINGS[standing]}  \n"
            f":small[:gray[{about}{_held(desk, model)}]]",
            width="content",
        )
        st.space("stretch")
        if shell.may_manage():
            _buttons(desk, model, standing, key)
    if shell.may_manage() and model.drafter is None and (repo := checkpoints.drafter_of(model)):
        fetching.drafter(desk, repo)
    if fault := desk.loads.faults.get(model):
        st.error(plain(str(fault)), icon=":material/error:")


def _held(desk: Desk, model: Model) -> str:
    """What it holds in memory and how it decodes, if it is loaded; how far it is, if it is on its way."""
    if (told := desk.pool.loading(model)) is not None:
        return f" · {told.words(time.perf_counter())}"
    engine = next((e for e in desk.pool.loaded() if e.model == model), None)
    if engine is None:
        return ""
    held = engine.memory_bytes()
    told = [f"{size(held)} in memory"] if held else []
    return "".join(f" · {plain(one)}" for one in (*told, *engine.notes))


def _buttons(desk: Desk, model: Model, standing: str, key: str) -> None:
    if standing == "away":
        st.button(
            "Load",
            key=f"load_{key}",
            icon=":material/memory:",
            on_click=desk.loads.begin,
            args=(model,),
        )
        _load_as(desk, model, key)
    elif standing == "loading":
        st.button(
            "Cancel",
            key=f"give_up_{key}",
            icon=":material/close:",
            on_click=desk.loads.cancel,
            args=(model,),
        )
    else:
        st.button(
            "Unload",
            key=f"unload_{key}",
            icon=":material/eject:",
            disabled=standing == "in use",
            on_click=desk.pool.unload,
            args=(model,),
        )
    if st.button("Try", key=f"try_{key}", icon=":material/play_arrow:", type="tertiary"):
        columns.only(model.spec)
        st.switch_page("pages/compare.py")
    # What lies in another program's folder, or in a directory, is not this program's to delete.
    if model.spec == f"local:{model.weights}" and "/" in model.weights:
        held = model.bytes if model.runtime == "llama.cpp" else cache.size(model.weights)
        with st.popover("Delete", icon=":material/delete:", disabled=standing == "in use"):
            st.markdown(f"Delete {plain(model.weights)} ({size(held)}) from this machine?")
            st.button(
                "Delete it",
                key=f"delete_{key}",
                type="primary",
                on_click=_delete,
                args=(desk, model),
            )


def _load_as(desk: Desk, model: Model, key: str) -> None:
    """The same in a precision of one's own choice, with what each would take."""
    if model.wish or model.stored not in PRECISIONS:
        return
    offered = [specs.find(f"{model.spec}@{name}") for name in PRECISIONS]
    wish = st.menu_button(
        "Load as",
        offered,
        key=f"load_as_{key}",
        format_func=lambda one: f"{one.wish} · {size(one.needs_bytes)}",
    )
    if wish is not None:
        desk.loads.begin(wish)
        st.rerun(scope="app")


def _delete(desk: Desk, model: Model) -> None:
    if not desk.pool.unload(model):
        return
    if model.runtime == "llama.cpp":
        repo, _, file = model.weights.rpartition("/")
        why = finding.remove(repo, file)
    else:
        why = cache.remove(model.weights)
    fetching.tell(why)
