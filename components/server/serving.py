"""What app.py tells the server: the layers that every request goes through, and what to do as it starts and ends."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import streamlit as st
from starlette.middleware import Middleware
from starlette.routing import BaseRoute

from components import shell, web
from playground.api.routes import routes
from playground.archive.archive import ArchiveError
from playground.config import read
from playground.hosting import ending
from playground.hosting.health import Health
from playground.hosting.metrics import Guarded, Metrics


def layers() -> list[Middleware]:
    """All of them, the outermost first."""
    headers, *rest = web.layers(shell.desk)
    looks = {"archive": _archive, "engines": _engines, "questions": _questions}
    held = read()
    if held.limited:
        looks["limits"] = _limits
    if held.audit is not None:
        looks["audit"] = _audit
    return [
        headers,
        Middleware(Health, looks=looks),
        Middleware(Guarded, token=held.metrics_token, metrics=_metrics),
        *rest,
    ]


def addresses() -> list[BaseRoute]:
    """Those that are no pages: the API's."""
    below = str(st.get_option("server.baseUrlPath") or "").strip("/")
    return routes(shell.desk, f"/{below}" if below else "")


@asynccontextmanager
async def lifespan(server: Any) -> AsyncIterator[None]:
    """Housekeeping while it runs. Asked to end, it lets answers go on for a while; what was not whole by then, or when
    somebody pressed Ctrl-C, is kept as interrupted.
    """
    async with web.housekeeping(server):
        with ending.on_sigterm(_end):
            try:
                yield
            finally:
                _close()


def _end() -> None:
    desk = shell.opened()
    if desk is not None:
        desk.closing = True
        ending.wait(desk.running, read().end_s)
        desk.close()


def _close() -> None:
    desk = shell.opened()
    if desk is not None and not desk.closing:
        desk.close()


def _metrics() -> Metrics | None:
    return next((one for one in shell.desk().witnesses if isinstance(one, Metrics)), None)


def _archive() -> str:
    """Whether comparisons can be kept; where none are to be kept, they can."""
    archive = shell.desk().archive
    try:
        if archive is not None:
            archive.try_out()
    except ArchiveError as fault:
        return str(fault)
    return ""


def _engines() -> str:
    return shell.desk().engines_fault()


def _limits() -> str:
    limits = web.limits(shell.desk())
    return limits.fault() if limits is not None else ""


def _audit() -> str:
    audit = web.audit(shell.desk())
    return audit.fault if audit is not None else ""


def _questions() -> str:
    return "The playground is about to end." if shell.desk().closing else ""
