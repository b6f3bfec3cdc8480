"""A tab without a browser: a WebSocket of its own that says to Streamlit whatever it is told to."""

from __future__ import annotations

import http.client
from collections.abc import Mapping
from http.cookies import SimpleCookie
from types import TracebackType
from typing import Any
from urllib.parse import quote, urlsplit

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.sync.client import connect

SECONDS = 60.0


class Tab:
    """A session with the server at `url`; a context manager.

    `cookies` are those of its browser, gathered by another tab; a browser of its own if there are none.
    """

    def __init__(self, url: str, cookies: Mapping[str, str] | None = None) -> None:
        self._host = urlsplit(url).netloc
        self.cookies = dict(cookies) if cookies else self._gather()
        self._socket = connect(
            f"ws://{self._host}/_stcore/stream",
            additional_headers=self._sent(),
            max_size=None,
        )
        self.session = ""

    def __enter__(self) -> Tab:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._socket.close()

    def say(self, message: BackMsg) -> None:
        """Send a message."""
        self._socket.send(message.SerializeToString())

    def run(self, address: str = "", widgets: Mapping[str, Any] | None = None) -> list[ForwardMsg]:
        """Have the page run and finish; everything that it said."""
        message = BackMsg()
        message.rerun_script.query_string = address
        for id, value in (widgets or {}).items():
            widget = message.rerun_script.widget_states.widgets.add(id=id)
            field, worth = value
            setattr(widget, field, worth)
        self.say(message)
        said = []
        while True:
            data = self._socket.recv(timeout=SECONDS)
            assert isinstance(data, bytes)
            heard = ForwardMsg.FromString(data)
            said.append(heard)
            kind = heard.WhichOneof("type")
            if kind == "new_session":
                self.session = heard.new_session.initialize.session_id
            if (
                kind == "script_finished"
                and heard.script_finished != ForwardMsg.FINISHED_EARLY_FOR_RERUN
            ):
                return said

    def upload(self, name: str, data: bytes) -> int:
        """Put a file as the page would; the status of the answer."""
        connection = http.client.HTTPConnection(self._host, timeout=SECONDS)
        edge = "edge"
        body = (
            (
                f'--{edge}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n'
                "Content-Type: application/octet-stream\r\n\r\n"
            ).encode()
            + data
            + f"\r\n--{edge}--\r\n".encode()
        )
        headers = {
            "Content-Type": f"multipart/form-data; boundary={edge}",
            "X-Xsrftoken": self.cookies["_streamlit_xsrf"],
            **self._sent(),
        }
        place = f"/_stcore/upload_file/{self.session}/{quote(name)}"
        connection.request("PUT", place, body, headers)
        status = connection.getresponse().status
        connection.close()
        return status

    def _gather(self) -> dict[str, str]:
        """The cookies that the server gives, as to Streamlit's page before it connects."""
        connection = http.client.HTTPConnection(self._host, timeout=SECONDS)
        found = SimpleCookie[str]()
        for place in ("/_stcore/health", "/_stcore/host-config"):
            connection.request("GET", place)
            reply = connection.getresponse()
            reply.read()
            for given in reply.headers.get_all("set-cookie") or []:
                found.load(given)
        connection.close()
        return {name: one.value for name, one in found.items()}

    def _sent(self) -> dict[str, str]:
        return {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}


def texts(said: list[ForwardMsg]) -> str:
    """The Markdown that was drawn, joined."""
    drawn = [
        message.delta.new_element.markdown.body
        for message in said
        if message.WhichOneof("type") == "delta" and message.delta.HasField("new_element")
    ]
    return "\n".join(text for text in drawn if text)
