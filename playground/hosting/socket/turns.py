"""What a page asks for waits until the run of the page that was asked for before has begun.

Streamlit forgets what a run was begun with (a question that was sent, a button that was pressed) where the next message
comes before that run has called what listens to it: a few milliseconds, more on a busy machine. A run of a part of the
page that is asked for while the page runs begins after that, which may draw answers for minutes: nothing waits for it.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress

from playground.hosting.asgi import Application, Message, Receive, Scope, Send
from playground.hosting.socket.fields import fields, holds
from playground.hosting.socket.messages import NEEDED, of_a_page

RERUN = next(number for number, name in NEEDED.items() if name == "rerun_script")
FRAGMENT = 5
"""The field of its `ClientState` that names a part of the page."""

NEW_RUN, DRAWN, FINISHED = 4, 5, 6
"""Fields of Streamlit's `ForwardMsg`: new_session, delta, script_finished."""

LONGEST_S = 10.0
"""A run that has not begun by then may be one that draws nothing. On a busy machine the first question of all takes
seconds to begin: what it needs is imported then.
"""


class Turns:
    """Lets one message that wants a run pass at a time."""

    def __init__(self, app: Application) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One connection."""
        if not of_a_page(scope):
            await self._app(scope, receive, send)
            return
        begun, new, runs = asyncio.Event(), False, False
        begun.set()

        async def receive_in_turn() -> Message:
            nonlocal new
            message = await receive()
            said = message.get("bytes") or b""
            if message["type"] == "websocket.receive" and RERUN in fields(said):
                with suppress(TimeoutError):
                    await asyncio.wait_for(begun.wait(), LONGEST_S)
                if not (runs and holds(said, RERUN, FRAGMENT)):
                    begun.clear()
                    new = False
            return message

        async def send_and_see(message: Message) -> None:
            nonlocal new, runs
            if message["type"] == "websocket.send":
                told = fields(message.get("bytes") or b"")
                if NEW_RUN in told:
                    new = runs = True
                elif FINISHED in told:
                    runs = False
                if new and (DRAWN in told or FINISHED in told):
                    begun.set()
            await send(message)

        await self._app(scope, receive_in_turn, send_and_see)
