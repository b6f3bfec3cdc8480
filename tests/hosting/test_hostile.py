"""What a stranger may try at a real server: refused, nothing of another's comes out, and the others are served."""

from __future__ import annotations

import http.client
import resource
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from urllib.parse import quote, urlsplit

import psutil
import pytest

from tests.browser.serving import Server
from tests.hosting.test_ending import get, started
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


def request(
    server: Server, method: str, path: str, headers: dict[str, str] | None = None, body: bytes = b""
) -> tuple[int, dict[str, str], str]:
    connection = http.client.HTTPConnection(urlsplit(server.url).netloc, timeout=20)
    connection.request(method, path, body, headers or {})
    reply = connection.getresponse()
    said = reply.read().decode("utf-8", "replace")
    connection.close()
    return reply.status, dict(reply.headers), said


def test_anothers_upload_is_neither_read_nor_removed_nor_replaced(server: Server) -> None:
    with Tab(server.url) as tab, Tab(server.url) as other:
        tab.run()
        other.run()
        assert tab.upload("mine.txt", b"my secret") == 204
        place = f"/_stcore/upload_file/{tab.session}/mine.txt"
        for method in ("GET", "POST", "HEAD", "PATCH"):
            assert "my secret" not in request(server, method, place)[2]
        # Without the page's own token, and with another's.
        assert request(server, "DELETE", place)[0] == 403
        assert request(server, "PUT", place, body=b"evil")[0] >= 400
        mine, tab.session = tab.session, "../" + other.session
        assert tab.upload("x.txt", b"evil") >= 400
        tab.session = "0" * 36
        assert tab.upload("x.txt", b"evil") >= 400
        tab.session = mine
        assert tab.upload("mine.txt", b"evil") == 429  # what lies there is not replaced


@pytest.mark.parametrize(
    "path",
    [
        "/media/../../../etc/passwd",
        "/media/%2e%2e/%2e%2e/etc/passwd",
        "/static/../../../../etc/passwd",
        "/app/static/..%2f..%2fapp.py",
        "/_stcore/upload_file/../../etc/passwd",
        "/component/x/../../../../etc/passwd",
        "//etc/passwd",
        "/\\..\\..\\etc\\passwd",
        "/.streamlit/config.toml",
        "/playground/config.py",
    ],
)
def test_no_route_reads_the_disk(server: Server, path: str) -> None:
    _, _, said = request(server, "GET", path)
    assert "root:" not in said and "PLAYGROUND_" not in said and "fileWatcherType" not in said


@pytest.mark.parametrize(
    "path", ["/", "/history", "/healthz", "/readyz", "/_stcore/health", "/nothing"]
)
def test_no_header_can_be_put_in(server: Server, path: str) -> None:
    host = urlsplit(server.url).netloc.encode()
    for where in (b"?x=%0d%0aInjected:%201", b"?x=1%0aInjected:1"):
        said = raw(
            server,
            b"GET " + path.encode() + where + b" HTTP/1.1\r\nHost: " + host
            + b"\r\nX-Forwarded-For: 1.2.3.4\r\nX-Playground-User: ada@lab.org"
            b"\r\nX-Playground-Client: 9.9.9.9\r\nConnection: close\r\n\r\n",
        )  # fmt: skip
        head = said.partition(b"\r\n\r\n")[0].lower()
        assert b"\r\ninjected" not in head and b"content-security-policy" in head


@pytest.mark.parametrize(
    "host", [b"evil.org; script-src *", b"evil'\"<>", b"a" * 300 + b" b", b"[::1]:80 *"]
)
def test_a_forged_host_does_not_widen_the_policy(server: Server, host: bytes) -> None:
    said = raw(server, b"GET / HTTP/1.1\r\nHost: " + host + b"\r\nConnection: close\r\n\r\n")
    policy = next(
        (one for one in said.split(b"\r\n") if one.lower().startswith(b"content-security")), b""
    )
    assert b"evil" not in policy and b"*" not in policy and b"aaa" not in policy


def test_what_is_no_request_ends_and_harms_nobody(server: Server) -> None:
    for junk in (b"\x16\x03\x01" + bytes(200), b"GET\r\n\r\n", b"A" * 100_000 + b"\r\n\r\n"):
        with suppress(ConnectionError):
            assert b"200 OK" not in raw(server, junk)
    fine(server)


def test_slow_uploads_hold_nobody_up_and_are_counted(server: Server) -> None:
    with ExitStack() as held, Tab(server.url) as tab:
        tab.run()
        place = urlsplit(server.url)
        cookies = "; ".join(f"{name}={value}" for name, value in tab.cookies.items())
        for number in range(SLOW_UPLOADS):
            one = socket.create_connection((place.hostname, place.port), timeout=20)
            held.callback(one.close)
            one.sendall(
                f"PUT /_stcore/upload_file/{tab.session}/{number} HTTP/1.1\r\nHost: {place.netloc}\r\n"
                f"Cookie: {cookies}\r\nX-Xsrftoken: {tab.cookies['_streamlit_xsrf']}\r\n"
                f"Content-Type: multipart/form-data; boundary=e\r\nContent-Length: 10000000\r\n\r\n--e".encode()
            )
        time.sleep(1.0)
        assert tab.upload("more.bin", bytes(5_000_000)) == 429  # 200 MB are on their way already
        fine(server)
    deadline = time.monotonic() + 30
    with Tab(server.url, tab.cookies) as again:
        again.run()
        while again.upload(f"{time.monotonic()}.bin", bytes(5_000_000)) != 204:
            assert time.monotonic() < deadline, "what did not come is still counted"
            time.sleep(0.5)


def test_many_idle_connections_leave_room_for_others(server: Server) -> None:
    """On a machine that lets one process have fewer files open, as many as it lets."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    count = min(IDLE, hard - 200)
    process = psutil.Process(server.pid)
    before = process.num_fds()
    place = urlsplit(server.url)
    try:
        with ExitStack() as held:
            for _ in range(count):
                one = socket.create_connection((place.hostname, place.port), timeout=20)
                held.callback(one.close)
            fine(server)
            assert get(f"{server.url}/healthz") == (200, "ok")
        deadline = time.monotonic() + 60
        while process.num_fds() > before + 50 and time.monotonic() < deadline:
            time.sleep(0.5)
        assert process.num_fds() <= before + 50
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
