"""The layers around the page, each with an application of a few lines behind it."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from typing import Any

import pytest
from streamlit.proto.BackMsg_pb2 import BackMsg

from playground import config
from playground.hosting import uploads
from playground.hosting.asgi import Application, Message, Receive, Scope, Send, answer
from playground.hosting.headers import Headers
from playground.hosting.people.visitor import Visitor
from playground.hosting.sessions import Sessions
from playground.hosting.socket.messages import NEEDED, Messages
from playground.hosting.uploads import Ledger, Uploads
from playground.hosting.visitors import COOKIE, Visitors, visitor

HOST = (b"host", b"example.org")


async def page(scope: Scope, receive: Receive, send: Send) -> None:
    await answer(send, 200, "page")


def ask(
    app: Application,
    path: str = "/",
    headers: Iterable[tuple[bytes, bytes]] = (HOST,),
    method: str = "GET",
    body: Sequence[bytes] = (b"",),
) -> tuple[int, dict[str, str], str]:
    """Status, headers and words of a response."""
    said: list[Message] = []
    left = list(body)

    async def receive() -> Message:
        piece = left.pop(0)
        return {"type": "http.request", "body": piece, "more_body": bool(left)}

    async def send(message: Message) -> None:
        said.append(message)

    scope = {"type": "http", "path": path, "method": method, "headers": list(headers)}
    asyncio.run(app(scope, receive, send))  # type: ignore[arg-type]
    start, *rest = said
    told = {name.decode(): value.decode() for name, value in start["headers"]}
    return start["status"], told, b"".join(piece["body"] for piece in rest).decode()


# Headers


def test_every_response_says_what_a_browser_may_do_with_it() -> None:
    status, told, words = ask(Headers(page, scripts=["sha256-abc"]))
    assert (status, words) == (200, "page")
    policy = dict(rule.split(" ", 1) for rule in told["content-security-policy"].split("; "))
    assert policy["default-src"] == "'self'"
    assert policy["frame-ancestors"] == "'none'"
    assert policy["script-src"] == "'self' blob: 'unsafe-eval' 'sha256-abc'"
    assert policy["connect-src"].endswith("ws://example.org wss://example.org")
    assert told["x-frame-options"] == "DENY"
    assert told["x-content-type-options"] == "nosniff"
    assert told["referrer-policy"] == "no-referrer"


def test_those_whom_the_operator_names_may_show_the_page_in_a_frame() -> None:
    hub = "https://huggingface.co"
    _, told, _ = ask(Headers(page, framed_by=[hub, "https://*.example.org"]))
    assert f"frame-ancestors {hub} https://*.example.org" in told["content-security-policy"]
    assert "x-frame-options" not in told, "it would forbid it"
    cookie = ask(Visitors(page, framed=True), "/_stcore/host-config")[1]["set-cookie"]
    assert cookie.endswith("HttpOnly; SameSite=None; Secure; Partitioned")


@pytest.mark.parametrize("said", ["huggingface.co", "*", "https://a.org; script-src *", "'self'"])
def test_what_is_no_origin_does_not_get_into_the_policy(said: str) -> None:
    with pytest.raises(config.ConfigError, match=r"^PLAYGROUND_FRAMED_BY is .*; give origins"):
        config.check({"PLAYGROUND_FRAMED_BY": said})


@pytest.mark.parametrize("host", [b"a b", b"evil.org; script-src *", b"x'y", b""])
def test_a_host_that_is_none_does_not_get_into_the_policy(host: bytes) -> None:
    _, told, _ = ask(Headers(page), headers=[(b"host", host)])
    assert "ws://" not in told["content-security-policy"]
    assert "script-src *" not in told["content-security-policy"]


def test_what_a_response_says_itself_is_left_alone() -> None:
    async def strict(scope: Scope, receive: Receive, send: Send) -> None:
        headers = [(b"referrer-policy", b"origin")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": b""})

    _, told, _ = ask(Headers(strict))
    assert told["referrer-policy"] == "origin"


# Visitors


def test_a_browser_gets_a_cookie_once_and_keeps_it() -> None:
    place = "/base/_stcore/host-config"
    _, told, _ = ask(Visitors(page), place)
    name, _, value = told["set-cookie"].partition(";")[0].partition("=")
    assert name == COOKIE
    assert "HttpOnly" in told["set-cookie"] and "SameSite=Lax" in told["set-cookie"]
    _, again, _ = ask(Visitors(page), place, [HOST, (b"cookie", f"{COOKIE}={value}".encode())])
    assert "set-cookie" not in again
    assert "set-cookie" not in ask(Visitors(page), "/static/x.js")[1]
    assert visitor({COOKIE: value}, "session") == value


@pytest.mark.parametrize(
    "beside",
    ['a={"b":1}', "a=x y", "a=\xfc", "(x)=1", "a@b=1", "x[0]=1", "bare", "path=/", 'q="a;b"', ""],
)
def test_what_others_keep_on_the_same_host_makes_nobody_a_new_visitor(beside: str) -> None:
    own = f"{COOKIE}={'v' * 22}"
    for said in (f"{beside}; {own}", f"{own}; {beside}"):
        _, told, _ = ask(
            Visitors(page), "/_stcore/host-config", [HOST, (b"cookie", said.encode("latin-1"))]
        )
        assert "set-cookie" not in told


@pytest.mark.parametrize("said", ["", "short", "x" * 23, "a b" * 7 + "a", "../../etc/passwd12345"])
def test_a_cookie_that_is_none_of_ours_makes_no_visitor(said: str) -> None:
    assert visitor({COOKIE: said}, "session") == "session"


# Messages


def pass_through(*sent: bytes | str) -> list[Any]:
    """What of some frames reaches the application."""
    frames: list[Message] = [
        {"type": "websocket.receive", "bytes" if isinstance(one, bytes) else "text": one}
        for one in sent
    ]
    frames.append({"type": "websocket.disconnect"})
    heard: list[Any] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        while (message := await receive())["type"] != "websocket.disconnect":
            heard.append(message["bytes"])

    async def receive() -> Message:
        return frames.pop(0)

    async def send(message: Message) -> None: ...

    scope = {"type": "websocket", "path": "/_stcore/stream", "headers": []}
    asyncio.run(Messages(app)(scope, receive, send))
    return heard


def test_the_needed_messages_are_streamlits_own_by_name_and_number() -> None:
    fields = {field.number: field.name for field in BackMsg.DESCRIPTOR.fields}
    assert {number: fields[number] for number in NEEDED} == NEEDED


def test_a_page_may_run_and_a_developers_tools_reach_nobody() -> None:
    run = BackMsg()
    run.rerun_script.query_string = "run=x" * 100
    beat = BackMsg(app_heartbeat=True)
    tools = [
        BackMsg(clear_cache=True),
        BackMsg(load_git_info=True),
        BackMsg(set_run_on_save=True),
        BackMsg(stop_script=True),
        BackMsg(debug_shutdown_runtime=True),
        BackMsg(debug_disconnect_websocket=True),
    ]
    good = [run.SerializeToString(), beat.SerializeToString()]
    bad = [tool.SerializeToString() for tool in tools]
    assert pass_through(*good, *bad) == good


def test_a_tool_behind_a_needed_message_does_not_pass_with_it() -> None:
    run = BackMsg()
    run.rerun_script.query_string = "x"
    both = run.SerializeToString() + BackMsg(clear_cache=True).SerializeToString()
    assert BackMsg.FromString(both).clear_cache  # the last one counts
    assert pass_through(both) == []


@pytest.mark.parametrize(
    "frame", [b"", b"\xff", b"\x5a\xff\xff\xff\xff", b"\x5d....", "text", b"\x5a\x05x"]
)
def test_what_is_no_message_does_not_pass(frame: bytes | str) -> None:
    assert pass_through(frame) == []


def test_a_message_that_is_made_to_be_read_slowly_does_not_pass() -> None:
    """A number of a million bytes took minutes of everybody's time: it grew with each of them."""
    beat = BackMsg(app_heartbeat=True).SerializeToString()
    assert pass_through(beat[:1] + b"\xff" * 10 + b"\x01") == []
    assert pass_through(beat * 1000) == []
    assert pass_through(b"\xff" * 1_000_000, beat) == [beat]


