"""Which messages of a browser reach the page: those that its own visitor's page needs, and no other.

The others are Streamlit's tools for developers. Anybody may send them by a WebSocket of their own, and they reach
further than their sender: one clears what all sessions share, one runs git in the middle of the server's work.
"""

from __future__ import annotations

from playground.hosting.asgi import Application, Message, Receive, Scope, Send
from playground.hosting.socket.fields import fields

STREAM = "/_stcore/stream"

NEEDED = {
    11: "rerun_script",
    16: "file_urls_request",
    17: "app_heartbeat",
    19: "backend_operation_request",  # tables and downloads
}
"""The fields of Streamlit's `BackMsg` that pass, by number. Not among them: clear_cache (5), set_run_on_save (6),
stop_script (7: it freezes the drawing of answers that go on), load_git_info (12), and those for debugging (14, 15).
"""


def of_a_page(scope: Scope) -> bool:
    """Whether it is the connection by which a page and its browser talk."""
    return scope["type"] == "websocket" and str(scope["path"]).endswith(STREAM)


class Messages:
    """Drops what is not needed on its way to `app`."""

    def __init__(self, app: Application) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One connection."""
        if not of_a_page(scope):
            await self._app(scope, receive, send)
            return

        async def receive_needed() -> Message:
            while True:
                message = await receive()
                if message["type"] != "websocket.receive" or _needed(message.get("bytes") or b""):
                    return message

        await self._app(scope, receive_needed, send)


def _needed(data: bytes) -> bool:
    """Whether it is a protobuf message of needed fields alone: the last one of several would count."""
    there = fields(data)
    return bool(there) and NEEDED.keys() >= set(there)
