"""The words of ASGI, the interface between web servers and Python programs, as far as the layers here need them."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, MutableMapping
from http.cookies import CookieError, SimpleCookie
from typing import Any

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]


def header(scope: Scope, name: bytes) -> str:
    """The value of the request's header, whose name is in small letters; empty where it has none."""
    return next((value.decode("latin-1") for key, value in scope["headers"] if key == name), "")


def cookie(scope: Scope, name: str) -> str:
    """The value of the request's cookie; empty where it has none."""
    try:
        found = SimpleCookie(header(scope, b"cookie")).get(name)
    except CookieError:
        return ""
    return found.value if found else ""


async def answer(
    send: Send, status: int, words: str, kind: str = "text/plain; charset=utf-8"
) -> None:
    """A whole response: one sentence, or what `kind` says."""
    body = words.encode()
    headers = [
        (b"content-type", kind.encode()),
        (b"content-length", str(len(body)).encode()),
        (b"cache-control", b"no-store"),
    ]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


async def answer_json(send: Send, status: int, said: Any) -> None:
    """A whole response as JSON, for people too."""
    words = json.dumps(said, ensure_ascii=False, indent=1)
    await answer(send, status, f"{words}\n", "application/json")
