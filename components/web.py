"""The web server around the page: headers, limits and housekeeping, as layers of hosting/ that Streamlit is told of."""

from __future__ import annotations

import asyncio
import base64
import gc
import hashlib
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import streamlit as st
from starlette.middleware import Middleware
from streamlit.runtime import Runtime, get_instance
from streamlit.runtime.scriptrunner import get_script_run_ctx

from playground.hosting import visitors
from playground.hosting.headers import Headers
from playground.hosting.messages import Messages
from playground.hosting.sessions import Sessions
from playground.hosting.uploads import Ledger, Uploads
from playground.hosting.visitors import Visitors

EVERY_S = 5.0

sessions = Sessions()
ledger = Ledger(lambda: get_instance().uploaded_file_mgr)


def layers() -> list[Middleware]:
    """What every request goes through, the outermost first."""
    return [
        Middleware(Headers, scripts=_inline_scripts()),
        Middleware(Visitors),
        Middleware(Uploads, ledger=ledger),
        Middleware(Messages),
    ]


@asynccontextmanager
async def housekeeping(_: Any) -> AsyncIterator[None]:
    """While the server runs: close the sessions whose tabs are gone, with all that they hold."""
    task = asyncio.create_task(_close_sessions(get_instance()))
    try:
        yield
    finally:
        task.cancel()


async def _close_sessions(runtime: Runtime) -> None:
    while True:
        await asyncio.sleep(EVERY_S)
        gone = sessions.gone(runtime.is_active_session)
        for session in gone:
            runtime.close_session(session)
            ledger.forget(session)
        if gone:
            gc.collect()  # a session refers to itself, and nothing else may come for hours


def seen() -> None:
    """For each page that is drawn: its session is there."""
    context = get_script_run_ctx()
    if context is not None:
        sessions.seen(context.session_id)


def visitor() -> str:
    """Whose tab this is: the same in all tabs of one browser."""
    context = get_script_run_ctx()
    return visitors.visitor(st.context.cookies, context.session_id if context is not None else "")


def _inline_scripts() -> list[str]:
    """The hashes of the scripts in Streamlit's own page, which the policy lets run; no other inline script does."""
    page = (Path(st.__file__).parent / "static" / "index.html").read_text("utf-8")
    scripts = re.findall(r"<script>(.*?)</script>", page, re.DOTALL)
    digests = [hashlib.sha256(script.encode()).digest() for script in scripts]
    return [f"sha256-{base64.b64encode(digest).decode()}" for digest in digests]
