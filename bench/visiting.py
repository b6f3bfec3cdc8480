"""A visitor without a browser, of whom one process can be many: opens the page, uploads, asks, leaves."""

from __future__ import annotations

import asyncio
import time
from http.cookies import SimpleCookie
from types import TracebackType
from urllib.parse import urlsplit

import httpx2
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.asyncio.client import ClientConnection, connect

FIRST = ("/", "/_stcore/health", "/_stcore/host-config")
"""What a browser asks for before it connects, but for the scripts that it has in its cache."""

PATIENCE_S = 600.0


class Visitor:
    """One tab of one browser at the server's `url`; an asynchronous context manager."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._cookies: dict[str, str] = {}
        self._session = self._box = self.address = ""
        self._socket: ClientConnection | None = None

    async def __aenter__(self) -> Visitor:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._socket is not None:
            await self._socket.close()

    async def open(self, address: str = "") -> float:
        """Load the page at an address; seconds until it was drawn whole."""
        began = time.perf_counter()
        async with httpx2.AsyncClient(timeout=PATIENCE_S) as client:
            for place in FIRST:
                reply = await client.get(self._url + place, headers=self._sent())
                for given in reply.headers.get_list("set-cookie"):
                    found = SimpleCookie[str](given)
                    self._cookies |= {name: one.value for name, one in found.items()}
        place = f"ws://{urlsplit(self._url).netloc}/_stcore/stream"
        self._socket = await connect(
            place, additional_headers=self._sent(), max_size=None, open_timeout=PATIENCE_S
        )
        self.address = address
        await self._run(address)
        return time.perf_counter() - began

    async def ask(self, question: str, file: str = "") -> None:
        """Put a question, with a file that was uploaded, and watch until it is answered."""
        await self._run(self.address, question, file)

    async def upload(self, name: str, data: bytes) -> None:
        """Put a file where the page puts it."""
        place = f"{self._url}/_stcore/upload_file/{self._session}/{name}"
        headers = {**self._sent(), "X-Xsrftoken": self._cookies["_streamlit_xsrf"]}
        async with httpx2.AsyncClient(timeout=PATIENCE_S) as client:
            reply = await client.put(place, headers=headers, files={"file": (name, data)})
        reply.raise_for_status()

    async def _run(self, address: str, question: str = "", file: str = "") -> None:
        """Have the page run, until it has finished."""
        assert self._socket is not None
        message = BackMsg()
        message.rerun_script.query_string = address.removeprefix("?")
        if question:
            box = message.rerun_script.widget_states.widgets.add(id=self._box)
            box.chat_input_value.data = question
            if file:
                state = box.chat_input_value.file_uploader_state
                state.uploaded_file_info.add(file_id=file, name=file, size=1)
        await self._socket.send(message.SerializeToString())
        async with asyncio.timeout(PATIENCE_S):
            while not self._finished(await self._socket.recv(decode=False)):
                pass

    def _finished(self, data: bytes) -> bool:
        heard = ForwardMsg.FromString(data)
        match heard.WhichOneof("type"):
            case "new_session":
                self._session = heard.new_session.initialize.session_id
            case "page_info_changed":
                self.address = heard.page_info_changed.query_string
            case "delta":
                self._box = heard.delta.new_element.chat_input.id or self._box
            case "script_finished":
                return heard.script_finished != ForwardMsg.FINISHED_EARLY_FOR_RERUN
        return False

    def _sent(self) -> dict[str, str]:
        said = "; ".join(f"{name}={value}" for name, value in self._cookies.items())
        return {"Cookie": said} if said else {}
