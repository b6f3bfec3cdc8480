"""The way to a server: proxies, certificates, and what is said where it leads nowhere."""

from __future__ import annotations

import ssl
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
import trustme

from playground.engines.base import EngineError
from playground.engines.recital import EVERYTHING
from playground.engines.server.engine import ServerEngine
from playground.engines.server.transport.asking import Asking
from playground.engines.server.transport.reach import proxy
from playground.models.model import Model
from playground.models.servers import Server, ServerError
from playground.prompt.conversation import Conversation, Settings

LISTING = b'{"data": [{"id": "m"}]}'


class Recorder(BaseHTTPRequestHandler):
    """Lists one model, as a server or as a proxy in front of one, and keeps what was asked for."""

    asked: list[str]

    def log_message(self, *_: object) -> None:
        """Silence."""

    def do_GET(self) -> None:
        self.asked.append(self.path)
        self.send_response(200)
        self.send_header("content-length", str(len(LISTING)))
        self.end_headers()
        self.wfile.write(LISTING)


class Listening(ThreadingHTTPServer):
    """On loopback; over TLS where it has a certificate. `asked` is every path."""

    daemon_threads = True

    def __init__(self, context: ssl.SSLContext | None = None) -> None:
        self.asked: list[str] = []
        super().__init__(("127.0.0.1", 0), type("Handler", (Recorder,), {"asked": self.asked}))
        if context is not None:
            self.socket = context.wrap_socket(self.socket, server_side=True)
        threading.Thread(
            target=self.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True
        ).start()

    @property
    def port(self) -> int:
        return int(self.server_address[1])

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that hangs up is no news."""


@pytest.fixture(autouse=True)
def no_proxies(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


@pytest.fixture
def listening() -> Iterator[Listening]:
    server = Listening()
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def secured(authority: trustme.CA) -> Iterator[Listening]:
    """Its certificate is for localhost, and an authority that nobody knows vouches for it."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost").configure_cert(context)
    server = Listening(context)
    yield server
    server.shutdown()
    server.server_close()


def look(url: str) -> list[str]:
    """The models that a server lists."""
    with Asking(Server("lab", url)) as asking:
        return [str(one["id"]) for one in asking.models()[0]]


@pytest.mark.parametrize(
    ("url", "environment", "through"),
    [
        ("https://api.example.org/v1", {"HTTPS_PROXY": "http://proxy:3128"}, "proxy"),
        ("https://api.example.org/v1", {"https_proxy": "proxy:3128"}, "proxy"),
        ("https://api.example.org/v1", {"ALL_PROXY": "http://proxy:3128"}, "proxy"),
        ("https://api.example.org/v1", {"HTTP_PROXY": "http://proxy:3128"}, None),
        ("http://gpu1:8000", {"HTTPS_PROXY": "http://proxy:3128"}, None),
        ("https://gpu1.lab/v1", {"HTTPS_PROXY": "http://p", "NO_PROXY": "x, .lab"}, None),
        ("https://gpu1.lab:8443", {"HTTPS_PROXY": "http://p", "NO_PROXY": "gpu1.lab:8443"}, None),
        ("https://gpu1.lab/v1", {"HTTPS_PROXY": "http://p", "NO_PROXY": "*"}, None),
        ("https://10.1.2.3/v1", {"HTTPS_PROXY": "http://p", "NO_PROXY": "10.0.0.0/8"}, None),
        ("https://11.1.2.3/v1", {"HTTPS_PROXY": "http://p", "NO_PROXY": "10.0.0.0/8"}, "p"),
        ("https://[fd00::5]:8443", {"HTTPS_PROXY": "http://p", "NO_PROXY": "x,fd00::5"}, None),
        ("https://[fd00::5]/v1", {"HTTPS_PROXY": "http://p", "NO_PROXY": "[fd00::5]"}, None),
        ("https://[fd00::6]/v1", {"HTTPS_PROXY": "http://p", "NO_PROXY": "fd00::5"}, "p"),
        ("https://localhost:8443", {"HTTPS_PROXY": "http://proxy:3128"}, None),
        ("http://0.0.0.0:8000", {"HTTP_PROXY": "http://proxy:3128"}, None),
    ],
)
def test_which_proxy(
    url: str, environment: dict[str, str], through: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    chosen = proxy(Server("lab", url))
    assert (chosen and chosen.url.host) == through


def test_a_server_is_asked_through_the_proxy(
    listening: Listening, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", f"http://127.0.0.1:{listening.port}")
    assert look("http://gpu1.invalid:8000") == ["m"]
    assert listening.asked[0] == "http://gpu1.invalid:8000/v1/models"


def test_a_proxy_that_is_gone_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://me:secret@127.0.0.1:9")
    with pytest.raises(ServerError, match=r"through the proxy 127\.0\.0\.1") as error:
        look("https://gpu1.invalid")
    assert "NO_PROXY" in str(error.value) and "secret" not in str(error.value)


@pytest.mark.parametrize("address", ["ftp://proxy:21", "http://proxy:port", "socks9://proxy"])
def test_a_proxy_that_can_not_be_used_is_a_sentence(
    address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", address)
    with pytest.raises(ServerError, match="Write HTTPS_PROXY as http://host:port"):
        look("https://gpu1.invalid")


def test_a_certificate_of_ones_own(
    secured: Listening, authority: trustme.CA, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SSL_CERT_FILE", raising=False)
    url = f"https://localhost:{secured.port}"
    with pytest.raises(ServerError, match="a certificate that is not trusted here") as error:
        look(url)
    assert "SSL_CERT_FILE" in error.value.remedy
    file = tmp_path / "authority.pem"
    authority.cert_pem.write_to_path(str(file))
    monkeypatch.setenv("SSL_CERT_FILE", str(file))
    assert look(url) == ["m"]
    with pytest.raises(ServerError, match=r"a certificate for another name than 127\.0\.0\.1"):
        look(f"https://127.0.0.1:{secured.port}")


def test_an_answer_tells_of_the_certificate_too(
    secured: Listening, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SSL_CERT_FILE", raising=False)
    server = Server("lab", f"https://localhost:{secured.port}")
    engine = ServerEngine(Model("server:lab/m", "m", "m", "server", EVERYTHING, server=server))
    with pytest.raises(EngineError, match="not trusted here"):
        list(engine.stream(Conversation.ask("Hi"), Settings(), threading.Event()))
    engine.close()


@pytest.mark.parametrize("content", [None, "no certificate"])
def test_certificates_that_can_not_be_read(
    content: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, listening: Listening
) -> None:
    file = tmp_path / "authority.pem"
    if content is not None:
        file.write_text(content)
    monkeypatch.setenv("SSL_CERT_FILE", str(file))
    with pytest.raises(ServerError, match="holds no certificates") as error:
        look("https://localhost:1")
    assert str(file) in str(error.value)
    assert look(f"http://127.0.0.1:{listening.port}") == ["m"], "without TLS it does not matter"


def test_https_at_a_port_without_tls(listening: Listening, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SSL_CERT_FILE", raising=False)
    with pytest.raises(ServerError, match="does not speak TLS") as error:
        look(f"https://127.0.0.1:{listening.port}")
    assert "http:// rather than https://" in error.value.remedy
