"""Bodies that mean no good: each a sentence, none an error of ours, and the API is there for the next."""

from __future__ import annotations

import base64
import io
import json
import threading
import zipfile
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from playground.api import asking, bodies, charging, door
from playground.archive.archive import Archive
from playground.hosting.tokens import Tokens
from tests.api.conftest import PICTURE, Calling, data_url
from tests.media_files import png

PATHS = ("/api/compare", "/v1/chat/completions")
JSON = {"content-type": "application/json"}
GOOD = {
    "/api/compare": {"prompt": "Say it.", "on": "demo:E2B"},
    "/v1/chat/completions": {"model": "demo:E2B", "messages": [{"role": "user", "content": "x"}]},
}

DEEP = b'{"prompt": ' + b"[" * 200_000 + b"]" * 200_000 + b"}"
DEEPISH = b'{"prompt": ' + b"[" * 60 + b"]" * 60 + b"}"


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"null",
        b"[]",
        b"5",
        b"{",
        b'{"a": NaN}',
        b'{"temperature": 1e999}',
        b'{"seed": ' + b"9" * 5000 + b"}",
        b"\xff\xfe{}",
        b'{"prompt": "\\ud800", "model": "\\ud800"}',
        DEEP,
        DEEPISH,
        b"\x00" * 100,
        b'{"on": null, "model": null}',
        b'{"on": [[]], "model": [[]], "prompt": {}}',
        b'{"__proto__": 1, "constructor": 2}',
    ],
    ids=range(16),
)
def test_a_hostile_body_is_one_sentence(calling: Calling, path: str, body: bytes) -> None:
    client = calling()
    refused = client.post(path, content=body, headers=JSON)
    assert refused.status_code == 400
    error = refused.json()["error"]
    assert error["message"] and "Traceback" not in error["message"]
    assert client.post(path, json=GOOD[path]).status_code == 200


@pytest.mark.parametrize("path", PATHS)
def test_a_body_that_is_too_large_is_refused_before_it_is_read(
    calling: Calling, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bodies, "MOST_JSON", 1000)
    monkeypatch.setattr(bodies, "MOST_FORM", 1000)
    client = calling()

    def pieces() -> Any:
        for _ in range(100):
            yield b"x" * 100

    said = {**JSON, "content-length": str(10**18)}
    assert client.post(path, content=b"{}", headers=said).status_code == 413
    assert client.post(path, content=pieces(), headers=JSON).status_code == 413  # says no length
    if path == "/api/compare":
        files = [("file", ("a.txt", b"x" * 2000))]
        assert client.post(path, data={"on": "demo:E2B"}, files=files).status_code == 413


@pytest.mark.parametrize("path", PATHS)
def test_a_body_that_would_grow_in_memory_is_refused_before_it_is_made(
    calling: Calling, path: str
) -> None:
    """Twenty megabytes of empty lists took half a gigabyte, for each request."""
    body = b'{"metadata": [' + b"[]," * 800_000 + b"0]}"
    refused = calling().post(path, content=body, headers=JSON)
    assert refused.status_code == 413 and "1,500,000 values" in refused.json()["error"]["message"]


@pytest.mark.parametrize("path", PATHS)
def test_a_body_of_another_kind_is_refused(calling: Calling, path: str) -> None:
    """Also because a page of elsewhere may send these without asking first."""
    for kind in ("text/plain", "application/x-www-form-urlencoded", ""):
        body = json.dumps(GOOD[path])
        assert calling().post(path, content=body, headers={"content-type": kind}).status_code == 415


def test_a_broken_form_is_one_sentence(calling: Calling) -> None:
    client = calling()
    kind = {"content-type": "multipart/form-data; boundary=x"}
    for body in (b"", b"--x\r\n", b"--x\r\nno header\r\n\r\n", b"nothing"):
        assert client.post("/api/compare", content=body, headers=kind).status_code == 400
    lacking = {"content-type": "multipart/form-data"}
    assert client.post("/api/compare", content=b"x", headers=lacking).status_code == 400
    many = [("image", (f"{n}.png", b"x")) for n in range(40)]
    assert client.post("/api/compare", data={"on": "E2B"}, files=many).status_code == 400
    twice = {"prompt": ["a", "b"], "on": "demo:E2B"}
    assert client.post("/api/compare", data=twice).status_code in (400, 415)
    wrong = [("evil", ("a.png", b"x"))]
    refused = client.post("/api/compare", data={"on": "demo:E2B"}, files=wrong)
    assert refused.json()["error"]["param"] == "evil"


