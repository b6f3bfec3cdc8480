"""Who a visitor is: one browser, told from others by a cookie that is random and says nothing else."""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping

from playground.hosting.asgi import Application, Message, Receive, Scope, Send, cookie

FIRST = "/_stcore/host-config"
"""What Streamlit's page asks for each time before it connects; the page itself may come from the browser's cache."""

COOKIE = "playground_visitor"
KEPT_S = 365 * 24 * 3600
SHAPE = re.compile(r"[\w-]{22}")


def visitor(cookies: Mapping[str, str], session: str) -> str:
    """The visitor of a session: a browser that keeps no cookies is another visitor in each tab."""
    said = str(cookies.get(COOKIE, ""))
    return said if SHAPE.fullmatch(said) else session


class Visitors:
    """Gives each browser its cookie before its page connects to `app`. Where the page may be `framed` by others, the
    cookie goes along there too, another one for each of them.
    """

    def __init__(self, app: Application, framed: bool = False) -> None:
        self._app = app
        self._framed = framed

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        first = scope["type"] == "http" and scope["path"].endswith(FIRST)
        if not first or SHAPE.fullmatch(cookie(scope, COOKIE)):
            await self._app(scope, receive, send)
            return
        if self._framed:  # browsers take these only together
            kind = "SameSite=None; Secure; Partitioned"
        else:
            kind = "SameSite=Lax" + ("; Secure" if scope.get("scheme") == "https" else "")
        given = f"{COOKIE}={secrets.token_urlsafe(16)}; Max-Age={KEPT_S}; Path=/; HttpOnly; {kind}"

        async def send_with_cookie(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], (b"set-cookie", given.encode())]
            await send(message)

        await self._app(scope, receive, send_with_cookie)
