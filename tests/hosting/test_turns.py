"""What a page asks for reaches Streamlit one run at a time: nothing that began a run is forgotten for the next."""

from __future__ import annotations

import asyncio
import time
from typing import Any

import pytest
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ClientState_pb2 import ClientState
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from playground.hosting.asgi import Message, Receive, Scope, Send
from playground.hosting.socket import turns
from playground.hosting.socket.turns import DRAWN, FINISHED, FRAGMENT, NEW_RUN, Turns
from tests.browser.serving import SLOW, serving
from tests.servers.tab import Tab
from tests.waiting import until

SCOPE: Scope = {"type": "websocket", "path": "/_stcore/stream", "headers": []}


def rerun(query: str) -> bytes:
    message = BackMsg()
    message.rerun_script.query_string = query
    return message.SerializeToString()


def part(name: str) -> bytes:
    message = BackMsg()
    message.rerun_script.query_string = "a"
    message.rerun_script.cached_message_hashes.extend(map(str, range(200)))
    message.rerun_script.fragment_id = name
    return message.SerializeToString()


BEAT = BackMsg(app_heartbeat=True).SerializeToString()

BEGINS, DRAWS, ENDS = ForwardMsg(), ForwardMsg(), ForwardMsg()
BEGINS.new_session.name = "one"
DRAWS.delta.new_element.text.body = "words"
ENDS.script_finished = ForwardMsg.FINISHED_SUCCESSFULLY


def test_the_fields_are_streamlits_own() -> None:
    state = ClientState.DESCRIPTOR.fields_by_name["fragment_id"]
    assert state.number == FRAGMENT
    names = {field.number: field.name for field in ForwardMsg.DESCRIPTOR.fields}
    assert [names[one] for one in (NEW_RUN, DRAWN, FINISHED)] == [
        "new_session",
        "delta",
        "script_finished",
    ]


def passed(*acts: bytes | ForwardMsg) -> list[int]:
    """Bytes are what the browser sends, messages what the page tells, in that order; how many of the former had reached
    the page after each act.
    """
    sent: asyncio.Queue[Message] = asyncio.Queue()
    heard: list[Any] = []
    counts = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        async def listen() -> None:
            while True:
                heard.append(await receive())

        listening = asyncio.create_task(listen())
        for act in acts:
            if isinstance(act, bytes):
                sent.put_nowait({"type": "websocket.receive", "bytes": act})
            else:
                await send({"type": "websocket.send", "bytes": act.SerializeToString()})
            for _ in range(20):
                await asyncio.sleep(0)
            counts.append(len(heard))
        listening.cancel()

    async def send(message: Message) -> None: ...

    asyncio.run(Turns(app)(SCOPE, sent.get, send))
    return counts


@pytest.mark.parametrize("begun", [DRAWS, ENDS])
def test_the_next_waits_until_the_run_has_begun(begun: ForwardMsg) -> None:
    assert passed(rerun("a"), rerun("b"), DRAWS, BEGINS, begun) == [1, 1, 1, 1, 2]


def test_nothing_waits_for_a_part_of_the_page_that_waits_for_the_page_itself() -> None:
    began = (rerun("a"), BEGINS, DRAWS)
    assert passed(*began, part("b"), rerun("stop")) == [1, 1, 1, 2, 3]
    assert passed(*began, ENDS, part("b"), rerun("c"), BEGINS, DRAWS) == [1, 1, 1, 1, 2, 2, 2, 3]
    assert passed(rerun("a"), part("b"), BEGINS, DRAWS, rerun("c")) == [1, 1, 1, 2, 3]


def test_what_is_no_run_does_not_wait() -> None:
    assert passed(rerun("a"), BEAT, BEAT) == [1, 2, 3]


def test_a_run_that_never_begins_holds_up_nobody_for_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turns, "LONGEST_S", 0.0)
    assert passed(rerun("a"), rerun("b"), rerun("c")) == [1, 2, 3]


@pytest.mark.slow
def test_a_question_is_asked_whatever_follows_it_at_once() -> None:
    with serving((*SLOW, "--words", "3", "--prefill", "0")) as server, Tab(server.url) as tab:
        address = "on=E2B&timing=All+at+once"
        tab.run(address)
        for number in range(10):
            tab.begin(address, asked=f"Question number {number}.")
            time.sleep(0.03 * number)
            tab.run(address)
            address = tab.address or address

            def asked(number: int = number, address: str = address) -> bool:
                return f"Question number {number}." in tab.run(address)

            until(asked, 20, pause=0.2)


@pytest.mark.slow
def test_a_question_is_asked_that_came_along_with_what_was_written_before_it() -> None:
    """Streamlit's browser puts both in one message, which asks for the part of the page that hears of the latter."""
    with serving((*SLOW, "--words", "3", "--prefill", "0")) as server, Tab(server.url) as tab:
        tab.run("on=E2B")
        assert tab.part
        tab.begin("on=E2B", asked="What is it?", part=tab.part)
        assert "What is it?" in tab.read()