# Uploads


class Shelf:
    """A store in memory."""

    def __init__(self) -> None:
        self.files: set[tuple[str, str]] = set()

    def get_files(self, session_id: str, file_ids: Sequence[str]) -> Sequence[object]:
        return [id for id in file_ids if (session_id, id) in self.files]

    def remove_file(self, session_id: str, file_id: str) -> None:
        self.files.discard((session_id, file_id))


def uploading(shelf: Shelf, status: int = 204) -> Application:
    """Puts every upload on the shelf, whose place is the end of its address."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        *_, session, file = scope["path"].split("/")
        if status < 300:
            shelf.files.add((session, file))
        await answer(send, status, "")

    return app


def put(app: Application, session: str, file: str, size: int, cookie: str = "") -> int:
    headers = [HOST, (b"content-length", str(size).encode())]
    if cookie:
        headers.append((b"cookie", f"{COOKIE}={cookie}".encode()))
    return ask(app, f"/_stcore/upload_file/{session}/{file}", headers, "PUT")[0]


def test_a_visitor_may_hold_so_much_over_all_tabs_and_gets_it_back_when_it_was_read() -> None:
    shelf = Shelf()
    app = Uploads(uploading(shelf), Ledger(lambda: shelf, most_bytes=100, most_files=3))
    one, other = "v" * 22, "w" * 22
    assert put(app, "tab1", "a", 60, one) == 204
    assert put(app, "tab2", "b", 60, one) == 429
    assert put(app, "tab2", "b", 40, one) == 204
    assert put(app, "tab3", "c", 100, other) == 204
    shelf.files.remove(("tab1", "a"))
    assert put(app, "tab1", "c", 60, one) == 204
    assert put(app, "tab1", "d", 0, one) == 204
    assert put(app, "tab1", "e", 0, one) == 429


def test_a_session_may_hold_no_more_by_saying_another_visitor_each_time() -> None:
    shelf = Shelf()
    app = Uploads(uploading(shelf), Ledger(lambda: shelf, most_bytes=100))
    assert put(app, "tab", "a", 60, "v" * 22) == 204
    assert put(app, "tab", "b", 60, "w" * 22) == 429
    assert put(app, "tab", "a", 1, "w" * 22) == 429  # the same place again would hide the first


def test_all_visitors_files_together_are_bounded_and_who_reads_or_leaves_makes_room() -> None:
    shelf = Shelf()
    ledger = Ledger(lambda: shelf, most_bytes=100, all_bytes=150)
    app = Uploads(uploading(shelf), ledger)
    one, two, three = "v" * 22, "w" * 22, "x" * 22
    assert [put(app, "tab1", "a", 90, one), put(app, "tab2", "a", 60, two)] == [204, 204]
    assert put(app, "tab3", "a", 10, three) == 503
    shelf.files.remove(("tab1", "a"))  # it was read
    assert put(app, "tab3", "a", 80, three) == 204
    assert put(app, "tab1", "b", 20, one) == 503
    ledger.forget("tab2")  # the session is closed
    assert put(app, "tab1", "b", 20, one) == 204


def test_an_upload_that_failed_counts_no_longer_and_one_without_a_length_never_begins() -> None:
    shelf = Shelf()
    ledger = Ledger(lambda: shelf, most_bytes=100)
    assert put(Uploads(uploading(shelf, 400), ledger), "tab", "a", 90) == 400
    assert put(Uploads(uploading(shelf), ledger), "tab", "a", 90) == 204
    assert ask(Uploads(page, ledger), "/_stcore/upload_file/tab/b", method="PUT")[0] == 411
    assert ledger.files("tab") == ("a",)
    ledger.forget("tab")
    assert ledger.files("tab") == ()


def test_an_upload_that_ends_after_its_session_was_closed_is_kept_nowhere() -> None:
    shelf = Shelf()
    ledger = Ledger(lambda: shelf)

    async def closed_meanwhile(scope: Scope, receive: Receive, send: Send) -> None:
        ledger.forget("tab")
        await uploading(shelf)(scope, receive, send)

    assert put(Uploads(closed_meanwhile, ledger), "tab", "a", 90) == 204
    assert shelf.files == set() and ledger.files("tab") == ()


def test_an_upload_of_which_nothing_comes_gives_its_room_back(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(uploads, "STALLED_S", 0.01)
    shelf = Shelf()
    ledger = Ledger(lambda: shelf, most_bytes=100)

    async def whole(scope: Scope, receive: Receive, send: Send) -> None:
        while (message := await receive()).get("more_body"):
            pass
        if message["type"] == "http.disconnect":
            raise RuntimeError("the client has gone")
        await uploading(shelf)(scope, receive, send)

    async def stalling(scope: Scope, receive: Receive, send: Send) -> None:
        async def nothing() -> Message:
            await asyncio.sleep(60)
            raise AssertionError("waited for")

        await Uploads(whole, ledger)(scope, nothing, send)

    assert put(stalling, "tab", "a", 90) == 408
    assert put(Uploads(whole, ledger), "tab", "b", 90) == 204


def test_only_uploads_are_looked_at() -> None:
    app = Uploads(page, Ledger(Shelf, most_bytes=0))
    assert ask(app, "/_stcore/health")[0] == 200
    assert ask(app, "/_stcore/upload_file/tab/a", method="DELETE")[0] == 200


# Sessions


def test_a_session_is_gone_when_it_was_away_for_long_and_only_once() -> None:
    sessions = Sessions(away_s=0.0)
    sessions.seen("here", Visitor("v"))
    sessions.seen("away", Visitor("w"))
    assert sessions.gone(lambda one: one == "here") == ["away"]
    assert sessions.gone(lambda one: one == "here") == []
    assert Sessions(away_s=60.0).gone(lambda one: False) == []
    patient = Sessions(away_s=60.0)
    patient.seen("short of breath", Visitor("v"))
    assert patient.gone(lambda one: False) == []