def bomb() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packing:
        packing.writestr("a", b"0" * 10_000_000)
    return out.getvalue()


@pytest.mark.parametrize(
    "url",
    [
        "http://169.254.169.254/latest/meta-data",
        "file:///etc/passwd",
        "data:image/png,plain",
        "data:image/png;base64,?!",
        "data:image/png;base64,",
        data_url(b"no picture at all"),
        data_url(bomb()),
        data_url(png(60_000, 60_000, b"\0" * 1000)),
        data_url(base64.b64decode(PICTURE.partition(",")[2])[:40]),
        "//evil.example/a.png",
        "javascript:alert(1)",
        "data:" + "x" * 100_000,
    ],
    ids=range(12),
)
def test_a_hostile_picture_is_one_sentence_and_nothing_is_fetched(
    calling: Calling, url: str
) -> None:
    client = calling()
    part = {"type": "image_url", "image_url": {"url": url}}
    chat = {"model": "demo:E2B", "messages": [{"role": "user", "content": [part]}]}
    for path, body in (
        ("/v1/chat/completions", chat),
        ("/api/compare", {"on": "demo:E2B", "image": url}),
    ):
        refused = client.post(path, json=body)
        assert refused.status_code == 400
        assert len(refused.json()["error"]["message"]) < 500


