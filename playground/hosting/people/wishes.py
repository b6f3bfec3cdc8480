"""Where somebody wanted to be who was sent away to sign in: kept while they are away, and gone to when they are back.

Knows the addresses that Streamlit signs in at, and nothing of providers.
"""

from __future__ import annotations

import re
import threading
import time
from collections import OrderedDict
from collections.abc import Mapping
from urllib.parse import parse_qs, parse_qsl, quote, unquote, urlencode

from playground.hosting.asgi import Application, Message, Receive, Scope, Send, cookie
from playground.hosting.visitors import COOKIE

LEAVES, RETURNS = "/auth/login", "/oauth2callback"

WISH = "playground_wish"
KEPT_S = 3600
"""As long one may take to sign in."""

MOST = 10_000
LONGEST = 3000
"""Wishes at a time, and letters of one: browsers keep 4,096 bytes of a cookie."""

REFUSED = "refused"
SAID = "signin"
"""The query parameter that tells the page that somebody came back and is not signed in."""

PAGE = re.compile(r"[a-z-]*")
SIGNED = b"_streamlit_user="
GONE = re.compile(rb'=(""|;|$)|; *max-age=0', re.IGNORECASE)


class Wishes:
    """The wishes of those who were just sent to /auth/login, by their browsers; their pages tell of them."""

    def __init__(self) -> None:
        self._held: OrderedDict[str, tuple[float, str]] = OrderedDict()
        self._changing = threading.Lock()

    def remember(self, browser: str, page: str, query: Mapping[str, object]) -> None:
        """This page with this query; without the query where that is too long to be carried."""
        words = urlencode(
            {name: value for name, value in query.items() if name != SAID}, doseq=True
        )
        wish = page if len(quote(words)) > LONGEST else f"{page}?{words}"
        with self._changing:
            self._held[browser] = (time.monotonic(), wish)
            self._held.move_to_end(browser)
            while len(self._held) > MOST:
                self._held.popitem(last=False)

    def take(self, browser: str) -> str:
        """What that browser wished for a moment ago, once; nothing where it did not."""
        with self._changing:
            at, wish = self._held.pop(browser, (float("-inf"), ""))
        return wish if time.monotonic() - at < KEPT_S else ""


class Returning:
    """Lets `app` sign somebody in, and leads them to where they wanted to be."""

    def __init__(self, app: Application, wishes: Wishes) -> None:
        self._app = app
        self._wishes = wishes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        path = scope["path"] if scope["type"] == "http" else ""
        if not path.endswith((LEAVES, RETURNS)):
            await self._app(scope, receive, send)
            return

        async def send_on(message: Message) -> None:
            if message["type"] == "http.response.start":
                leaves = path.endswith(LEAVES)
                message = {**message, "headers": [*message["headers"]]}
                self._leave(scope, message) if leaves else _return(scope, message)
            await send(message)

        await self._app(scope, receive, send_on)

    def _leave(self, scope: Scope, message: Message) -> None:
        wish = self._wishes.take(cookie(scope, COOKIE))
        message["headers"].append(_cookie(scope, quote(wish, safe=""), KEPT_S))


def _return(scope: Scope, message: Message) -> None:
    """Lead on from the page's root, to which Streamlit sends everybody."""
    said = parse_qs(scope["query_string"].decode("latin-1"))
    if "state" not in said and "error" not in said:
        return  # the provider has signed somebody out
    page, _, query = unquote(cookie(scope, WISH)).partition("?")
    pairs = [one for one in parse_qsl(query) if one[0] != SAID]
    if not any(
        key == b"set-cookie" and value.startswith(SIGNED) and not GONE.search(value)
        for key, value in message["headers"]
    ):
        pairs.append((SAID, REFUSED))
    tail = (page if PAGE.fullmatch(page) else "") + (f"?{urlencode(pairs)}" if pairs else "")
    message["headers"] = [
        (key, value.rstrip(b"/") + f"/{tail}".encode() if key == b"location" else value)
        for key, value in message["headers"]
    ]
    message["headers"].append(_cookie(scope, "", 0))


def _cookie(scope: Scope, value: str, kept_s: int) -> tuple[bytes, bytes]:
    secure = "; Secure" if scope.get("scheme") == "https" else ""
    words = f"{WISH}={value}; Max-Age={kept_s}; Path=/; HttpOnly; SameSite=Lax{secure}"
    return b"set-cookie", words.encode()
