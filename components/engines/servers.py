"""Servers on the screen: those of the operator and those that this visitor added, each with what it said of itself."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import streamlit as st

from components import shell
from components.servers import known, own
from components.words import plain
from playground.models.servers import KINDS, Key, Server, ServerError, may_add, set_up

ASK = "ask it"

USUAL = (
    ("ollama", "http://localhost:11434/v1"),
    ("lm-studio", "http://localhost:1234/v1"),
    ("llama-cpp", "http://localhost:8080/v1"),
    ("vllm", "http://localhost:8000/v1"),
    ("sglang", "http://localhost:30000/v1"),
)
"""Where servers on one's own machine usually are: their default ports."""


def panel() -> None:
    """All servers, and how to add one."""
    for fault in set_up().faults:
        st.error(plain(fault.words), icon=":material/error:")
    servers = known()
    if servers:
        _look_at(servers)
    for server in servers:
        _card(server)
    if servers:
        st.caption(
            "Their models are among those of “Contenders” on Compare, and in a terminal: "
            "`--on` and the last column."
        )
    else:
        st.info(
            "No server is set up. An operator names them in `servers.toml` or in the environment "
            "(`PLAYGROUND_SERVER_LAB=http://gpu1:8000/v1`, its key in `PLAYGROUND_KEY_LAB`).",
            icon=":material/dns:",
        )
    if may_add():
        _add_form()
    else:
        st.caption(
            "Visitors can't add servers here: whoever runs this program allows it with "
            "`PLAYGROUND_ADD_SERVERS=1`."
        )


def _look_at(servers: Sequence[Server]) -> None:
    """Ask those that were not asked yet, all at the same time."""
    from playground.engines.server.looking.look import looks

    unseen = [one for one in servers if not looks.known(one) and not looks.fault(one)]
    if unseen:
        names = ", ".join(server.name for server in unseen)
        with st.spinner(f"Asking {names} …"):
            _answering(unseen)


def _answering(servers: Sequence[Server]) -> list[Server]:
    """Ask all at once; those that answered as servers."""
    from playground.engines.server.looking.look import looks

    def answers(server: Server) -> bool:
        try:
            looks.get(server)
        except ServerError:
            return False
        return True

    with ThreadPoolExecutor(max(1, len(servers))) as asking:
        found = list(asking.map(answers, servers))
    return [server for server, yes in zip(servers, found, strict=True) if yes]


def _card(server: Server) -> None:
    from playground.engines.server.looking.look import looks

    fault, seen = looks.fault(server), looks.known(server)
    with st.container(border=True, key=f"server_{server.name}"):
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.subheader(plain(server.name), anchor=False, width="content")
            st.caption(plain(server.host), width="content")
            if fault:
                st.badge("no answer", icon=":material/error:", color="red")
            elif seen is not None:
                version = f" {seen.version}" if seen.version else ""
                st.badge(plain(seen.profile.title + version), color="green")
                st.badge(
                    f"{seen.latency_ms:.1f} ms",
                    icon=":material/network_ping:",
                    color="gray",
                    help="Median of an empty request over a kept connection",
                )
                st.badge(
                    f"{seen.server.turns} at a time",
                    icon=":material/groups:",
                    color="gray",
                    help="Answers that it gives at the same time, to all visitors; the operator may say "
                    "otherwise with at_once in servers.toml",
                )
            if not server.on_this_machine:
                st.badge("prompts leave this machine", icon=":material/public:", color="orange")
            st.space("stretch")
            # What was seen of an operator's server is everybody's: a visitor can't have it tried anew.
            if shell.may_manage() or server in own():
                st.button(
                    "Test again",
                    key=f"test_{server.name}",
                    icon=":material/refresh:",
                    on_click=_test,
                    args=(server,),
                )
            if server in own():
                st.button(
                    "Remove",
                    key=f"remove_{server.name}",
                    icon=":material/delete:",
                    on_click=own().remove,
                    args=(server,),
                )
        if fault:
            st.markdown(plain(str(fault)))
        elif seen is not None:
            _models(seen.server, seen.names)


def _models(server: Server, names: Sequence[str]) -> None:
    from playground.engines.server.looking.served import variant_of

    if not names:
        st.markdown("It lists no models. Name them in `servers.toml`: `models = [...]`.")
        return
    rows = [
        {
            "variant": variant_of(name) or "not known",
            "model": name,
            "contender": server.spec(name),
        }
        for name in names
    ]
    height = 245 if len(rows) > 6 else "content"
    st.dataframe(rows, hide_index=True, alt=f"The models of {server.name}", height=height)


def _test(server: Server) -> None:
    """Forget what was seen, tried and wrong; the page asks again as it is drawn."""
    from playground.engines.server.looking import served

    served.forget(server)


def _add_form() -> None:
    with st.expander("Add a server for this session", icon=":material/add:", key="add_server"):
        with st.form("server", border=False):
            left, middle, right = st.columns([1, 2, 1])
            left.text_input("Name", placeholder="lab", key="server_name")
            middle.text_input("Address", placeholder="http://gpu1:8000/v1", key="server_url")
            right.selectbox("Kind", [ASK, *KINDS], key="server_kind")
            st.text_input(
                "Key",
                type="password",
                key="server_key",
                help="Kept in memory for this session, sent to this address only, shown nowhere.",
            )
            st.form_submit_button("Add", type="primary", on_click=_add)
        if fault := st.session_state.pop("server_fault", ""):
            st.error(plain(fault), icon=":material/error:")
        st.button(
            "Look for servers on this machine",
            icon=":material/search:",
            help="Tries the usual ports of Ollama, LM Studio, llama.cpp, vLLM and SGLang",
            on_click=_search,
        )


def _add() -> None:
    """Add what the form says, and empty it; what has a fault stays in it."""
    said = st.session_state
    kind = "" if said.server_kind == ASK else said.server_kind
    try:
        server = Server(
            said.server_name.strip(),
            said.server_url,
            kind,
            Key(said.server_key.strip(), "The field Key"),
        )
        if any(one.name == server.name for one in known()):
            raise ServerError(f"There is a server {server.name} already.")
    except ServerError as error:
        said.server_fault = str(error)
        return
    own().append(server)
    said.server_name = said.server_url = said.server_key = ""


def _search() -> None:
    """Add what answers at the usual ports."""
    here = {one.url for one in known()} | {one.name for one in known()}
    found = _answering(
        [Server(name, url) for name, url in USUAL if url not in here and name not in here]
    )
    own().extend(found)
    names = ", ".join(one.name for one in found)
    said = f"Found {names}." if found else "Nothing answers at the usual ports."
    st.toast(said, icon=":material/search:")
