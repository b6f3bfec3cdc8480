"""What ends an answer, with fine-tunes whose settings leave out one thing or another."""

from __future__ import annotations

import json
import shutil
import threading
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from playground.engines.events import Finished
from playground.engines.local import LocalEngine
from playground.engines.roster import demo_files, specs
from playground.engines.worker.weights.checkpoint import ends
from playground.engines.workers import Workers
from playground.prompt.conversation import Conversation, Settings

IDS = {"<eos>": 1, "<turn|>": 6, "<end>": 9}


class Tokenizer:
    unk_token_id = 3

    def __init__(self, eos: int | None, eot: str | None) -> None:
        self.eos_token_id = eos
        if eot is not None:
            self.eot_token = eot

    def convert_tokens_to_ids(self, name: str) -> int | None:
        return IDS.get(name, self.unk_token_id)


@pytest.mark.parametrize(
    ("said", "eos", "eot", "expected"),
    [
        ([1, 6], 1, "<turn|>", {1, 6}),
        ([1], 1, "<turn|>", {1, 6}),
        (1, 1, "<end>", {1, 9}),
        (None, 1, "<turn|>", {1, 6}),
        ([6], 1, None, {1, 6}),
        ([1, 106], None, "<gone>", {1, 106}),
        (None, None, "<gone>", set()),
    ],
)
def test_settings_and_tokenizer_together(
    said: Any, eos: int | None, eot: str | None, expected: set[int]
) -> None:
    model = SimpleNamespace(generation_config=SimpleNamespace(eos_token_id=said))
    assert ends(model, Tokenizer(eos, eot)) == expected


@pytest.mark.parametrize("eos", [[1], 1, None])
def test_a_fine_tune_that_lists_only_eos_stops_at_the_end_of_its_turn(
    eos: object, workers: Workers, tmp_path: Path
) -> None:
    path = tmp_path / "tuned"
    shutil.copytree(demo_files.DEMO / "e2b", path)
    said = json.loads((path / "generation_config.json").read_text())
    (path / "generation_config.json").write_text(json.dumps({**said, "eos_token_id": eos}))
    engine = LocalEngine(specs.find(f"local:{path}"), workers)
    try:
        engine.load(threading.Event())
        settings = Settings(temperature=0, max_tokens=100)
        *_, last = engine.stream(Conversation.ask("Hello!"), settings, threading.Event())
    finally:
        engine.close()
    assert isinstance(last, Finished) and last.reason == "stop"