def test_more_media_than_a_question_holds_are_refused_before_one_is_read(
    calling: Calling, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A body of 64 MB has room for half a million small pictures, each a second of the media process."""
    read: list[str] = []
    monkeypatch.setattr(asking, "file", lambda kind, *rest: read.append(kind))
    client = calling()
    for media in ({"image": [PICTURE] * 17}, {"image": [PICTURE] * 9, "file": [PICTURE] * 8}):
        refused = client.post("/api/compare", json={**GOOD["/api/compare"], **media})
        assert refused.status_code == 400
        error = refused.json()["error"]
        assert error["message"] == "A question may hold at most 16 files."
        assert error["param"] == "image"
    assert read == []


@pytest.mark.parametrize(
    ("wishes", "said"),
    [
        ({"sweep": ["seed=1,2,3,4,5,6,7,8,9,10,11,12"] * 20}, "more than a million answers"),
        (
            {"sweep": ["temperature=0,1,2", "top-p=0.5,1", "seed=1,2,3,4,5,6,7,8,9,10,11"]},
            "66 answers",
        ),
        ({"on": ["demo:E2B"] * 30, "repeat": 3}, "90 answers"),
        ({"on": ["demo:E2B"] * 100_000}, "on has 100,000 of them; 200 are the most"),
        ({"set": ["demo:E2B:seed=1"] * 100_000}, "set has 100,000 of them"),
        ({"sweep": ["seed=1"] * 100_000}, "sweep has 100,000 of them"),
    ],
)
def test_answers_are_counted_before_they_are_made(
    calling: Calling, wishes: dict[str, Any], said: str
) -> None:
    """A few lines asked for more contenders than the memory holds."""
    refused = calling().post("/api/compare", json={**GOOD["/api/compare"], **wishes})
    assert refused.status_code == 400 and said in refused.json()["error"]["message"].lower()


def test_a_data_url_has_a_short_head(calling: Calling) -> None:
    long = PICTURE.replace(";base64", ";a=b" * 1000 + ";base64")
    assert calling().post("/api/compare", json={"on": "demo:E2B", "image": long}).status_code == 400


def test_no_path_of_this_machine_is_read(calling: Calling) -> None:
    client = calling()
    for field, value in (
        ("image", "/etc/passwd"),
        ("file", ["/etc/passwd"]),
        ("schema", "/etc/passwd"),
        ("tools", "/etc/passwd"),
        ("tools", ["/etc/passwd"]),
        ("set", "demo:E2B:schema=/etc/passwd"),
        ("set", "demo:E2B:tools=/etc/passwd"),
        ("sweep", "schema=/etc/passwd,/etc/hosts"),
    ):
        refused = client.post("/api/compare", json={**GOOD["/api/compare"], field: value})
        assert refused.status_code == 400, field
        assert "root:" not in refused.text


def test_zeros_in_words_come_through_whole(calling: Calling) -> None:
    client = calling()
    told = client.post("/api/compare", json={"prompt": "a\0b", "on": "demo:E2B"}).json()
    assert told["prompt"] == "a\0b"
    assert client.get(f"/api/comparisons/{told['id']}").json()["rounds"][0]["prompt"] == "a\0b"


def test_a_visitor_has_so_many_requests_at_a_time() -> None:
    room, one = door.Room(), door.Caller("v" * 22, "v" * 22, "")
    taken = [room.taken(one) for _ in range(door.MOST_AT_ONCE)]
    for place in taken:
        place.__enter__()
    with pytest.raises(door.Fault), room.taken(one):
        pass
    with room.taken(door.Caller("w" * 22, None, "")):
        pass
    for place in taken:
        place.__exit__(None, None, None)
    with room.taken(one):
        pass


def test_who_sends_much_to_be_read_holds_up_nobody_who_looks(
    calling: Calling, monkeypatch: pytest.MonkeyPatch
) -> None:
    over = threading.Event()
    begun = threading.Semaphore(0)

    def slow(kind: str, *rest: Any) -> Any:
        begun.release()
        assert over.wait(60)
        raise bodies.Fault(400, "It was read.")

    monkeypatch.setattr(asking, "file", slow)
    with ThreadPoolExecutor(20) as senders:
        body = {**GOOD["/api/compare"], "image": PICTURE}
        sent = [senders.submit(calling().post, "/api/compare", json=body) for _ in range(20)]
        for _ in range(16):
            assert begun.acquire(timeout=60)
        try:
            assert calling().get("/v1/models").status_code == 200
        finally:
            over.set()
        assert {one.result().status_code for one in sent} == {400}


def test_a_visitor_sends_no_more_at_a_time_than_a_question_holds(
    calling: Calling, archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Eight requests of 200 MB were held at once."""
    monkeypatch.setenv("PLAYGROUND_HOSTED", "1")
    monkeypatch.setenv("PLAYGROUND_API", "1")
    monkeypatch.setattr(bodies, "MOST_FORM", 10_000)
    over, begun = threading.Event(), threading.Event()

    def slow(kind: str, *rest: Any) -> Any:
        begun.set()
        assert over.wait(60)
        raise bodies.Fault(400, "It was read.")

    monkeypatch.setattr(asking, "file", slow)
    headers = [
        {"authorization": f"Bearer {Tokens(archive.media).make(owner * 22, 'a')}"} for owner in "vw"
    ]
    body = {**GOOD["/api/compare"], "image": PICTURE, "system": "x" * 7000}

    def post(which: int, body: Any) -> int:
        return calling().post("/api/compare", json=body, headers=headers[which]).status_code

    with ThreadPoolExecutor(1) as sender:
        first = sender.submit(post, 0, body)
        try:
            assert begun.wait(60)
            assert post(0, body) == 429
            assert post(0, GOOD["/api/compare"]) == 200
            monkeypatch.setattr(charging, "ALL_BYTES", 8_000)
            assert post(1, body) == 503
        finally:
            over.set()
        assert first.result() == 400
    assert charging._here.total() == 0


def test_addresses_that_are_none_and_methods_that_are_not_taken(calling: Calling) -> None:
    client = calling()
    for path in ("/api/", "/v1/embeddings", "/api/comparisons/a/b"):
        assert client.get(path).status_code == 404
        assert client.get(path).json()["error"]["type"] == "not_found_error"
    assert client.get("/api/compare").status_code == 405
    assert client.get("/api/compare").headers["allow"] == "POST"
    assert client.delete("/api/models").status_code == 405
    assert client.delete("/api/models").headers["allow"] == "GET, HEAD"
    assert client.head("/api/docs").status_code == 200
    assert client.head("/api/compare").status_code == 405
    assert client.head("/api/comparisons/none").status_code == 404
    for id in ("%00", "..%2f..", "' or 1=1 --", "x" * 5000):
        assert client.get(f"/api/comparisons/{id}").status_code == 404


def test_a_hostile_host_is_escaped_on_the_page(
    calling: Calling, archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PLAYGROUND_HOSTED", "1")
    monkeypatch.setenv("PLAYGROUND_API", "1")
    token = Tokens(archive.media).make("v" * 22, "a")
    headers = {"host": "<script>alert(1)</script>", "authorization": f"Bearer {token}"}
    page = calling().get("/api/docs", headers=headers)
    assert page.status_code == 200 and "<script" not in page.text
