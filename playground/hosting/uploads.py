"""What visitors uploaded and nobody read yet: bounded for each of them, forgotten when a session is closed.

Knows where uploads are put and how much a prompt may hold; what a file is, is read elsewhere.
"""

from __future__ import annotations

import asyncio
import re
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from playground.hosting.asgi import (
    Application,
    Message,
    Receive,
    Scope,
    Send,
    answer,
    cookie,
    header,
)
from playground.hosting.clients import HEADER
from playground.hosting.limits import Limits
from playground.hosting.people.visitor import Visitor
from playground.hosting.visitors import COOKIE, visitor
from playground.prompt.limits import LIMITS, MEGABYTE

ALL_BYTES = 10 * LIMITS.total_bytes
"""What all visitors' unread files may hold together: they lie in the memory of the page's process."""

STALLED_S = 30.0
"""An upload of which nothing comes for so long has ended."""

TOO_MANY = "Too many files wait to be read: send or remove some first."
ALL_TOO_MANY = "Too many visitors' files wait to be read just now: add it again in a minute."

PLACE = re.compile(r".*/_stcore/upload_file/([^/]+)/([^/]+)")


class Store(Protocol):
    """Where uploads lie until they are read."""

    def get_files(self, session_id: str, file_ids: Sequence[str]) -> Sequence[object]:
        """Those of the files that lie there."""
        ...

    def remove_file(self, session_id: str, file_id: str) -> None:
        """Take the file out, if it lies there."""
        ...


@dataclass(slots=True)
class Upload:
    """A file that is on its way or has arrived."""

    visitor: str
    size: int
    arrived: bool = False


class Ledger:
    """Who holds how much in a store. Used by the web server and by pages, each in threads of their own.

    A visitor's unread files, over all tabs, may hold `most_bytes` and be `most_files`; those of all visitors together
    may hold `all_bytes`.
    """

    def __init__(
        self,
        store: Callable[[], Store],
        most_bytes: int = LIMITS.total_bytes + MEGABYTE,  # what wraps the files counts too
        most_files: int = 2 * LIMITS.files,
        all_bytes: int = ALL_BYTES,
    ) -> None:
        self._store = store
        self._most_bytes = most_bytes
        self._most_files = most_files
        self._all_bytes = all_bytes
        self._uploads: dict[tuple[str, str], Upload] = {}
        self._changing = threading.Lock()

    def begin(self, visitor: str, session: str, file: str, size: int) -> str:
        """Why a file of that size may not come, one sentence; empty when it may, and it counts from now on."""
        with self._changing:
            self._forget_read()
            # The session's own too: whoever writes requests by hand may say another visitor each time.
            held = [
                one.size
                for (owner, _), one in self._uploads.items()
                if one.visitor == visitor or owner == session
            ]
            if sum(held) + size > self._most_bytes or len(held) >= self._most_files:
                return TOO_MANY
            if (session, file) in self._uploads:
                return TOO_MANY
            if sum(one.size for one in self._uploads.values()) + size > self._all_bytes:
                return ALL_TOO_MANY
            self._uploads[session, file] = Upload(visitor, size)
            return ""

    def end(self, session: str, file: str, arrived: bool) -> None:
        """It lies in the store now, or it will not come. One whose session was closed meanwhile is taken out again:
        nobody else would ever do so.
        """
        with self._changing:
            upload = self._uploads.get((session, file))
            if not arrived:
                self._uploads.pop((session, file), None)
            elif upload is None:
                self._store().remove_file(session, file)
            else:
                upload.arrived = True

    def files(self, session: str) -> tuple[str, ...]:
        """The ids of the session's files that lie in the store, in the order in which they came."""
        with self._changing:
            arrived = [
                file
                for (owner, file), one in self._uploads.items()
                if owner == session and one.arrived
            ]
            return tuple(file for file in arrived if self._store().get_files(session, [file]))

    def forget(self, session: str) -> None:
        """The session is closed, and its files with it."""
        with self._changing:
            for place in [place for place in self._uploads if place[0] == session]:
                del self._uploads[place]

    def _forget_read(self) -> None:
        for (owner, file), one in list(self._uploads.items()):
            if one.arrived and not self._store().get_files(owner, [file]):
                del self._uploads[owner, file]


class Uploads:
    """Lets an upload pass to `app` if its visitor may hold it, and refuses it before any of it is read if not. `limits`
    are what visitors may upload in an hour and a day; None where there are none. `whose` tells whose session it is; one
    that no page was drawn for is its browser's.
    """

    def __init__(
        self,
        app: Application,
        ledger: Ledger,
        limits: Callable[[], Limits | None] = lambda: None,
        whose: Callable[[str], Visitor | None] = lambda session: None,
    ) -> None:
        self._app = app
        self._ledger = ledger
        self._limits = limits
        self._whose = whose

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        place = PLACE.fullmatch(scope["path"]) if scope["type"] == "http" else None
        if place is None or scope["method"] != "PUT":
            await self._app(scope, receive, send)
            return
        session, file = place.groups()
        length = header(scope, b"content-length")
        if not length.isdecimal():
            await answer(send, 411, "An upload has to say how long it is.")
            return
        known, size = self._whose(session), int(length)
        owner = known.key if known else visitor({COOKIE: cookie(scope, COOKIE)}, session)
        limits, address = self._limits(), header(scope, HEADER.encode())
        # The store of the limits may be elsewhere, and take its time.
        if limits is not None and not await asyncio.to_thread(
            limits.may_upload, owner, address, size
        ):
            await _read_away(receive)
            await answer(send, 429, "You have uploaded as much as one may for now.")
            return
        upload = Upload(owner, size)
        try:
            if refused := self._ledger.begin(owner, session, file, size):
                # A browser that is cut off while it sends never sees the answer.
                await _read_away(receive)
                await answer(send, 503 if refused == ALL_TOO_MANY else 429, refused)
            else:
                try:
                    await self._pass_on(scope, receive, send, upload)
                finally:
                    self._ledger.end(session, file, upload.arrived)
        finally:
            if limits is not None:
                await asyncio.shield(
                    asyncio.to_thread(limits.uploaded, owner, size, upload.arrived)
                )

    async def _pass_on(self, scope: Scope, receive: Receive, send: Send, upload: Upload) -> None:
        """Let it come, and note whether it has arrived."""
        gone = stalled = begun = False

        async def receive_and_see() -> Message:
            nonlocal gone, stalled
            try:
                message = await asyncio.wait_for(receive(), STALLED_S)
            except TimeoutError:  # what it says that it will bring takes room that others lack
                stalled = True
                message = {"type": "http.disconnect"}
            gone = gone or message["type"] == "http.disconnect"
            return message

        async def send_and_see(message: Message) -> None:
            nonlocal begun
            if message["type"] == "http.response.start":
                begun, upload.arrived = True, message["status"] < 300
            await send(message)

        try:
            await self._app(scope, receive_and_see, send_and_see)
        except Exception:
            if not gone:  # who breaks it off is no fault of the program, and fills no log
                raise
        if stalled and not begun:
            await answer(send, 408, f"Nothing of the upload came for {STALLED_S:.0f} s.")


async def _read_away(receive: Receive) -> None:
    while (await receive()).get("more_body"):
        pass
