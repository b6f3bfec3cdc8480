"""What browsers are told with every response: to load nothing from elsewhere, to guess no types, who may frame it."""

from __future__ import annotations

import re
from collections.abc import Sequence

from playground.hosting.asgi import Application, Message, Receive, Scope, Send, header

HOST = re.compile(r"[\w.-]+(:\d+)?|\[[0-9a-fA-F:]+\](:\d+)?")


class Headers:
    """Adds the headers to every response of `app`. `scripts` are the hashes of the inline scripts in its HTML,
    `framed_by` the origins whose pages may show it in a frame.
    """

    def __init__(
        self, app: Application, scripts: Sequence[str] = (), framed_by: Sequence[str] = ()
    ) -> None:
        self._app = app
        self._framed_by = framed_by
        self._scripts = " ".join(f"'{digest}'" for digest in scripts)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                own = {name for name, _ in message["headers"]}
                added = self._headers(header(scope, b"host"))
                message["headers"] = [
                    *message["headers"],
                    *(one for one in added if one[0] not in own),
                ]
            await send(message)

        await self._app(scope, receive, send_with_headers)

    def _headers(self, host: str) -> list[tuple[bytes, bytes]]:
        said = {
            "content-security-policy": self._policy(host),
            "x-content-type-options": "nosniff",
            "x-frame-options": "DENY",
            "referrer-policy": "no-referrer",  # an address holds the id of a comparison
            "permissions-policy": "camera=(self), microphone=(self), geolocation=(), payment=(), usb=()",
            "cross-origin-opener-policy": "same-origin",
            "cross-origin-resource-policy": "same-origin",
        }
        if self._framed_by:
            del said["x-frame-options"]  # it knows no single origin
        return [(name.encode(), value.encode()) for name, value in said.items()]

    def _policy(self, host: str) -> str:
        # Some browsers take 'self' for http alone, and the page lives on a WebSocket.
        sockets = f" ws://{host} wss://{host}" if HOST.fullmatch(host) else ""
        rules = {
            "default-src": "'self'",
            "script-src": f"'self' blob: 'unsafe-eval' {self._scripts}".strip(),  # Vega evaluates
            "style-src": "'self' 'unsafe-inline'",
            "img-src": "'self' data: blob:",
            "media-src": "'self' data: blob:",
            "font-src": "'self' data:",
            "connect-src": f"'self' blob: data:{sockets}",
            "worker-src": "'self' blob:",
            "object-src": "'none'",
            "base-uri": "'self'",
            "form-action": "'self'",
            "frame-ancestors": " ".join(self._framed_by) or "'none'",
        }
        return "; ".join(f"{name} {value}" for name, value in rules.items())
