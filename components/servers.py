"""The servers that this visitor may ask: the operator's, and those that they added for their session."""

from __future__ import annotations

import streamlit as st

from playground.models.servers import Server, configured, may_add


def known() -> tuple[Server, ...]:
    """The operator's servers, then this visitor's own."""
    return (*configured(), *own())


def specs() -> list[str]:
    """Every model of every server that was seen, as `server:NAME/MODEL`."""
    from playground.engines.server.looking.look import looks

    seen = [look for server in known() if (look := looks.known(server)) is not None]
    return [look.server.spec(name) for look in seen for name in look.names]


def own() -> list[Server]:
    """Those of this session; none where visitors may not add any."""
    own: list[Server] = st.session_state.setdefault("servers", [])
    return own if may_add() else []
