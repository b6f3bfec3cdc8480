"""Choosing the columns: variants as pills, and any model again with settings of its own."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

import streamlit as st

from components import colours, servers
from components.media import ICONS
from components.words import plain
from playground import catalog, models
from playground.capabilities import Capabilities
from playground.comparison import Contender, contenders
from playground.conversation import Settings, usual_length
from playground.engines.base import Model
from playground.models import ModelError
from playground.precision import PRECISIONS

MOST = 6
DEFAULT = ("E2B", "E4B", "26B-A4B", "31B")

LINK = "on"
"""The query parameter that names the contenders: "E2B,31B,demo:E2B~thinking"."""


@dataclass(frozen=True, slots=True)
class Extra:
    """One more column: a model by its spec, with what it does differently from all others."""

    spec: str
    thinking: bool | None = None
    temperature: float | None = None

    def settle(self, common: Settings) -> Settings:
        """The settings of this column."""
        thinking = common.thinking if self.thinking is None else self.thinking
        temperature = common.temperature if self.temperature is None else self.temperature
        length = common.max_tokens
        if length == usual_length(common.thinking):  # nobody chose it
            length = usual_length(thinking)
        return replace(common, thinking=thinking, temperature=temperature, max_tokens=length)

    @property
    def link(self) -> str:
        """How it stands in the address: "demo:E2B~thinking~t0.5"."""
        parts = [self.spec]
        if self.thinking is not None:
            parts.append("thinking" if self.thinking else "no-thinking")
        if self.temperature is not None:
            parts.append(f"t{self.temperature:g}")
        return "~".join(parts)

    @classmethod
    def of_link(cls, link: str) -> Extra:
        """What `link` made; what it can't have made is left out."""
        spec, *parts = link.split("~")
        thinking = {"thinking": True, "no-thinking": False}
        said = [thinking[part] for part in parts if part in thinking]
        heat = [float(part[1:]) for part in parts if re.fullmatch(r"t[0-2](\.\d{1,3})?", part)]
        return cls(spec, said[0] if said else None, min(2.0, heat[0]) if heat else None)

    @property
    def words(self) -> str:
        """What it is called in the row of contenders."""
        said = [re.sub("^(demo|local|server):", "", self.spec)]
        if self.thinking is not None:
            said.append("thinking" if self.thinking else "no thinking")
        if self.temperature is not None:
            said.append(f"temperature {self.temperature:g}")
        return " · ".join(said)


def choose() -> tuple[list[str], list[Extra]]:
    """The row of pills; the variants that were chosen, and the further columns."""
    here = _best_models()
    names = [one.name for one in catalog.variants()]
    if "extras" not in st.session_state:
        linked = [Extra.of_link(link) for link in st.query_params.get(LINK, "").split(",") if link]
        linked = linked[: 2 * MOST]
        usual = [extra.spec for extra in linked if extra.link in names]
        default = [name for name in DEFAULT if name in here]
        st.session_state.contenders = usual if linked else default
        st.session_state.extras = [extra for extra in linked if extra.link not in names]
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
    link = ",".join([*names, *(extra.link for extra in extras)])
    if st.query_params.get(LINK) != link:
        st.query_params[LINK] = link
    return names, extras


def only(spec: str) -> None:
    """Leave a single column, of that model."""
    st.session_state.contenders = []
    st.session_state.extras = [Extra(spec)]


def add_button() -> None:
    """A button that opens the choice of one more column."""
    specs = [model.spec for model in models.installed()] + servers.specs()
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
            on_click=st.session_state.extras.append,
            args=(extra,),
        )


def _precision(spec: str) -> str:
    """In which precision a model of this machine is to be loaded, as the end of a spec; empty: the usual one."""
    if spec.startswith("server:"):
        return ""
    usual = "as usual"
    wish = st.segmented_control(
        "Precision", [usual, *PRECISIONS], default=usual, required=True, key="extra_precision"
    )
    return "" if wish == usual else f"@{wish}"


def resolve(
    names: list[str], extras: list[Extra], common: Settings
) -> tuple[tuple[Contender, ...], list[str]]:
    """The contenders in order, and a sentence for each choice that can't become one."""
    columns: list[tuple[Model, Settings]] = []
    faults: list[str] = []
    # An address may name anything; paths of this machine's disk are not for visitors to try.
    known = {model.spec for model in models.installed()}
    known |= {variant.name for variant in catalog.variants()}
    for extra in [*(Extra(name) for name in names), *extras]:
        if models.plain(extra.spec) not in known and not extra.spec.startswith("server:"):
            faults.append(f"{extra.spec} is not among the models here.")
            continue
        try:
            with st.spinner(f"Asking what {plain(extra.words)} takes …"):
                model = models.find(extra.spec, servers.known())
            columns.append((model, extra.settle(common)))
        except ModelError as error:
            faults.append(str(error))
    if len(columns) > MOST:
        faults.append(f"{MOST} columns are the most: the first {MOST} will answer.")
    return contenders(columns[:MOST]), faults


def takes(capabilities: Capabilities) -> str:
    """Icons for what a model takes besides text."""
    kinds = ("image", "audio", "video")
    return " ".join(ICONS[kind] for kind in kinds if getattr(capabilities, kind))


def _best_models() -> dict[str, Model]:
    """By variant, what would answer for it."""
    best: dict[str, Model] = {}
    for model in models.installed():
        best.setdefault(model.variant, model)
    return best


def _pill(name: str, model: Model | None) -> str:
    if model is None:
        return f":gray[{name}\u2002:material/cloud_off:]"
    return f"{colours.text(name, f'**{name}**')} :gray[{takes(model.capabilities)}]"
