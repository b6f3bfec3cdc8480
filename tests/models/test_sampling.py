"""A model's own sampling: where it is read, and that only what a person changed stands above it."""

from __future__ import annotations

import threading
import time
from pathlib import Path
from typing import Any

import pytest

from playground.comparisons.answer import Answer
from playground.comparisons.contender import contenders
from playground.engines.events import Finished
from playground.engines.local import LocalEngine
from playground.engines.protocol import Ask, Told
from playground.engines.roster import specs
from playground.engines.server.looking.described import told
from playground.engines.workers import Workers
from playground.models import sampling
from playground.models.sampling import UNKNOWN, Sampling
from playground.prompt.conversation import Conversation, Settings

FAMILY = Sampling(1.0, 0.95, 64)


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ('{"do_sample": true, "temperature": 0.3, "top_p": 0.8, "top_k": 20}', (0.3, 0.8, 20)),
        ('{"temperature": 1, "top_k": 0}', (1.0, 0.95, 0)),
        ('{"do_sample": false, "temperature": 0.7}', (0.0, 0.95, 64)),
        ('{"temperature": "hot", "top_p": 0, "top_k": 2.5}', (1.0, 0.95, 64)),
        ('{"temperature": NaN, "top_p": true, "top_k": -1}', (1.0, 0.95, 64)),
        ('{"temperature": 1e400, "top_p": [0.5], "top_k": 1001}', (1.0, 0.95, 64)),
        (f'{{"temperature": 1{"0" * 400}, "top_k": 1{"0" * 400}}}', (1.0, 0.95, 64)),
        ("{}", (1.0, 0.95, 64)),
        ("[]", (1.0, 0.95, 64)),
        (None, (1.0, 0.95, 64)),
    ],
)
def test_a_checkpoints_own_and_the_familys_where_it_says_nothing(
    said: str | None, expected: tuple[float, float, int], tmp_path: Path
) -> None:
    if said is not None:
        (tmp_path / "generation_config.json").write_text(said)
    assert sampling.read(tmp_path) == Sampling(*expected)


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        (
            {"default_generation_settings": {"params": {"temperature": 0.800000011920929,
             "top_k": 40, "top_p": 0.949999988079071, "min_p": 0.05}}},
            Sampling(0.8, 0.95, 40),
        ),
        ({"parameters": 'temperature    1\ntop_k  64\ntop_p   0.95\nstop  "<a> <b>"'}, FAMILY),
        ({"parameters": "temperature much\ntop_k\n"}, UNKNOWN),
        ({"default_generation_settings": {"params": [1]}}, UNKNOWN),
        ({"default_generation_settings": "no", "parameters": 7}, UNKNOWN),
        ({"max_model_len": 4096}, UNKNOWN),
    ],
)  # fmt: skip
def test_what_servers_say_of_theirs(said: dict[str, Any], expected: Sampling) -> None:
    kind = (
        "ollama"
        if "parameters" in said and "default_generation_settings" not in said
        else "llama.cpp"
    )
    assert told(kind, {"about": said}, "m").sampling == expected


def test_only_what_a_person_chose_stands_above_the_models_own() -> None:
    own = Sampling(0.2, 0.95, 64)
    used = Settings(top_k=0, seed=3, thinking=True).settled(own)
    assert used == Settings(temperature=0.2, top_p=0.95, top_k=0, seed=3, thinking=True)
    assert Settings(temperature=0.0).settled(own).temperature == 0.0
    assert Settings().settled(UNKNOWN) == Settings()
    assert (own.words, UNKNOWN.words) == ("temperature 0.2 · top-p 0.95 · top-k 64", "")


class Listening:
    """A worker's connection that keeps what it is sent, and ends each answer at once."""

    def __init__(self) -> None:
        self.sent: list[Any] = []

    def send(self, message: Any) -> None:
        self.sent.append(message)

    def poll(self, _: float) -> bool:
        return True

    def recv(self) -> Told:
        return Told(self.sent[-1].number, Finished(time.perf_counter(), "stop"))


def test_the_engine_fills_in_and_the_answer_records_it() -> None:
    model = specs.find("demo:E2B")
    engine, connection = LocalEngine(model, Workers()), Listening()
    engine._worker = type("Worker", (), {"connection": connection, "pid": 0})()  # type: ignore[assignment]
    list(engine.stream(Conversation.ask("Hi"), Settings(top_p=0.5), threading.Event()))
    (asked,) = connection.sent
    assert isinstance(asked, Ask)
    assert asked.settings == Settings(temperature=0.2, top_p=0.5, top_k=64)
    (contender,) = contenders([(model, Settings(top_p=0.5))])
    assert Answer(contender, Conversation.ask("Hi")).settings == asked.settings
    assert contender.settings == Settings(top_p=0.5)
