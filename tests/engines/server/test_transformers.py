"""The server engine against `transformers serve` with the demo family."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from playground.engines.events import Chunk
from playground.engines.local import LocalEngine
from playground.engines.roster import specs
from playground.engines.workers import Workers
from playground.models.model import Model, ModelError
from playground.models.servers import Server
from playground.prompt.conversation import Conversation, Settings
from tests.servers.listening import WEATHER, listen, sample
from tests.servers.real import DEMO, transformers_serve


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with transformers_serve(tmp_path_factory.mktemp("hf")) as url:
        yield url


@pytest.fixture(scope="module")
def e4b(url: str) -> Model:
    return served(url, "e4b")


def served(url: str, name: str) -> Model:
    directory = str(DEMO / name)
    return specs.find(f"server:tf/{directory}", [Server("tf", url, models=(directory,))])


def test_what_it_takes_is_found_out(e4b: Model, url: str) -> None:
    assert e4b.server is not None and e4b.server.kind == "transformers"
    assert e4b.capabilities.image and e4b.capabilities.audio
    deaf = served(url, "31b")
    assert deaf.capabilities.image and not deaf.capabilities.audio


def test_it_says_what_the_local_engine_says(e4b: Model, workers: Workers) -> None:
    """The same weights, greedy, on both engines."""
    local = LocalEngine(specs.find("demo:E4B"), workers)
    local.load(threading.Event())
    asked = Settings(temperature=0.0, max_tokens=48)
    for prompt, parts in (
        ("Hello!", ()),
        ("What do you see?", sample("one-shape.png")),
        ("Transcribe this.", sample("digits.wav")),
    ):
        conversation = Conversation.ask(prompt, parts)
        here = list(local.stream(conversation, asked, threading.Event()))
        words = "".join(event.text for event in here if isinstance(event, Chunk))
        said, last, _ = listen(e4b, prompt, parts)
        assert said["answer"] == words
        assert last.output is not None
        assert last.output.total == sum(e.tokens for e in here if isinstance(e, Chunk))
    local.close()


def test_thinking_comes_apart(e4b: Model) -> None:
    said, _, _ = listen(e4b, "What is 7 + 5?", thinking=True)
    assert said["thinking"].strip() and said["answer"].strip()
    quiet, _, _ = listen(e4b, "What is 7 + 5?")
    assert "thinking" not in quiet


def test_a_tool_call(e4b: Model) -> None:
    said, last, _ = listen(e4b, "What is the weather in Rome?", tools=(WEATHER,))
    assert said["tool_call"].startswith("call:get_weather{") and last.reason == "tool_call"


def test_two_at_once(e4b: Model) -> None:
    answers: list[str] = []
    threads = [
        threading.Thread(target=lambda: answers.append(listen(e4b, "Hello!")[0]["answer"]))
        for _ in range(2)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert len(answers) == 2 and answers[0] == answers[1]


def test_stop(e4b: Model) -> None:
    _, last, events = listen(e4b, "Hello!", stop=threading.Event())
    assert last.reason == "stopped" and len(events) < 12


def test_a_long_answer(e4b: Model) -> None:
    said, last, _ = listen(e4b, "Repeat: " + "star " * 40, max_tokens=400)
    assert last.output is not None and len(said["answer"]) > 20
    assert last.output.total <= 400


def test_a_model_that_is_not_there(url: str, tmp_path: Path) -> None:
    absent = str(tmp_path / "nothing")
    with pytest.raises(ModelError, match="did not answer a trial"):
        specs.find(f"server:tf/{absent}", [Server("tf", url, models=(absent,))])
