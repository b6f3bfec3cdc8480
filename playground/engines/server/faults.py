"""What went wrong with a server, in a sentence with a remedy. Knows the client's errors and no conversation."""

from __future__ import annotations

import re
from typing import Any

from playground.engines.base import EngineError
from playground.engines.server.wire import Dropped, NoStream, Silent, TooMuch
from playground.servers import Server, key_variable

SHOWN = 200
"""Characters of a server's own words that are shown."""

LONGEST_WAIT_S = 20.0
"""A server that asks to come back later than this is not waited for."""

WAITS_S = (0.5, 1.5)
"""Before the second and the third try, where the server does not say how long."""

AGAIN = frozenset({408, 409, 425, 429, 500, 502, 503, 504})
"""Statuses after which another try may help."""


def sentence(error: BaseException, server: Server, model: str) -> EngineError:
    """The error as one to show: why, and what would help."""
    import openai

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
            return EngineError(
                f"{where} answered with {error.args[0] or 'something unnamed'} and not with a stream of events.",
                f"Check its address: {server.url} must be the part before /chat/completions.",
            )
        case openai.APIStatusError():
            return _status(error, server, model)
        case openai.APITimeoutError():
            return EngineError(f"{where} did not take the connection in time.", _reach(server))
        case Dropped():
            return EngineError(
                f"{where} closed the connection in the middle of the answer.",
                "What came stays. Run it again, and look at the server's log if it happens again.",
            )
        case openai.APIConnectionError():
            return EngineError(f"{where} can't be reached.", _reach(server))
        case openai.APIError():
            return EngineError(
                f"{name} broke off: {excerpt(error.message, server)}", "Run it again."
            )
    return EngineError(
        f"{where} sent something that is no answer.",
        "Check that it is an OpenAI-compatible server, or choose its kind on the Engines page.",
    )


def may_try_again(error: BaseException, tries: int) -> float | None:
    """Seconds to wait before another try, None where it would not help. Only before the first token."""
    import openai

    if tries > len(WAITS_S):
        return None
    if isinstance(error, openai.APIStatusError):
        if error.status_code not in AGAIN:
            return None
        asked = _retry_after(error)
        if asked is not None:
            return asked if asked <= LONGEST_WAIT_S else None
        return WAITS_S[tries - 1]
    # Also where a connection that was kept turns out to be closed.
    return WAITS_S[tries - 1] if isinstance(error, openai.APIConnectionError) else None


def excerpt(text: Any, server: Server) -> str:
    """The beginning of what a server said, in one line, without the key and without markup."""
    plain = re.sub(r"<[^>]*>", " ", server.key.hide(str(text)))
    plain = " ".join(plain.split())
    return plain[:SHOWN] + "…" * (len(plain) > SHOWN)


def _status(error: Any, server: Server, model: str) -> EngineError:
    name, status = server.name, error.status_code
    said = excerpt(_message(error), server)
    variable = key_variable(name)
    if status in (401, 403):
        key = "refused the key" if server.key else "wants a key"
        return EngineError(
            f"{name} {key} ({status}).",
            f"Put the right one into the environment as {variable} and start again.",
        )
    if status == 404:
        return EngineError(
            f"{name} has no model {model!r} at {server.url} ({status}).",
            "Choose one that it lists on the Engines page, or check its address.",
        )
    if status == 413:
        return EngineError(
            f"The prompt is too large for {name} ({status}).", "Send fewer or smaller files."
        )
    if status == 429:
        wait = _retry_after(error)
        when = f"in {wait:g} s" if wait is not None else "in a while"
        return EngineError(f"{name} is busy ({status}).", f"Run it again {when}.")
    if status >= 500:
        return EngineError(
            f"{name} broke ({status}){': ' + said if said else ''}.".replace("..", "."),
            "Look at the server's log, or run it again.",
        )
    return EngineError(
        f"{name} refused the request ({status}){': ' + said if said else ''}.".replace("..", "."),
        "Change what it names, or choose the server's kind on the Engines page.",
    )


def _message(error: Any) -> str:
    body = error.body
    if isinstance(body, dict):
        inner = body.get("error", body)
        inner = inner if isinstance(inner, dict) else {"message": inner}
        return str(inner.get("message") or inner.get("detail") or "")
    return str(body or "")


def _retry_after(error: Any) -> float | None:
    try:
        seconds = float(error.response.headers.get("retry-after", ""))
    except ValueError:
        return None
    return seconds if 0 <= seconds < float("inf") else None


def _reach(server: Server) -> str:
    return f"Start it, or check that its address is {server.url}."
