"""The schema that answers are held to: written as JSON schema, as a Python type or as an example, checked at once."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import quote

import streamlit as st

from components import shell
from components.compare import address
from components.compare.choosing import laid
from components.compare.settings import ADDRESS
from components.words import plain
from playground.prompt.conversation import Settings
from playground.prompt.letters import mended
from playground.prompt.schema.reading import MOST_CHARACTERS, SchemaError
from playground.prompt.schema.samples import SAMPLES

JSON, PYTHON, EXAMPLE = "JSON schema", "Python type", "Example"
KINDS = {
    JSON: '{"type": "object", "properties": {"name": {"type": "string"}}, "required": ["name"]}',
    PYTHON: "@dataclass\nclass Person:\n    name: str\n    age: int | None",
    EXAMPLE: '{"name": "Ada", "age": 36}',
}
"""How a schema can be written, each with what shows how."""

TEXT, KIND, LINK = "live_schema", "schema_kind", "schema"
"""The names of the widgets of text and kind; what the schema is called in the address."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the panel says: a schema, none, or why what is written is none."""

    schema: dict[str, Any] | None = None
    fault: str = ""

    def settle(self, settings: Settings) -> Settings:
        """The settings with the schema."""
        return settings if self.schema is None else replace(settings, schema=self.schema)


def panel() -> Wanted:
    """A button that opens the editor."""
    _linked()
    st.session_state.setdefault(laid.key(KIND), JSON)
    wanted, words = _read(laid.said(TEXT) or "", laid.said(KIND))
    icon = "error" if wanted.fault else "data_object"
    with st.popover(
        "Schema",
        icon=f":material/{icon}:",
        key="schema",
        type="secondary" if wanted.schema is None else "primary",
        width="content",
        help="Hold answers to a JSON schema",
    ):
        st.segmented_control(
            "Written as",
            list(KINDS),
            required=True,
            key=laid.key(KIND),
            persist_state="session",
        )
        st.text_area(
            "What the answers must be",
            key=laid.key(TEXT),
            height=220,
            max_chars=MOST_CHARACTERS,
            placeholder=KINDS[laid.said(KIND) or JSON],
            persist_state="session",
        )
        if wanted.fault:
            st.markdown(f":red[:material/error: {plain(wanted.fault)}]")
        elif wanted.schema is not None:
            st.markdown(f":green[:material/check:] {plain(words)}")
            _where_held(wanted.schema)
            if len(quote(_compact(wanted))) > ADDRESS:
                st.caption(
                    ":material/link_off: Too long for the address: a link does not carry it."
                )
        else:
            st.caption("Empty: answers are not held to a schema. Begin with one of these:")
        _samples(wanted)
    _tell(wanted)
    return wanted


def put(schema: dict[str, Any] | None) -> None:
    """For callbacks: have the editor say this."""
    _put("" if schema is None else _written(schema))


def _samples(wanted: Wanted) -> None:
    with st.container(horizontal=True, gap="small", key="schema_samples"):
        if (laid.said(TEXT) or "").strip():
            st.button(
                "Clear",
                key="schema_clear",
                icon=":material/close:",
                type="tertiary",
                on_click=_put,
                args=("",),
            )
            if wanted.schema is not None and laid.said(KIND) != JSON:
                st.button(
                    "Show as JSON schema",
                    key="schema_as_json",
                    icon=":material/data_object:",
                    type="tertiary",
                    on_click=_put,
                    args=(_written(wanted.schema),),
                )
            return
        for number, (name, schema) in enumerate(SAMPLES.items()):
            st.button(
                name,
                key=f"schema_sample_{number}",
                type="tertiary",
                on_click=_put,
                args=(_written(schema),),
            )


def _put(text: str) -> None:
    """For callbacks: JSON into the editor."""
    laid.put(TEXT, text)
    if text:
        laid.put(KIND, JSON)


def _written(schema: dict[str, Any]) -> str:
    return json.dumps(schema, indent=2, ensure_ascii=False)


def _read(text: str, kind: str | None) -> tuple[Wanted, str]:
    """What is written, and in words what it asks for."""
    if not text.strip():
        return Wanted(), ""
    from playground.prompt.schema import example, python_type, reading  # only once there is one

    readers: dict[str, Callable[[str], dict[str, Any]]] = {
        PYTHON: python_type.of_python,
        EXAMPLE: example.of_example,
    }
    try:
        schema = readers.get(kind or JSON, reading.read)(text)
    except SchemaError as error:
        return Wanted(fault=str(error)), ""
    said = reading.described(schema)
    return Wanted(schema), f"Each answer has to be {said}."


def _where_held(schema: dict[str, Any]) -> None:
    """What models on this machine have against it."""
    from playground.prompt.schema import grammar

    if why := grammar.fault(schema):
        st.markdown(f":orange[:material/info: {plain(why)} {grammar.REMEDY}]")


def _linked() -> None:
    """A link may bring a schema; one that is too long for an address stays out of it."""
    linked = address.came(LINK)
    if linked is not None and not (shell.returns() and LINK not in st.query_params):
        try:
            text = mended(_written(json.loads(linked))) if linked else ""
        except (ValueError, RecursionError):
            text = linked
        laid.put(TEXT, text[:MOST_CHARACTERS])
        laid.put(KIND, JSON)


def _tell(wanted: Wanted) -> None:
    text = _compact(wanted)
    address.tell(LINK, text if len(quote(text)) <= ADDRESS else "")


def _compact(wanted: Wanted) -> str:
    """The schema as it stands in an address; nothing where there is none."""
    if wanted.schema is None:
        return ""
    return json.dumps(wanted.schema, ensure_ascii=False, separators=(",", ":"))
