"""Choosing the columns: variants as pills, and any model again with settings of its own."""

from __future__ import annotations

from collections.abc import Collection

import streamlit as st

from components import address, colours, servers, shell
from components.columns import LINK, Extra
from components.media import ICONS
from components.words import plain
from playground.comparisons.comparison import Comparison
from playground.comparisons.contender import Contender, contenders, continued
from playground.config import may_manage
from playground.engines import roster
from playground.engines.roster import ModelError
from playground.models import catalog
from playground.models.capabilities import Capabilities
from playground.models.model import Model
from playground.models.precision import PRECISIONS
from playground.prompt.conversation import Settings

ADOPTED = "adopted"
CHOSEN = "chosen_contenders"
MOST = 6
DEFAULT = ("E2B", "E4B", "26B-A4B", "31B")


def choose() -> tuple[list[str], list[Extra]]:
    """The row of pills; the variants that were chosen, and the further columns."""
    here = _best_models()
    names = [one.name for one in catalog.variants()]
    usual = _usual()
    linked = address.came(LINK, usual)
    # Whoever comes back from another page by the menu comes without one, and finds what was chosen.
    returns = "extras" in st.session_state and shell.returns() and LINK not in st.query_params
    if linked is not None and not returns:
        chosen_ones = [Extra.of_link(link) for link in linked.split(",") if link][: 2 * MOST]
        st.session_state.contenders = [one.spec for one in chosen_ones if one.link in names]
        st.session_state.extras = [one for one in chosen_ones if one.link not in names]
    extras: list[Extra] = st.session_state.extras
    chosen = st.pills(
        "Contenders",
        names,
        selection_mode="multi",
        format_func=lambda name: _pill(name, here.get(name)),
        key="contenders",
        label_visibility="collapsed",
        wrap=True,
        persist_state="session",
    )
    for number, extra in enumerate(extras):
        st.button(
            plain(extra.words),
            key=f"drop_{number}",
            icon=":material/close:",
            help="Leave this column out",
            on_click=extras.remove,
            args=(extra,),
        )
    names = [name for name in names if name in chosen]
    # Not bound to the address by the widget: that would put the pills' icons and colours into it.
    address.tell(LINK, ",".join([*names, *(extra.link for extra in extras)]), usual)
    return names, extras


def adopt(comparison: Comparison | None) -> None:
    """Whoever opens a comparison goes on with its contenders, where the address names none."""
    if comparison is None or st.session_state.get(ADOPTED) == comparison.id:
        return
    st.session_state[ADOPTED] = comparison.id
    if LINK in st.query_params:
        return
    names = [one.name for one in catalog.variants()]
    specs = {*names, *(model.spec for model in roster.installed())}
    chosen = [_choice(one, specs) for one in comparison.contenders]
    st.session_state.contenders = [one.spec for one in chosen if one.link in names]
    st.session_state.extras = [one for one in chosen if one.link not in names]
    address.tell(LINK, ",".join(one.link for one in chosen), _usual())


def turn(contender: Contender, back: bool) -> None:
    """For callbacks: leave a contender out of what is asked next, or take it back in."""
    names = [one.name for one in catalog.variants()]
    specs = {*names, *(model.spec for model in roster.installed())}
    choice: Extra = st.session_state[CHOSEN].get(contender.id) or _choice(contender, specs)
    # Two columns that were chosen alike differ in nothing: the later one goes.
    held: list[Extra] = [Extra(one) for one in st.session_state.contenders]
    extras: list[Extra] = st.session_state.extras
    if back:
        (held if choice.link in names and choice not in held else extras).append(choice)
    elif choice in extras:
        extras.remove(choice)
    elif choice in held:
        held.remove(choice)
    st.session_state.contenders = [one.spec for one in held]


def _choice(contender: Contender, specs: Collection[str]) -> Extra:
    """What was chosen to get a contender: its id says it, unless it was asked in a terminal."""
    chosen = Extra.of_link(contender.id)
    if roster.plain(chosen.spec) in specs or chosen.spec.startswith("server:"):
        return chosen
    return Extra(contender.model.spec, contender.settings.thinking)


