"""POST /api/compare and what can be looked at afterwards: the terminal's question and JSON over HTTP."""

from __future__ import annotations

import asyncio
import json
import time
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from playground.archive.archive import Archive
from playground.cli.question import question
from playground.desk import Desk
from playground.engines.recital import Recital
from playground.hosting.allowance import Allowance
from playground.hosting.limits import Limits
from playground.hosting.people.bounds import Bounds, Sizes
from playground.hosting.tokens import Tokens
from playground.questions.record import record
from tests.api.conftest import PICTURE, Calling, api
from tests.media_files import picture

ONE = "v" * 22


def events(text: str) -> list[tuple[str, Any]]:
    """The events of a stream, by their names."""
    found = []
    for block in text.split("\n\n"):
        if block.startswith("event: "):
            name, data = block.split("\n", 1)
            found.append((name.removeprefix("event: "), json.loads(data.removeprefix("data: "))))
    return found


def test_it_answers_as_the_terminal_does(calling: Calling) -> None:
    client = calling("one two three")
    wishes = {"prompt": "Say it.", "on": ["demo:E2B", "demo:31B"], "temperature": 0}
    told = client.post("/api/compare", json=wishes).json()
    asked = question(wishes)
    comparison = client.desk.find(told.pop("id"))
    terminal = record(asked, comparison, datetime.fromisoformat(told["asked"]))
    assert told == json.loads(json.dumps(terminal))
    assert [one["text"] for one in told["answers"]] == ["one two three "] * 2
    assert told["answers"][0]["figures"]["output_tokens"]["total"] == 3


def test_a_stream_has_every_piece_and_ends_with_the_whole(calling: Calling) -> None:
    client = calling("one two three", thinking="hm", tokens_per_second=100)
    wishes = {"prompt": "Say it.", "on": ["demo:E2B", "demo:31B"], "thinking": True}
    answered = client.post("/api/compare", json=wishes, headers={"accept": "text/event-stream"})
    assert answered.headers["content-type"].startswith("text/event-stream")
    told = events(answered.text)
    assert told[0][0] == "comparison" and told[-1][0] == "done"
    for id in ("demo:E2B", "demo:31B"):
        pieces = [e for name, e in told if name == "chunk" and e["contender"] == id]
        said = "".join(one["text"] for one in pieces if one["channel"] == "answer")
        assert said == "one two three "
        assert next(one["channel"] for one in pieces) == "thinking"
        (end,) = [e for name, e in told if name == "answer" and e["id"] == id]
        assert end["state"] == "done" and end["figures"]["ttft_s"] >= 0
    assert told[-1][1]["answers"][1]["text"] == "one two three "


def test_a_form_brings_files_as_they_are(calling: Calling) -> None:
    client = calling()
    form = {"prompt": "What is it?", "on": ["demo:E2B", "demo:E4B"], "temperature": "0.5"}
    files = [
        ("image", ("../cat.png", picture("JPEG"), "image/jpeg")),
        ("file", ("a.txt", b"words")),
    ]
    told = client.post("/api/compare", data=form, files=files).json()
    assert [one["kind"] for one in told["media"]] == ["image", "document"]
    assert told["media"][0]["name"] == "cat.png"
    assert told["media"][0]["as"] == ["JPEG 40×30"]
    assert told["answers"][1]["settings"]["temperature"] == 0.5


def test_media_in_json_are_data_urls(calling: Calling) -> None:
    client = calling()
    wishes = {"on": "demo:E2B", "image": [PICTURE, {"name": "b.png", "data": PICTURE}]}
    told = client.post("/api/compare", json=wishes).json()
    assert [one["name"] for one in told["media"]] == ["image 1", "b.png"]
    asked = client.desk.find(told["id"]).rounds[0].asked
    assert [(part.width, part.height) for part in asked.media()] == [(40, 30)] * 2


def test_who_cannot_answer_says_why_and_the_others_do(calling: Calling) -> None:
    client = calling()
    client.desk.witnesses.append(Bounds(Sizes(), ["demo:E2B"]))
    told = client.post("/api/compare", json={"prompt": "Say it.", "on": ["demo:E2B", "demo:31B"]})
    states = [(one["state"], one["reason"]) for one in told.json()["answers"]]
    assert states == [("done", ""), ("refused", "31B is not open to visitors here.")]
    listed = client.get("/api/models").json()["models"]
    assert [one["spec"] for one in listed] == ["demo:E2B"]


def test_a_call_that_nobody_answers_ends_its_answer(calling: Calling) -> None:
    client = calling('<|tool_call>call:weather{city:<|"|>Rome<|"|>}<tool_call|>')
    tool = {"name": "weather", "parameters": {"type": "object", "properties": {"city": {}}}}
    wishes = {"prompt": "How is it?", "on": "demo:E2B", "tools": [tool]}
    (answer,) = client.post("/api/compare", json=wishes).json()["answers"]
    assert answer["state"] == "done" and "weather" in answer["tool_call"]


