"""Further columns as a visitor chose them, in the session and in the address: what other pages hand to Compare."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

import streamlit as st

from components import shell
from playground.prompt.conversation import Settings

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
        return replace(common, thinking=thinking, temperature=temperature)

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


def hand(specs: Sequence[str], prompt: str, file: str = "", thinking: bool | None = None) -> None:
    """Leave these columns, with a prompt for the box and a sample's file for the tray, for a new comparison."""
    shell.show(None)
    st.session_state.contenders = []
    st.session_state.extras = [Extra(spec, thinking) for spec in specs]
    st.session_state.refill = prompt
    st.session_state.handed = file


def handed() -> str | None:
    """The sample's file that another page left for Compare, once; empty: a prompt without one."""
    file: str | None = st.session_state.pop("handed", None)
    return file


def only(spec: str) -> None:
    """Leave a single column, of that model."""
    st.session_state.contenders = []
    st.session_state.extras = [Extra(spec)]
