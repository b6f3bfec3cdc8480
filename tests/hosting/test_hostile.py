"""What a stranger may try at a real server: refused, nothing of another's comes out, and the others are served."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from urllib.parse import quote, urlsplit

import pytest

from tests.browser.serving import Server
from tests.hosting.test_ending import started
from tests.servers.tab import Tab

IDLE = 2000
SLOW_UPLOADS = 20
WORDS = 20


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A hosted playground without limits on how often."""
    free = dict.fromkeys(
        (f"PLAYGROUND_MOST_{name}" for name in ("RUNS", "TOKENS", "UPLOAD_MB", "MINUTES")), "off"
    )
    folder = tmp_path_factory.mktemp("hostile")
    made, process = started(folder, WORDS, 1.0, PLAYGROUND_HOSTED="1", **free)
    try:
        yield made
        assert "Traceback" not in made.log(), made.log()
    finally:
        process.kill()
        process.wait(30)


def asked(tab: Tab) -> str:
    """Ask, and return the link without its question mark."""
    tab.run("on=E2B")
    assert f"w{WORDS}" in tab.run("on=E2B", asked="My secret question.")
    return tab.address.removeprefix("?")


def fine(server: Server) -> None:
    """Somebody new is served."""
    with Tab(server.url) as tab:
        asked(tab)


def raw(server: Server, request: bytes) -> bytes:
    """Send these bytes, and return what comes back until the other end closes."""
    place = urlsplit(server.url)
    with socket.create_connection((place.hostname, place.port), timeout=20) as connection:
        connection.sendall(request)
        found = b""
        while data := connection.recv(65536):
            found += data
    return found


@pytest.mark.parametrize(
    "id",
    [
        "AAAAAAAAAAAAAAAAAAAAAA",
        "../../../../etc/passwd",
        "..%2f..%2fetc%2fpasswd",
        "' OR '1'='1",
        "%",
        "\x00",
        "x" * 5000,
        "<script>alert(1)</script>",
    ],
)
def test_a_guessed_id_opens_nothing(server: Server, id: str) -> None:
    with Tab(server.url) as tab:
        asked(tab)
    with Tab(server.url) as other:
        said = other.run(f"run={quote(id)}")
    assert "There is no comparison at this address" in said
    assert "secret" not in said


@pytest.mark.parametrize(
    "spec",
    [
        "/etc/passwd",
        "local:/etc",
        "local:../../../../root",
        "file:///etc/passwd",
        "server:http://169.254.169.254/latest",
        "\x00",
        "<img src=x onerror=alert(1)>",
    ],
)
def test_no_path_and_no_address_becomes_a_contender(server: Server, spec: str) -> None:
    with Tab(server.url) as tab:
        said = tab.run(f"on={quote(spec)}")
        assert "root:" not in said and said.count("<img") == said.count("\\<img")
        assert "Traceback" not in said
        tab.run(f"on={quote(spec)}", asked="Hello?")
        assert "run=" not in tab.address
    fine(server)


@pytest.mark.parametrize(
    "forged", ["", "x", "../../x", "user:" + "A" * 24, "v" * 22, "a b", '"; DROP']
)
def test_a_forged_cookie_is_nobody_else(server: Server, forged: str) -> None:
    with Tab(server.url) as tab:
        link = asked(tab)
        cookies = {**tab.cookies, "playground_visitor": forged}
    with Tab(server.url, cookies) as other:
        said = other.run(link)
        assert "Somebody else asked this." in said
        other.run(link, asked="Mine now?")
        assert other.address.removeprefix("?") != link  # one of their own
    with Tab(server.url) as third:
        assert "Mine now?" not in third.run(link)
