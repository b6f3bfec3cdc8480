"""The words of ASGI, the interface between web servers and Python programs, as far as the layers here need them."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]


def headers(scope: Scope, name: bytes) -> list[str]:
    """The values of the request's headers of that name, which is in small letters, in their order."""
    return [value.decode("latin-1") for key, value in scope["headers"] if key.lower() == name]


def header(scope: Scope, name: bytes) -> str:
    """The value of the first of them; empty where there is none."""
    return next(iter(headers(scope, name)), "")


def cookie(scope: Scope, name: str) -> str:
    """The value of the request's cookie, the last of that name; empty where it has none.

    Others on the same host set theirs as they like: what no standard allows in one of them hides no other.
    """
    pairs = (one.partition("=") for one in ";".join(headers(scope, b"cookie")).split(";"))
    found = [value.strip() for key, _, value in pairs if key.strip() == name]
    return found[-1].strip('"') if found else ""


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
