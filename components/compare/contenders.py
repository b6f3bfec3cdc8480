"""Choosing the columns: variants as pills, others as buttons. What each does otherwise is set in choosing/."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import replace

import streamlit as st

from components import colours, columns, shell
from components.columns import LINK
from components.compare import address
from components.compare.choosing import here
from components.media import ICONS
from components.words import plain
from playground.comparisons.comparison import Comparison
from playground.comparisons.contender import Contender
from playground.comparisons.lineup.entry import Entry, entries, written
from playground.comparisons.lineup.seating import Group, groups
from playground.engines.roster import specs
from playground.models import catalog
from playground.models.capabilities import Capabilities
from playground.models.model import Model
from playground.prompt import overrides
from playground.prompt.conversation import Settings
from playground.prompt.limits import LIMITS
from playground.prompt.overrides import Overrides, apart

ADOPTED = "adopted"
CHOSEN = "chosen_contenders"
PILLS = "contenders"
MOST = 6
DEFAULT = ("E2B", "E4B", "26B-A4B", "31B")


def choose() -> tuple[Entry, ...]:
    """The row of pills, and a button for each entry that no pill stands for; the line-up in its order."""
    best = _best_models()
    names = [one.name for one in catalog.variants()]
    usual = _usual()
    linked = address.came(LINK, usual)
    # Whoever comes back from another page by the menu comes without one, and finds what was chosen.
    returns = (
        columns.ENTRIES in st.session_state and shell.returns() and LINK not in st.query_params
    )
    if linked is not None and not returns:
        columns.choose(entries(linked)[: 2 * MOST])
    held = columns.chosen()
    pilled = {one.spec: one for one in reversed(held) if _has_pill(one, names)}
    if set(st.session_state.get(PILLS, ())) != set(pilled):
        st.session_state[PILLS] = [name for name in names if name in pilled]
    st.pills(
        "Contenders",
        names,
        selection_mode="multi",
        format_func=lambda name: _pill(name, best.get(name)),
        key=PILLS,
        label_visibility="collapsed",
        wrap=True,
        persist_state="session",
        on_change=_toggle,
        args=(names,),
    )
    for number, one in enumerate(one for one in held if one not in pilled.values()):
        st.button(
            plain(words(one)),
            key=f"drop_{number}",
            icon=":material/close:",
            help="Leave this column out",
            wrap=True,
            on_click=drop,
            args=(one.id,),
        )
    # Not bound to the address by the widget: that would put the pills' icons and colours into it.
    address.tell(LINK, written(held), usual)
    return held


def drop(id: str) -> None:
    """For callbacks: leave an entry out."""
    columns.choose(one for one in columns.chosen() if one.id != id)


def words(entry: Entry) -> str:
    """What an entry is called where one chooses: "E2B · thinking · 3 times"."""
    said = [re.sub("^(demo|local|server):", "", entry.spec)]
    said += [overrides.words(name, value) for name, value in entry.own.values]
    return " · ".join([*said, f"{entry.repeats} times"] if entry.repeats > 1 else said)


def _has_pill(entry: Entry, names: Collection[str]) -> bool:
    """Whether a lit pill says all of it."""
    return replace(entry, number=1) == Entry(entry.spec) and entry.spec in names


def _toggle(names: Sequence[str]) -> None:
    """A pill was pressed: its entry comes or goes, in the family's order among those with pills."""
    lit = set(st.session_state[PILLS])
    held = [one for one in columns.chosen() if not _has_pill(one, names) or one.spec in lit]
    there = {one.spec for one in held if _has_pill(one, names)}
    for place, name in enumerate(names):
        if name in lit and name not in there:
            before = [n for n, one in enumerate(held) if one.spec in names[:place]]
            taken = {one.number for one in held if one.spec == name}
            number = next(n for n in range(1, len(taken) + 2) if n not in taken)
            held.insert(before[-1] + 1 if before else 0, Entry(name, number=number))
    columns.choose(held)


def adopt(comparison: Comparison | None) -> None:
    """Whoever opens a comparison goes on with its contenders, where the address names none."""
    if comparison is None or st.session_state.get(ADOPTED) == comparison.id:
        return
    st.session_state[ADOPTED] = comparison.id
    if LINK in st.query_params:
        return
    columns.choose(map(_entry, groups(comparison.contenders)))
    address.tell(LINK, written(columns.chosen()), _usual())


def turn(contender: Contender, back: bool) -> None:
    """For callbacks: leave a contender out of what is asked next, or take it back in."""
    alone = Group(contender.label, (contender,))
    entry: Entry = st.session_state[CHOSEN].get(contender.id) or _entry(alone)
    held = [one for one in columns.chosen() if one.id != entry.id]
    columns.choose((*held, entry) if back else held)


def _entry(group: Group) -> Entry:
    """What was chosen to get a contender: its id begins with its spec, unless it was asked before ids did."""
    first = group.first
    own = Overrides(apart(first.settings, Settings()))
    if first.system is not None:
        own = own.with_("system", first.system)
    spec, number = re.fullmatch(r"(.*?)(?: \((\d+)\))?", first.id, re.DOTALL).groups()  # type: ignore[union-attr]
    if not specs.open_to_all(spec, here.models()):
        spec = first.model.spec
    repeats = min(len(group.contenders), LIMITS.repeats)
    return Entry(spec, own, repeats, int(number or 1))


def _usual() -> str:
    """The columns that an address means that names none."""
    best = _best_models()
    return ",".join(name for name in DEFAULT if name in best)


def takes(capabilities: Capabilities) -> str:
    """Icons for what a model takes besides text."""
    kinds = ("image", "audio", "video")
    return " ".join(ICONS[kind] for kind in kinds if getattr(capabilities, kind))


def _best_models() -> dict[str, Model]:
    """By variant, what would answer for it."""
    best: dict[str, Model] = {}
    for model in here.models():
        best.setdefault(model.variant, model)
    return best


def _pill(name: str, model: Model | None) -> str:
    if model is None:
        return f":gray[{name} :small[not here]]"
    return f"{colours.text(name, f'**{name}**')} :gray[{takes(model.capabilities)}]"
