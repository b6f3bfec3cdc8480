"""The tools panel: which tools models may call, those that a visitor declares as JSON, and who answers the calls."""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import replace
from typing import Any

import streamlit as st

from components import shell
from components.compare.choosing import laid
from components.words import label, plain
from playground.prompt.conversation import Settings
from playground.tools import declared
from playground.tools.built_in import BUILT_IN, FROM
from playground.tools.mcp.asking import FROM as OUTSIDE
from playground.tools.mcp.asking import OutsideFault, outside

OWN = "own_tools"
HERE, BY_HAND = "By themselves", "By hand"

SAMPLES: dict[str, list[dict[str, Any]]] = {
    "The weather": [
        {
            "name": "get_weather",
            "description": "Tells the weather in a city.",
            "parameters": {
                "type": "object",
                "properties": {"city": {"type": "string", "description": "The city"}},
                "required": ["city"],
            },
        }
    ],
    "Looking up and booking": [
        {
            "name": "find_tables",
            "description": "Finds free tables of a restaurant on a day.",
            "parameters": {
                "type": "object",
                "properties": {
                    "day": {"type": "string", "description": "The day, as 2026-12-24"},
                    "people": {"type": "integer", "minimum": 1, "maximum": 20},
                },
                "required": ["day", "people"],
            },
        },
        {
            "name": "book_table",
            "description": "Books one of the tables that find_tables gave.",
            "parameters": {
                "type": "object",
                "properties": {"table": {"type": "string"}, "name": {"type": "string"}},
                "required": ["table", "name"],
            },
        },
    ],
    "Every kind of parameter": [
        {
            "name": "add_event",
            "description": "Puts an event into the calendar.",
            "parameters": {
                "type": "object",
                "properties": {
                    "title": {"type": "string"},
                    "minutes": {"type": "integer", "minimum": 5},
                    "importance": {"type": "string", "enum": ["low", "usual", "high"]},
                    "online": {"type": "boolean"},
                    "guests": {"type": "array", "items": {"type": "string"}},
                    "place": {
                        "type": "object",
                        "properties": {"room": {"type": "string"}, "floor": {"type": "integer"}},
                    },
                },
                "required": ["title", "minutes"],
            },
        }
    ],
}


def panel(settings: Settings) -> Settings:
    """A button that opens the panel; the settings with the tools that are chosen in it."""
    chosen = _chosen()
    with st.popover(
        f"Tools · {chosen}" if chosen else "Tools",
        icon=":material/construction:",
        key="tools_panel",
        type="primary" if chosen else "secondary",
        help="Functions that may be called",
    ):
        names = st.pills(
            "Built in",
            list(BUILT_IN),
            selection_mode="multi",
            key="tools",
            bind="query-params",
            help="They run in this program and reach nothing outside of it.",
        )
        served = _served()
        own = _own()
        answered = st.segmented_control(
            "Calls are answered",
            [HERE, BY_HAND],
            default=HERE,
            required=True,
            key="calls",
            bind="query-params",
            help="By hand you type what a tool gives back, in the answer's pane.",
        )
        there = [BUILT_IN[name].tool for name in BUILT_IN if name in (names or [])]
        try:
            tools = declared.several([*there, *served, *own])
        except declared.DeclaredFault as fault:
            st.error(plain(str(fault)), icon=":material/error:")
            tools = tuple(there)
        if served:
            st.caption(":material/hub: What models call there is sent to that server.")
        if own:
            st.caption("Calls of your own tools are answered by hand: nothing here can run them.")
    return replace(settings, tools=tools, by_hand=answered == BY_HAND)


def put(settings: Settings) -> None:
    """For callbacks: have the panel say this, as far as its tools are there. What are none are said to be."""
    try:
        tools = declared.several(settings.tools)
    except declared.DeclaredFault as fault:
        st.toast(plain(str(fault)), icon=":material/error:")
        tools = ()
    known = {one.name for one in outside().set_up.servers}
    served: dict[str, list[str]] = {}
    own: list[dict[str, Any]] = []
    built_in: list[str] = []
    for tool in tools:
        name, by = declared.name(tool), str(tool.get("from", ""))
        server = by.removeprefix(OUTSIDE).partition("/")[0] if by.startswith(OUTSIDE) else ""
        if by == FROM and name in BUILT_IN:
            built_in.append(name)
        elif server in known:
            served.setdefault(server, []).append(name)
        elif not by:
            own.append(tool)
    st.session_state.update(
        tools=built_in,
        tool_servers=list(served),
        calls=BY_HAND if settings.by_hand else HERE,
        **{f"tools_of_{server}": names for server, names in served.items()},
    )
    laid.put(OWN, json.dumps(own, indent=2, ensure_ascii=False) if own else "")


def _chosen() -> int:
    """How many are chosen; what is wrong with those of a visitor's own is said inside."""
    chosen = len(st.session_state.get("tools") or [])
    with suppress(declared.DeclaredFault):
        chosen += len(declared.read(laid.said(OWN) or ""))
    return chosen


def _served() -> tuple[dict[str, Any], ...]:
    """Those of the servers that the operator named; nothing is drawn where none was."""
    set_up = outside().set_up
    for fault in set_up.faults if shell.may_manage() else ():
        st.caption(f":material/cloud_off: {plain(fault)}")
    if not set_up.servers:
        return ()
    places = {one.name: one.place for one in set_up.servers}
    chosen = st.pills(
        "From servers",
        list(places),
        selection_mode="multi",
        format_func=lambda name: f"{plain(name)} :gray[:small[{plain(places[name])}]]",
        key="tool_servers",
        persist_state="session",
        help="MCP servers that whoever runs this program named.",
    )
    return tuple(tool for name in chosen or () for tool in _of(name))


def _of(server: str) -> list[dict[str, Any]]:
    """A server's tools, as far as they are chosen; all of them at first."""
    try:
        with st.spinner(f"Asking {plain(server)} what it has …"):
            offered = outside().tools(server)
    except OutsideFault as fault:
        st.caption(f":material/cloud_off: {plain(str(fault))}")
        return []
    for fault in offered.faults:
        st.caption(f":material/info: {plain(fault)}")
    tools = {declared.name(tool): tool for tool in offered.tools}
    names = st.pills(
        f"Tools of {label(server)}",
        list(tools),
        selection_mode="multi",
        default=list(tools),
        key=f"tools_of_{server}",
        persist_state="session",
    )
    return [tools[name] for name in names or () if name in tools]


def _own() -> tuple[dict[str, Any], ...]:
    """The tools in the editor; those of a text that can't be used are none, and it is said why."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        sample = st.selectbox(
            "Your own, as JSON",
            list(SAMPLES),
            None,
            key="tool_sample",
            placeholder="Begin with a sample",
        )
        st.button(
            "Take it",
            key="take_tool_sample",
            disabled=sample is None,
            on_click=_fill,
            args=(sample,),
        )
    text = st.text_area(
        "Tools as JSON",
        key=laid.key(OWN),
        height=180,
        label_visibility="collapsed",
        placeholder='[{"name": "get_weather", "description": "…", "parameters": {…}}]',
        persist_state="session",
    )
    try:
        tools = declared.read(text)
    except declared.DeclaredFault as fault:
        st.error(plain(str(fault)), icon=":material/error:")
        return ()
    if tools:
        names = ", ".join(map(declared.name, tools))
        st.caption(f":material/check: {len(tools)} declared: {plain(names)}")
    return tools


def _fill(sample: str | None) -> None:
    if sample is not None:
        laid.put(OWN, json.dumps(SAMPLES[sample], indent=2))
