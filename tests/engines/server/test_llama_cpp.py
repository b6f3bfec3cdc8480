"""The server engine against llama.cpp's own server, with a tiny model of random weights: the protocol is tested."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator

import pytest

from playground.engines.events import Progress
from playground.engines.roster import specs
from playground.models.model import Model
from playground.models.servers import Server
from tests.servers.listening import WEATHER, listen, sample
from tests.servers.real import llama_cpp

SCHEMA = {
    "type": "object",
    "properties": {"colour": {"enum": ["red", "blue"]}, "count": {"type": "integer"}},
    "required": ["colour", "count"],
}


@pytest.fixture(scope="module")
def tiny() -> Iterator[Model]:
    with llama_cpp() as url:
        yield specs.find("server:llama/tiny", [Server("llama", url)])


def test_it_tells_what_it_takes(tiny: Model) -> None:
    takes = tiny.capabilities
    assert takes.image and takes.audio and takes.schema and takes.context == 4096
    assert tiny.server is not None and tiny.server.kind == "llama.cpp"


def test_text(tiny: Model) -> None:
    said, last, _ = listen(tiny, "Hello!", max_tokens=16)
    assert said["answer"] and last.reason == "length"
    assert last.output is not None and last.output.total == 16
    assert last.prompt is not None and last.prompt.source == "reported"
    assert last.prefill_s is not None and last.prefill_s > 0


def test_a_picture_and_a_sound_cost_tokens(tiny: Model) -> None:
    _, words, _ = listen(tiny, "What?", max_tokens=4)
    _, seen, _ = listen(tiny, "What?", sample("one-shape.png"), max_tokens=4)
    _, heard, _ = listen(tiny, "What?", sample("digits.wav"), max_tokens=4)
    assert words.prompt is not None and seen.prompt is not None and heard.prompt is not None
    assert seen.prompt.image > 50 and seen.prompt.total > words.prompt.total + 50
    assert heard.prompt.audio > 20 and heard.prompt.total > words.prompt.total + 20


def test_a_schema_holds_even_random_weights(tiny: Model) -> None:
    said, _, _ = listen(tiny, "Anything", schema=SCHEMA, max_tokens=200)
    answer = json.loads(said["answer"])
    assert answer["colour"] in ("red", "blue") and isinstance(answer["count"], int)


def test_tools_are_taken(tiny: Model) -> None:
    _, plain, _ = listen(tiny, "Weather in Rome?", max_tokens=4)
    _, offered, _ = listen(tiny, "Weather in Rome?", tools=(WEATHER,), max_tokens=4)
    assert plain.prompt is not None and offered.prompt is not None
    assert offered.prompt.total > plain.prompt.total + 20


def test_it_tells_how_far_it_has_read(tiny: Model) -> None:
    words = " ".join(f"word{number}" for number in range(600))
    _, last, events = listen(tiny, words, max_tokens=2)
    told = [event for event in events if isinstance(event, Progress)]
    assert last.prompt is not None and told
    assert [one.done for one in told] == sorted(one.done for one in told)
    assert all(0 <= one.done < one.total <= last.prompt.total for one in told)


def test_stop(tiny: Model) -> None:
    _, last, events = listen(tiny, "Hello!", stop=threading.Event(), max_tokens=2000)
    assert last.reason == "stopped" and len(events) < 100


def test_a_long_answer(tiny: Model) -> None:
    digits = {"type": "array", "items": {"enum": [1, 2]}, "minItems": 500, "maxItems": 500}
    said, last, events = listen(tiny, "Count.", schema=digits, max_tokens=3000)
    assert len(json.loads(said["answer"])) == 500
    assert last.output is not None and last.output.total > 1000 and len(events) > 500


def test_an_answer_goes_on_where_it_was_cut(tiny: Model) -> None:
    cut, first, _ = listen(tiny, "Hello!", max_tokens=12)
    rest, last, _ = listen(tiny, "Hello!", max_tokens=12, begun=cut["answer"])
    assert last.output is not None and last.output.total <= 12
    assert not rest["answer"].startswith(cut["answer"]), "the beginning is not sent back"
    assert first.prompt is not None and last.prompt is not None
    assert last.prompt.total > first.prompt.total + 8, "what was said is read"
    assert tiny.capabilities.goes_on == "thought"
