"""A tab without a browser: a WebSocket of its own that says to Streamlit whatever it is told to."""

from __future__ import annotations

import http.client
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from http.cookies import SimpleCookie
from itertools import chain
from urllib.parse import quote, urlsplit

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.sync.client import connect

SECONDS = 60.0


class Tab:
    """A session with the server at `url`; a context manager.

    `cookies` are those of its browser, gathered by another tab; a browser of its own if there are none. `headers` go
    along with everything that it sends.
    """

    def __init__(
        self,
        url: str,
        cookies: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        parts = urlsplit(url)
        self._host, self._prefix = parts.netloc, parts.path
        self.cookies = dict(cookies or {})
        self._headers = dict(headers or {})
        if not cookies:
            self.gather()
        self.session = self.address = self.part = self._box = ""
        self._open = ExitStack()

    def __enter__(self) -> Tab:
        place = f"ws://{self._host}{self._prefix}/_stcore/stream"
        dialling = connect(
            place,
            additional_headers=self._sent(),
            max_size=None,
            ping_interval=None,  # a tab may be busy elsewhere
            close_timeout=1,
        )
        self._socket = self._open.enter_context(dialling)
        return self

    def __exit__(self, *error: object) -> None:
        self._open.close()

    def say(self, message: BackMsg) -> None:
        """Send a message."""
        self._socket.send(message.SerializeToString())

    def hear(self) -> ForwardMsg:
        """The next message."""
        data = self._socket.recv(timeout=SECONDS)
        assert isinstance(data, bytes)
        heard = ForwardMsg.FromString(data)
        match heard.WhichOneof("type"):
            case "new_session":
                self.session = heard.new_session.initialize.session_id
            case "page_info_changed":
                self.address = heard.page_info_changed.query_string
        return heard

    def begin(
        self, address: str = "", asked: str = "", files: Sequence[str] = (), part: str = ""
    ) -> None:
        """Have the page run at an address, or a part of it alone; with a question, which stands in its box from the
        last run, and the names of files that were uploaded for it.
        """
        message = BackMsg()
        message.rerun_script.query_string = address
        message.rerun_script.fragment_id = part
        if asked:
            box = message.rerun_script.widget_states.widgets.add(id=self._box)
            box.chat_input_value.data = asked
            for name in files:
                state = box.chat_input_value.file_uploader_state
                state.uploaded_file_info.add(file_id=name, name=name, size=1)
        self.say(message)

    def run(self, address: str = "", asked: str = "", files: Sequence[str] = ()) -> str:
        """The same, until the page has finished; what stands on it then, what was drawn over left out."""
        self.begin(address, asked, files)
        return self.read()

    def read(self) -> str:
        """What stands on the page once it has finished the next time."""
        written: dict[tuple[int, ...], list[str]] = {}
        while True:
            heard = self.hear()
            kind = heard.WhichOneof("type")
            if kind == "delta" and heard.delta.HasField("new_element"):
                element = heard.delta.new_element
                self.part = heard.delta.fragment_id or self.part
                place = tuple(heard.metadata.delta_path)
                written = {at: said for at, said in written.items() if at[: len(place)] != place}
                written[place] = [element.markdown.body, element.text.body, element.alert.body]
                self._box = element.chat_input.id or self._box
            early = heard.script_finished == ForwardMsg.FINISHED_EARLY_FOR_RERUN
            if kind == "script_finished" and not early:
                return "\n".join(filter(None, chain.from_iterable(written.values())))

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
        place = f"{self._prefix}/_stcore/upload_file/{self.session}/{quote(name)}"
        connection.request("PUT", place, body, headers)
        status = connection.getresponse().status
        connection.close()
        return status

    def gather(self) -> None:
        """Take the cookies that the server gives, as Streamlit's page does before it connects, and connects again."""
        connection = http.client.HTTPConnection(self._host, timeout=SECONDS)
        for place in ("/_stcore/health", "/_stcore/host-config"):
            connection.request("GET", f"{self._prefix}{place}", headers=self._sent())
            reply = connection.getresponse()
            reply.read()
            for given in reply.headers.get_all("set-cookie") or []:
                found = SimpleCookie[str](given)
                self.cookies |= {name: one.value for name, one in found.items()}
        connection.close()

    def _sent(self) -> dict[str, str]:
        said = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        return {**self._headers, **({"Cookie": said} if said else {})}