def _usual() -> str:
    """The columns that an address means that names none."""
    here = _best_models()
    return ",".join(name for name in DEFAULT if name in here)


def add_button() -> None:
    """A button that opens the choice of one more column."""
    specs = [model.spec for model in roster.installed()] + servers.specs()
    with st.popover("Add a contender", icon=":material/add:", key="add_contender"):
        if not specs:
            st.caption("There are no models on this machine.")
            return
        common = "as in the settings"
        spec = st.selectbox("Model", specs, key="extra_spec")
        thinking = st.segmented_control(
            "Thinking", [common, "on", "off"], default=common, required=True, key="extra_thinking"
        )
        temperature = st.number_input(
            "Temperature", 0.0, 2.0, None, 0.1, placeholder=common, key="extra_temperature"
        )
        precision = _precision(spec)
        extra = Extra(spec + precision, {"on": True, "off": False}.get(str(thinking)), temperature)
        st.button(
            "Add the column",
            key="extra_add",
            type="primary",
            width="stretch",
            disabled=len(st.session_state.extras) >= MOST,
            on_click=st.session_state.extras.append,
            args=(extra,),
        )


def _precision(spec: str) -> str:
    """In which precision a model of this machine is to be loaded, as the end of a spec; empty: the usual one."""
    if spec.startswith("server:") or not may_manage():
        return ""
    usual = "as usual"
    wish = st.segmented_control(
        "Precision", [usual, *PRECISIONS], default=usual, required=True, key="extra_precision"
    )
    return "" if wish == usual else f"@{wish}"


def resolve(
    names: list[str], extras: list[Extra], common: Settings, on: Comparison | None
) -> tuple[tuple[Contender, ...], list[str]]:
    """The contenders in order, and a sentence for each choice that can't become one. In the comparison that goes on
    each keeps its column.
    """
    columns: list[tuple[Model, Settings]] = []
    choices: list[Extra] = []
    faults: list[str] = []
    # An address may name anything; paths of this machine's disk are not for visitors to try.
    known = {model.spec for model in roster.installed()}
    known |= {variant.name for variant in catalog.variants()}
    for extra in [*(Extra(name) for name in names), *extras]:
        if roster.plain(extra.spec) not in known and not extra.spec.startswith("server:"):
            spoilt = next(
                (one for one in roster.damaged() if extra.spec == f"local:{one.weights}"), None
            )
            faults.append(
                spoilt.reason if spoilt else f"{extra.spec} is not among the models here."
            )
            continue
        if roster.plain(extra.spec) != extra.spec and not may_manage():
            faults.append(
                f"{extra.spec} is not loaded: whoever runs this program chooses the precision of its models."
            )
            continue
        try:
            with st.spinner(f"Asking what {plain(extra.words)} takes …"):
                model = roster.find(extra.spec, servers.known())
            columns.append((model, extra.settle(common)))
            choices.append(extra)
        except ModelError as error:
            helps = may_manage() or extra.spec.startswith("server:")
            faults.append(str(error) if helps else error.reason)
    if len(columns) > MOST:
        faults.append(f"{MOST} columns are the most: the first {MOST} will answer.")
    made = contenders(columns[:MOST], [choice.link for choice in choices[:MOST]])
    before = [one for round in on.rounds for one in round.contenders] if on else ()
    made = continued(made, before)
    known = st.session_state.setdefault(CHOSEN, {})
    known |= {one.id: choice for one, choice in zip(made, choices, strict=False)}
    return made, faults


def takes(capabilities: Capabilities) -> str:
    """Icons for what a model takes besides text."""
    kinds = ("image", "audio", "video")
    return " ".join(ICONS[kind] for kind in kinds if getattr(capabilities, kind))


def _best_models() -> dict[str, Model]:
    """By variant, what would answer for it."""
    best: dict[str, Model] = {}
    for model in roster.installed():
        best.setdefault(model.variant, model)
    return best


def _pill(name: str, model: Model | None) -> str:
    if model is None:
        return f":gray[{name} :small[not here]]"
    return f"{colours.text(name, f'**{name}**')} :gray[{takes(model.capabilities)}]"
