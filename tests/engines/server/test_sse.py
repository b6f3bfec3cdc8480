"""Events out of bytes, however the network cuts them."""

from __future__ import annotations

import pytest

from playground.engines.server.transport.sse import Events, TooMuch

STREAM = (
    ": hello\n\n"
    'data: {"a": "é"}\n\n'
    "event: message\nid: 7\ndata: two\ndata: lines\n\n"
    ":\n\ndata:tight\n\n\n\nretry: 5\n\ndata: [DONE]\n\n"
)
FOUND = ['{"a": "é"}'.encode(), b"two\nlines", b"tight", b"[DONE]"]


def follow(stream: bytes, size: int) -> tuple[list[bytes], int]:
    events = Events(1000)
    found = [
        data for at in range(0, len(stream), size) for data in events.take(stream[at : at + size])
    ]
    return [*found, *events.rest()], events.pings


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("size", [1, 2, 3, 7, 1000])
def test_every_cut_tells_the_same(newline: str, size: int) -> None:
    stream = STREAM.replace("\n", newline).encode()
    assert follow(stream, size) == (FOUND, 2)
    assert follow(b"\xef\xbb\xbf" + stream, size) == (FOUND, 2)


def test_a_ping_counts_as_soon_as_its_line_is_there() -> None:
    events = Events(100)
    assert events.take(b": still loading\n") == [] and events.pings == 1
    assert events.take(b": still lo") == [] and events.pings == 1
    assert events.take(b"ading\ndata: x\n\n") == [b"x"] and events.pings == 2


def test_what_stands_behind_the_last_blank_line_is_read_too() -> None:
    events = Events(100)
    assert events.take(b"data: one\n\ndata: two\n") == [b"one"]
    assert events.rest() == [b"two"] and events.rest() == []


def test_an_event_without_data_is_none() -> None:
    assert Events(100).take(b"data: \n\ndata:\n\ndata\n\ndata: x\n\n") == [b"x"]
    assert Events(100).take(b"\xef\xbb") == []


def test_what_llama_cpp_says_of_errors() -> None:
    assert Events(100).take(b'error: {"code": 500}\n\n') == [b'{"code": 500}']


@pytest.mark.parametrize("piece", [b"x" * 99, b"data: " + b"y" * 93 + b"\n", b": ping" * 16])
def test_an_event_without_end_is_too_much(piece: bytes) -> None:
    events = Events(1000)
    with pytest.raises(TooMuch):
        for _ in range(20):
            events.take(piece)


def test_comments_take_no_room() -> None:
    events = Events(1000)
    for _ in range(1000):
        assert events.take(b": ping ping ping\n") == []
    assert events.pings == 1000
