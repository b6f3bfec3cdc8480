"""The web server around the page: headers, limits and housekeeping, as layers of hosting/ that Streamlit is told of."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import logging
import re
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import streamlit as st
from starlette.middleware import Middleware
from streamlit import dataframe_util
from streamlit.runtime import Runtime, get_instance
from streamlit.runtime.scriptrunner import get_script_run_ctx

from playground.config import read
from playground.desk import Desk
from playground.hosting import memory, visitors
from playground.hosting.allowance import allowed
from playground.hosting.audit import Audit, known_as
from playground.hosting.clients import HEADER, USER, Clients
from playground.hosting.headers import Headers
from playground.hosting.limits import Limits
from playground.hosting.memory import Lasting
from playground.hosting.metrics import Metrics
from playground.hosting.operating.notice import Notice
from playground.hosting.operating.troubles import Troubles
from playground.hosting.people.bounds import Bounds, sizes
from playground.hosting.people.gate import Gate
from playground.hosting.people.visitor import Visitor, proxied, recognise, stranger
from playground.hosting.people.wishes import Returning, Wishes
from playground.hosting.sessions import Sessions
from playground.hosting.socket.messages import Messages
from playground.hosting.socket.turns import Turns
from playground.hosting.uploads import Ledger, Uploads
from playground.hosting.visitors import Visitors

EVERY_S = 5.0

SIGNED = "_streamlit_user"
"""The cookie in which Streamlit keeps who signed in; with one that it does not take, somebody did so once."""

sessions = Sessions()
wishes = Wishes()
ledger = Ledger(lambda: get_instance().uploaded_file_mgr)


def layers(desk: Callable[[], Desk]) -> list[Middleware]:
    """What every request goes through, the outermost first. `desk` is asked when somebody uploads."""
    return [
        Middleware(Headers, scripts=_inline_scripts(), framed_by=read().framed_by),
        Middleware(Clients, proxies=read().trusted_proxies, user_header=read().sign_in.header),
        Middleware(Visitors, framed=bool(read().framed_by)),
        Middleware(Returning, wishes=wishes),
        Middleware(
            Uploads,
            ledger=ledger,
            limits=lambda: limits(desk()),
            whose=lambda one: sessions.visitor(one),
        ),
        Middleware(Messages),
        Middleware(Turns),
    ]


@asynccontextmanager
async def housekeeping(_: Any) -> AsyncIterator[None]:
    """While the server runs: close the sessions whose tabs are gone, with all that they hold."""
    memory.give_back_large_blocks()
    task = asyncio.create_task(_close_sessions(get_instance()))
    try:
        yield
    finally:
        task.cancel()


def _settle(lasting: Lasting) -> None:
    """What would otherwise hold up everybody in the middle of the first answers.

    Streamlit imports pandas (1.5 s) for the first table, which stands below the first comparison that ends. What is
    imported by now is garbage never: looking through it took 0.3 s each time.
    """
    dataframe_util.convert_anything_to_arrow_bytes([{"": 0}])
    lasting.take(sessions.open)


async def _close_sessions(runtime: Runtime) -> None:
    settled, lasting = False, Lasting()
    while True:
        await asyncio.sleep(EVERY_S)
        if sessions.count and not settled:
            settled = True
            await asyncio.to_thread(_settle, lasting)
        gone = sessions.gone(runtime.is_active_session)
        for session in gone:
            runtime.close_session(session)
            ledger.forget(session)
        if gone:
            lasting.gone(gone, sessions.open)


def put_to(desk: Desk) -> None:
    """Let those whom the operator asked for see what is asked and answered at a desk that was just opened."""
    held = read()
    if held.sign_in.needed:
        desk.witnesses.append(Gate())
    desk.pending = 1 + held.most_waiting
    # Before the limits, which charge: what is too large is not asked.
    desk.witnesses.append(Bounds(sizes(held), held.models, _operates))
    if held.limited:
        desk.witnesses.append(Limits(allowed(held), held.limits_store, _operates))
    troubles = Troubles()
    logging.getLogger().addHandler(troubles)
    desk.witnesses.append(troubles)
    if held.audit is not None:
        desk.witnesses.append(Audit(held.audit, held.audit_days, held.audit_content))
    if held.traces:
        from playground.hosting.traces import Traces

        desk.witnesses.append(Traces(held.traces_content))
    if held.metrics_token:
        archive = desk.archive
        faults = (lambda: archive.faults) if archive is not None else (lambda: 0)
        desk.witnesses.append(Metrics(desk.pool, faults, lambda: sessions.count))


def _operates(key: str) -> bool:
    """Whether somebody who signed in operates it, and is here."""
    one = sessions.visitors().get(key)
    return one is not None and one.operator and one.signed_in


def troubles(desk: Desk) -> Troubles | None:
    """What went wrong lately."""
    return next((one for one in desk.witnesses if isinstance(one, Troubles)), None)


@cache
def notice(desk: Desk) -> Notice:
    """What the operator wants everybody to know."""
    return Notice(desk.archive.media if desk.archive is not None else "")


def called(key: str) -> str:
    """A visitor, for operators: by the name with which they signed in, else as in the audit log."""
    one = sessions.visitors().get(key)
    if one is not None and one.name:
        return one.name
    return f"visitor {known_as(key)[:8]}" if key else "this machine"


def audit(desk: Desk) -> Audit | None:
    """The audit log, where the operator wants one."""
    return next((one for one in desk.witnesses if isinstance(one, Audit)), None)


def limits(desk: Desk) -> Limits | None:
    """What visitors have used of what they may; None where there is no limit."""
    return next((one for one in desk.witnesses if isinstance(one, Limits)), None)


def seen(desk: Desk) -> None:
    """For each page that is drawn: its session is there, and its visitor comes from that address."""
    context = get_script_run_ctx()
    if context is not None:
        sessions.seen(context.session_id, who())
    if (held := limits(desk)) is not None:
        held.seen(visitor(), st.context.headers.get(HEADER) or "")


def who() -> Visitor:
    """Whose tab this is, and what they may."""
    held = read()
    if held.sign_in.header:
        return recognise(browser(), proxied(st.context.headers.get(USER) or ""), held)
    if not held.sign_in.needed:
        return stranger(browser(), held)
    claims = st.user.to_dict()
    if SIGNED in st.context.cookies and not claims.get("is_logged_in"):
        return stranger(browser(), held, "Your sign-in has ended.")
    return recognise(browser(), claims, held)


def visitor() -> str:
    """Under which key one's own things stand: who signed in, else one's browser, in all of its tabs."""
    return who().key


def base() -> str:
    """Where this instance is, as the visitor's browser sees it."""
    url = urlsplit(st.context.url or "")
    path = str(st.get_option("server.baseUrlPath") or "").strip("/")
    return f"{url.scheme}://{url.netloc}{f'/{path}' if path else ''}"


def browser() -> str:
    """Which browser this is, whoever signed in with it."""
    context = get_script_run_ctx()
    return visitors.visitor(st.context.cookies, context.session_id if context is not None else "")


def _inline_scripts() -> list[str]:
    """The hashes of the scripts in Streamlit's own page, which the policy lets run; no other inline script does."""
    page = (Path(st.__file__).parent / "static" / "index.html").read_text("utf-8")
    scripts = re.findall(r"<script>(.*?)</script>", page, re.DOTALL)
    digests = [hashlib.sha256(script.encode()).digest() for script in scripts]
    return [f"sha256-{base64.b64encode(digest).decode()}" for digest in digests]
