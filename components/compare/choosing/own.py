"""What one contender does otherwise than all, one widget a setting; empty is as in the settings for all."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

import streamlit as st

from components.compare.choosing import here, laid
from components.compare.choosing.changing import find, put
from components.compare.settings import OWN
from playground.comparisons.lineup.entry import Entry
from playground.config import may_choose, may_manage
from playground.engines.roster import specs
from playground.models.capabilities import IMAGE_BUDGETS
from playground.models.precision import PRECISIONS
from playground.prompt.conversation import LONGEST_ANSWER
from playground.prompt.limits import LIMITS
from playground.prompt.overrides import Unfit

COMMON = "as for all"
KEYS = "own"
"""What the keys of its widgets begin with, as laid now."""

NUMBERS: tuple[tuple[str, str, float, float, float], ...] = (
    ("max_tokens", "Longest answer, in tokens", 1, LONGEST_ANSWER, 64),
    ("temperature", "Temperature", 0.0, 2.0, 0.05),
    ("top_p", "Top-p", 0.05, 1.0, 0.05),
    ("top_k", "Top-k", 0, 1000, 1),
    ("seed", "Seed", 0, 2**53 - 1, 1),
)
"""Setting, words, least, most, step."""


def editor(entry: Entry) -> None:
    """Every setting of one contender."""
    held = entry.own.held
    thinking = {True: "on", False: "off"}.get(held.get("thinking", ""), COMMON)
    _choice(
        entry, "thinking", "Thinking", [COMMON, "on", "off"], thinking, lambda said: said == "on"
    )
    budgets = [COMMON, OWN, *map(str, IMAGE_BUDGETS)]
    budget = held.get("image_tokens", COMMON)
    _choice(
        entry, "image_tokens", "Tokens for a picture", budgets, OWN if budget is None else str(budget),
        lambda said: None if said == OWN else int(said),
    )  # fmt: skip
    with st.grid(2, min_column_width=150):
        for name, label, least, most, step in NUMBERS:
            _number(entry, name, label, least, most, step)
    _system(entry)
    nothing: dict[str, Any] = {"tools": (), "schema": None}
    with st.grid(2, min_column_width=150):
        for name, none in nothing.items():
            value = held.get(name, none)
            own = "of its own" if value else "none"
            options = [COMMON, own] if value else [COMMON, "none"]
            now = own if name in held else COMMON
            _choice(entry, name, name.capitalize(), options, now, partial(_same, value))
    _loading(entry)


def _same(value: Any, _: str) -> Any:
    return value


def laid_anew() -> None:
    """To be called where settings were changed by something else than these widgets."""
    laid.anew(KEYS)


def _key(entry: Entry, name: str) -> str:
    return f"{laid.key(KEYS)}_{name}_{entry.id}"


def _choice(
    entry: Entry,
    name: str,
    label: str,
    options: list[str],
    now: str,
    value: Callable[[str], Any],
) -> None:
    key = _key(entry, name)
    if st.session_state.get(key) != now:
        st.session_state[key] = now
    st.segmented_control(
        label, options, key=key, required=True, wrap=True,
        on_change=_chosen, args=(entry.id, name, key, value),
    )  # fmt: skip


def _chosen(id: str, name: str, key: str, value: Callable[[str], Any]) -> None:
    said = st.session_state[key]
    _set(id, name, said not in (None, COMMON), lambda: value(str(said)))


def _number(entry: Entry, name: str, label: str, least: float, most: float, step: float) -> None:
    key, held = _key(entry, name), entry.own.held
    if st.session_state.get(key) != held.get(name):
        st.session_state[key] = held.get(name)
    st.number_input(
        label,
        least,
        most,
        None,
        step,
        key=key,
        placeholder=OWN if name in held and held[name] is None else COMMON,
        on_change=_numbered,
        args=(entry.id, name, key),
    )


def _numbered(id: str, name: str, key: str) -> None:
    said = st.session_state[key]
    _set(id, name, said is not None, lambda: said)


def _system(entry: Entry) -> None:
    key = _key(entry, "system")
    if st.session_state.get(key) != (entry.own.system or ""):
        st.session_state[key] = entry.own.system or ""
    st.text_area(
        "System prompt",
        key=key,
        height=68,
        max_chars=LIMITS.characters,
        placeholder="None" if entry.own.system == "" else COMMON,
        on_change=_written,
        args=(entry.id, key),
    )


def _written(id: str, key: str) -> None:
    said = str(st.session_state[key] or "")[: LIMITS.characters]
    _set(id, "system", bool(said.strip()), lambda: said)


def _set(id: str, name: str, own: bool, value: Callable[[], Any]) -> None:
    """Have a setting of one entry be its own, or as for all again."""
    if (one := find(id)) is None:
        return
    try:
        changed = one.own.with_(name, value()) if own else one.own.without(name)
    except Unfit as error:
        st.toast(str(error), icon=":material/error:")
        return
    put(id, replace(one, own=changed))


def _loading(entry: Entry) -> None:
    """In which precision a model of this machine is loaded, and whether its drafter comes along."""
    open_ = [one for one in PRECISIONS if may_choose((one,))]
    spec = specs.plain(entry.spec)
    model = next((one for one in here.models() if spec in (one.spec, one.variant)), None)
    as_stored = model is not None and model.runtime == "llama.cpp"
    if spec.startswith(specs.SERVER) or not open_ or as_stored:
        return
    wishes = specs.wishes(entry.spec)
    usual, key = "as usual", _key(entry, "precision")
    now = next((one for one in wishes if one in open_), usual)
    if st.session_state.get(key) != now:
        st.session_state[key] = now
    st.segmented_control(
        "Precision", [usual, *open_], key=key, required=True,
        on_change=_load, args=(entry.id, key, None),
    )  # fmt: skip
    if model is not None and model.drafter is not None and may_manage():
        key = _key(entry, "drafter")
        st.session_state[key] = specs.UNDRAFTED not in wishes
        st.toggle("With its drafter", key=key, on_change=_load, args=(entry.id, None, key))


def _load(id: str, precision: str | None, drafter: str | None) -> None:
    if (one := find(id)) is None:
        return
    wishes = set(specs.wishes(one.spec))
    if precision is not None:
        wishes = (wishes - set(PRECISIONS)) | ({st.session_state[precision]} & set(PRECISIONS))
    if drafter is not None:
        wishes = (wishes - {specs.UNDRAFTED}) | (
            set() if st.session_state[drafter] else {specs.UNDRAFTED}
        )
    order = [name for name in (*PRECISIONS, specs.UNDRAFTED) if name in wishes]
    put(id, replace(one, spec="@".join([specs.plain(one.spec), *order])))
