"""What went wrong with a server, in a sentence with a remedy. Knows the transport's faults and no conversation."""

from __future__ import annotations

import re

from playground.engines.base import EngineError
from playground.engines.server.replies.reply import ErrorInside
from playground.engines.server.said import excerpt, remedy, words
from playground.engines.server.transport.parcel import (
    Closed,
    Dropped,
    Late,
    NoStream,
    Refusal,
    Unreached,
)
from playground.engines.server.transport.reach import unreached
from playground.engines.server.transport.sse import TooMuch
from playground.engines.server.transport.wire import Silent
from playground.models.servers import Server, key_variable

LONGEST_WAIT_S = 20.0
"""A server that asks to come back later than this is not waited for."""

WAITS_S = (0.5, 1.5)
"""Before the second and the third try, where the server does not say how long."""

AGAIN = frozenset({408, 409, 425, 429, 500, 502, 503, 504})
"""Statuses after which another try may help."""

CHANGE = "Change what it names, or choose the server's kind on the Engines page."


def sentence(error: BaseException, server: Server, model: str) -> EngineError:
    """The error as one to show: why, and what would help."""
    name, where = server.name, f"{server.name} ({server.host})"
    match error:
        case EngineError():
            return error
        case Silent(first=True):
            return EngineError(
                f"{where} said nothing for {error.seconds:g} s.",
                "It may still be loading the model: run it again in a while.",
            )
        case Silent():
            return EngineError(
                f"{where} fell silent for {error.seconds:g} s in the middle of the answer.",
                "What came stays. Run it again.",
            )
        case TooMuch():
            return EngineError(
                f"{where} sent more than an answer can hold; the rest was cut off.",
                "Something is wrong with this server: look at its log.",
            )
        case NoStream():
            return _no_stream(error, server)
        case Refusal():
            return _status(error, server, model)
        case ErrorInside():
            told = words(error.said)
            said = excerpt(told, server) or "it did not say why"
            again = remedy(told, "What came stays. Run it again.")
            return EngineError(f"{name} broke off: {_ended(said)}", again)
        case Late():
            return EngineError(f"{where} did not take the connection in time.", _reach(server))
        case Dropped():
            return EngineError(
                f"{where} closed the connection in the middle of the answer.",
                "What came stays. Run it again, and look at the server's log if it happens again.",
            )
        case Closed():
            return EngineError(
                f"{where} closed the connection without an answer.",
                "Look at the server's log, or run it again.",
            )
        case Unreached():
            return EngineError(*unreached(error, server))
    return EngineError(
        f"{where} sent something that is no answer.",
        "Check that it is an OpenAI-compatible server, or choose its kind on the Engines page.",
    )


def not_whole(reason: str, server: Server) -> EngineError:
    """An answer that ended for a reason which says that it is not whole."""
    said = excerpt(reason, server)
    if "filter" in said.lower() or said.lower() in ("safety", "recitation", "prohibited_content"):
        return EngineError(
            f"{server.name} cut the answer off: its filter stepped in ({said}).",
            "What came stays. Ask in other words.",
        )
    return EngineError(
        f"{server.name} ended the answer before it was whole ({said}).",
        "What came stays. Run it again, and look at the server's log if it happens again.",
    )


def may_try_again(error: BaseException, tries: int) -> float | None:
    """Seconds to wait before another try, None where it would not help. Only before the first token."""
    if tries > len(WAITS_S):
        return None
    if isinstance(error, Refusal):
        if error.status not in AGAIN:
            return None
        asked = _seconds(error.retry_after)
        if asked is not None:
            return asked if asked <= LONGEST_WAIT_S else None
        return WAITS_S[tries - 1]
    # Also where a connection that was kept turns out to be closed.
    return WAITS_S[tries - 1] if isinstance(error, Dropped | Closed | Late | Unreached) else None


def _no_stream(error: NoStream, server: Server) -> EngineError:
    """A server that answers at once, with a web page or with an error that it calls a success."""
    where = f"{server.name} ({server.host})"
    told = words(error.body) if error.kind == "application/json" else ""
    if told and told != error.body:
        said = excerpt(told, server)
        return EngineError(f"{where} refused the request: {_ended(said)}", remedy(told, CHANGE))
    return EngineError(
        f"{where} answered with {error.kind or 'something unnamed'} and not with a stream of events.",
        f"Check its address: {server.url} must be the part before /chat/completions.",
    )


def _status(error: Refusal, server: Server, model: str) -> EngineError:
    name, status = server.name, error.status
    told = words(error.body)
    said = excerpt(told, server)
    why = f": {said}" if said else ""
    if status in (401, 403):
        key = "refused the key" if server.key else "wants a key"
        return EngineError(f"{name} {key} ({status}).", _right_key(server))
    if status == 404:
        return EngineError(
            f"{name} has no model {model!r} at {server.url} ({status}).",
            "Choose one that it lists on the Engines page, or check its address.",
        )
    if status == 413:
        return EngineError(
            f"The prompt is too large for {name} ({status}).", "Send fewer or smaller files."
        )
    wait = _seconds(error.retry_after)
    when = f"in {wait:g} s" if wait is not None else "in a while"
    if status == 429:
        return EngineError(f"{name} is busy ({status}).", f"Run it again {when}.")
    if status == 503:
        again = remedy(told, f"It may still be loading the model: run it again {when}.")
        return EngineError(_ended(f"{name} is not ready ({status}){why}"), again)
    if 300 <= status < 400:
        return EngineError(
            _ended(f"{name} refused the request ({status}){why}"),
            f"Name the address that it points to instead of {server.url}.",
        )
    if status >= 500:
        again = remedy(told, "Look at the server's log, or run it again.")
        return EngineError(_ended(f"{name} broke ({status}){why}"), again)
    return EngineError(_ended(f"{name} refused the request ({status}){why}"), remedy(told, CHANGE))


def _right_key(server: Server) -> str:
    if server.key_in:
        return f"Put the right one into the environment as {server.key_in} and start again."
    variable = key_variable(server.name)
    return f"Put the right one into the environment as {variable}, or add the server again with it."


def _ended(words: str) -> str:
    """With one full stop."""
    return re.sub(r"[.\s]+$", "", words) + "."


def _seconds(retry_after: str) -> float | None:
    try:
        seconds = float(retry_after)
    except ValueError:
        return None
    return seconds if 0 <= seconds < float("inf") else None


def _reach(server: Server) -> str:
    return f"Start it, or check that its address is {server.url}."
