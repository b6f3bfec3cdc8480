"""Whether the program is alive (/healthz) and ready for visitors (/readyz), for whoever starts and watches it.

Knows what it is told to look at by name, and nothing else.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping

from playground.hosting.asgi import Application, Receive, Scope, Send, answer, answer_json

ALIVE, READY = "/healthz", "/readyz"

KEPT_S = 2.0
"""What was found is told again for so long: anybody may ask, and looking writes to the archive."""

OK = "ok"

Look = Callable[[], str]
"""Says in one sentence what is wrong; nothing when all is well. May take a moment."""


class Health:
    """Answers the two; all else goes on to `app`. `looks` are what it takes to be ready, by name."""

    def __init__(self, app: Application, looks: Mapping[str, Look]) -> None:
        self._app = app
        self._looks = looks
        self._found: dict[str, str] = {}
        self._looked = float("-inf")
        self._looking = asyncio.Lock()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        path = scope["path"] if scope["type"] == "http" else ""
        if path.endswith(ALIVE):
            await answer(send, 200, OK)
        elif path.endswith(READY):
            found = await self._look()
            ready = all(said == OK for said in found.values())
            await answer_json(send, 200 if ready else 503, {"ready": ready, **found})
        else:
            await self._app(scope, receive, send)

    async def _look(self) -> dict[str, str]:
        async with self._looking:
            if time.monotonic() - self._looked > KEPT_S:
                looks = [asyncio.to_thread(_said, look) for look in self._looks.values()]
                self._found = dict(zip(self._looks, await asyncio.gather(*looks), strict=True))
                self._looked = time.monotonic()
            return self._found


def _said(look: Look) -> str:
    try:
        return look() or OK
    except Exception as error:  # a look that breaks is no "ready", and no traceback for strangers
        return f"It could not be looked at: {type(error).__name__}."