def test_a_comparison_is_found_by_its_id_after_it_left_memory(calling: Calling) -> None:
    client = calling("one two")
    wishes = {"prompt": "Say it.", "on": "demo:E2B", "image": PICTURE}
    id = client.post("/api/compare", json=wishes).json()["id"]
    live = client.get(f"/api/comparisons/{id}").json()
    while client.desk.archive.writer.busy:
        time.sleep(0.01)
    client.desk._shelf.drop([id])
    kept = client.get(f"/api/comparisons/{id}").json()
    assert kept["rounds"][0]["answers"][0]["text"] == "one two "
    assert kept["rounds"][0]["media"] == live["rounds"][0]["media"]
    assert kept["running"] is False
    assert client.get("/api/comparisons/nothing").status_code == 404


def test_what_is_not_to_be_kept_is_in_no_archive(calling: Calling, archive: Archive) -> None:
    client = calling()
    id = client.post(
        "/api/compare", json={"prompt": "Say it.", "on": "demo:E2B", "save": False}
    ).json()["id"]
    assert archive.record(id) is None
    assert client.get(f"/api/comparisons/{id}").status_code == 200  # in memory for a while


@pytest.mark.parametrize("stream", [False, True])
def test_a_client_that_goes_away_stops_it(stream: bool) -> None:
    desk = Desk(lambda model: Recital(model, "word " * 5000, tokens_per_second=50), 10**15)
    body = json.dumps({"prompt": "Say it.", "on": "demo:E2B"}).encode()
    headers = [(b"content-type", b"application/json"), (b"host", b"localhost")]
    if stream:
        headers.append((b"accept", b"text/event-stream"))

    async def call() -> None:
        scope = {
            "type": "http", "method": "POST", "path": "/api/compare", "query_string": b"",
            "headers": headers, "client": ("127.0.0.1", 5), "server": ("localhost", 80),
            "scheme": "http", "root_path": "", "http_version": "1.1",
            "asgi": {"version": "3.0", "spec_version": "2.3"},
        }  # fmt: skip
        sent = [{"type": "http.request", "body": body, "more_body": False}]

        async def receive() -> dict[str, Any]:
            if sent:
                return sent.pop()
            while not (desk.running() and desk.running()[0].answers[0].chunks):
                await asyncio.sleep(0.01)
            return {"type": "http.disconnect"}

        async def send(message: Any) -> None:
            pass

        await asyncio.wait_for(api(desk)(scope, receive, send), 30)

    asyncio.run(call())
    assert desk.running() == ()
    (comparison,) = desk._shelf.of(None)
    assert comparison.answers[0].state == "stopped"
    assert 0 < len(comparison.answers[0].chunks) < 5000
    desk.close()


def test_a_visitors_limits_count_what_their_programs_ask(
    calling: Calling, archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PLAYGROUND_HOSTED", "1")
    monkeypatch.setenv("PLAYGROUND_API", "1")
    client = calling()
    limits = Limits([Allowance("runs", 2, "hour"), Allowance("upload_mb", 1, "hour")])
    client.desk.witnesses.append(limits)
    auth = {"authorization": f"Bearer {Tokens(archive.media).make(ONE, 'a')}"}
    wishes = {"prompt": "Say it.", "on": "demo:E2B"}
    id = client.post("/api/compare", json=wishes, headers=auth).json()["id"]
    assert client.desk.find(id).owner == ONE
    chat = {"model": "demo:E2B", "messages": [{"role": "user", "content": "Say it."}]}
    pictured = [{"type": "image_url", "image_url": {"url": PICTURE}}]
    seen = {**chat, "messages": [{"role": "user", "content": pictured}]}
    assert client.post("/v1/chat/completions", json=seen, headers=auth).status_code == 200
    assert limits.left(ONE)[1].amount == 0.9
    limits.uploaded(ONE, limits.left(ONE)[1].counted)
    for path, body in (("/api/compare", wishes), ("/v1/chat/completions", chat)):
        full = client.post(path, json=body, headers=auth)
        assert full.status_code == 429
        assert full.json()["error"]["message"].startswith("2 questions an hour are used")
    more = client.post("/v1/chat/completions", json=seen, headers=auth)
    assert more.json()["error"]["message"] == "You have uploaded as much as one may for now."
    files = [("file", ("a.txt", b"x" * 1000))]
    more = client.post("/api/compare", data=wishes, files=files, headers=auth)
    assert (more.status_code, more.json()["error"]["type"]) == (429, "rate_limit_error")


@pytest.mark.parametrize(
    ("set", "said"),
    [
        ("tools=", "there is no tool called"),
        ("schema=", "a schema stands here as JSON; no file is opened."),
    ],
)
def test_no_contenders_setting_opens_a_file(
    set: str, said: str, calling: Calling, tmp_path: Path
) -> None:
    held = tmp_path / "held.json"
    held.write_text(json.dumps({"name": "secret", "parameters": {"type": "object"}}))
    wishes = {"prompt": "x", "on": "demo:E2B", "set": [f"demo:E2B:{set}{held}"]}
    answered = calling().post("/api/compare", json=wishes)
    assert answered.status_code == 400
    assert said.lower() in answered.json()["error"]["message"].lower()
    assert "secret" not in answered.text
