"""Drafters: whatever they guess, the answer is the model's own; one that can't be used is left out with a reason."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch

from playground.engines.events import Chunk, Finished, Read
from playground.engines.local import LocalEngine
from playground.engines.roster import specs
from playground.engines.worker import processor
from playground.engines.worker.answering import Answering
from playground.engines.worker.inputs import prepare
from playground.engines.worker.weights.checkpoint import Checkpoint, load
from playground.engines.worker.weights.drafter import Drafter
from playground.engines.worker.weights.steps import Plain
from playground.engines.workers import Workers
from playground.prompt.conversation import Conversation, Message, Settings, Text

DEMO = Path(__file__).parents[3] / "assets" / "demo"
ROOT = Path(__file__).parents[3]

MAKE = """
import json, sys, torch
from playground.engines.worker.weights.drafter import make_buildable
make_buildable()
from transformers.models.gemma4_assistant import Gemma4AssistantConfig, Gemma4AssistantForCausalLM
for model, where, wide in json.load(sys.stdin):
    large = json.load(open(model + "/config.json"))["text_config"]
    torch.manual_seed(1)
    text = {key: large[key] for key in ("vocab_size", "head_dim", "num_key_value_heads", "sliding_window")}
    full = [k for k in large.get("per_layer_config", {}).values()]
    text |= {"global_head_dim": full[0]["head_dim"] if full else large["head_dim"]}
    if full and "num_key_value_heads" in full[0]:
        text |= {"num_global_key_value_heads": full[0]["num_key_value_heads"], "attention_k_eq_v": True}
    text |= {"hidden_size": 64, "intermediate_size": 64, "num_attention_heads": 4, "num_hidden_layers": 2,
             "num_kv_shared_layers": 2, "layer_types": ["sliding_attention", "full_attention"],
             "hidden_size_per_layer_input": 0, "vocab_size_per_layer_input": 0}
    config = Gemma4AssistantConfig(text_config=text, backbone_hidden_size=wide, use_ordered_embeddings=False)
    Gemma4AssistantForCausalLM(config).save_pretrained(where)
"""
LONG = Conversation.ask("Repeat: " + "star moon sun tree lake " * 45)


WIDE, OTHER = 128, 96


@pytest.fixture(scope="module")
def drafters(tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[str, int], Path]:
    """Tiny drafters with random weights for members of the demo family, and for one that is less wide; all made in one
    process, for what lets transformers build them changes its classes.
    """
    folder = tmp_path_factory.mktemp("drafters")
    wanted = [("e2b", WIDE), ("31b", WIDE), ("e2b", OTHER)]
    made = {(member, wide): folder / f"{member}-{wide}" for member, wide in wanted}
    given = [(str(DEMO / member), str(where), wide) for (member, wide), where in made.items()]
    subprocess.run(
        [sys.executable, "-c", MAKE],
        cwd=ROOT, input=json.dumps(given), text=True, check=True, capture_output=True,
    )  # fmt: skip
    return made


class Oracle(Drafter):
    """Guesses what it was told, with a wrong token now and then."""

    def __init__(self, tokens: list[int], wrong_every: int) -> None:
        self._tokens = tokens
        self._wrong_every = wrong_every
        self._asked = 0

    def guess(self, id: int, state: torch.Tensor, shared: dict[str, Any], place: int) -> list[int]:
        for pair in shared.values():
            assert all(part.shape[2] >= min(place, 511) for part in pair)
        self._asked += 1
        guesses = [*self._tokens[place + 1 : place + 4], 7, 7, 7][:3]
        if self._wrong_every and self._asked % self._wrong_every == 0:
            guesses[1] = 7
        return guesses


@pytest.fixture(scope="module", params=["e2b", "31b"])
def member(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def checkpoint(member: str, drafters: dict[tuple[str, int], Path]) -> Iterator[Checkpoint]:
    processor.prepare()
    yield load(str(DEMO / member), "float32", str(drafters[member, WIDE]))


def without(checkpoint: Checkpoint, drafter: Drafter | None = None) -> Checkpoint:
    return replace(checkpoint, drafter=drafter)


def answer(
    checkpoint: Checkpoint, conversation: Conversation, settings: Settings
) -> tuple[str, int, Finished]:
    events = list(Answering(checkpoint).answer(conversation, settings, lambda: False))
    chunks = [event for event in events if isinstance(event, Chunk)]
    finished = events[-1]
    assert isinstance(finished, Finished)
    return "".join(chunk.text for chunk in chunks), sum(chunk.tokens for chunk in chunks), finished


@pytest.mark.parametrize("temperature", [0.0, 1.5])
def test_a_drafter_that_knows_nothing_changes_no_word(
    checkpoint: Checkpoint, temperature: float
) -> None:
    """Beyond the sliding window, where what was guessed wrong has to be taken back."""
    assert checkpoint.drafting == "on"
    settings = Settings(temperature=temperature, top_p=1.0, top_k=0, seed=4, max_tokens=40)
    plain, drafted = (answer(one, LONG, settings) for one in (without(checkpoint), checkpoint))
    assert drafted[:2] == plain[:2] and drafted[2].reason == plain[2].reason
    assert plain[2].drafted == 0 < drafted[2].drafted


def test_it_goes_on_from_what_is_kept_of_the_conversation(checkpoint: Checkpoint) -> None:
    keeping, settings = Answering(checkpoint), Settings(temperature=0, max_tokens=24)
    conversation, cached = LONG, []
    for question in ("Repeat: moon", "Repeat: lake tree", "Stop."):
        events = list(keeping.answer(conversation, settings, lambda: False))
        said = "".join(event.text for event in events if isinstance(event, Chunk))
        assert said == answer(without(checkpoint), conversation, settings)[0]
        assert isinstance(events[-1], Finished) and events[-1].drafted
        cached += [event.prompt.cached or 0 for event in events if isinstance(event, Read)]
        told = Message("model", (Text(said),))
        more = Conversation.ask(question).messages
        conversation = Conversation((*conversation.messages, told, *more))
    assert cached[0] == 0 and 200 < cached[1] < cached[2]


@pytest.mark.parametrize("wrong_every", [0, 2])
def test_right_guesses_count_and_wrong_ones_do_no_harm(
    checkpoint: Checkpoint, wrong_every: int
) -> None:
    settings = Settings(temperature=0, max_tokens=40)
    text, count, plain = answer(without(checkpoint), LONG, settings)
    tokens = spoken(without(checkpoint), LONG, settings)
    oracle = Oracle(tokens, wrong_every)
    same, counted, finished = answer(without(checkpoint, oracle), LONG, settings)
    assert (same, counted, finished.reason) == (text, count, plain.reason)
    share = finished.accepted / finished.drafted
    assert share > 0.9 if not wrong_every else 0.4 < share < 0.9


def spoken(checkpoint: Checkpoint, asked: Conversation, settings: Settings) -> list[int]:
    """Prompt and answer as ids."""
    ids: list[int] = list(prepare(checkpoint, asked, settings).ids)
    heard = Plain.next

    def listen(self: Plain, id: int) -> torch.Tensor:
        ids.append(id)
        return heard(self, id)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Plain, "next", listen)
        answer(checkpoint, asked, settings)
    return ids


def test_a_drafter_of_another_variant_is_left_out(drafters: dict[tuple[str, int], Path]) -> None:
    processor.prepare()
    loaded = load(str(DEMO / "e2b"), "float32", str(drafters["e2b", OTHER]))
    assert loaded.drafter is None and loaded.drafting == "off: it belongs to another variant."


def test_a_drafter_that_is_broken_is_left_out_with_the_reason(tmp_path: Path) -> None:
    processor.prepare()
    for name in ("config.json", "model.safetensors"):
        shutil.copy(DEMO / "e2b" / name, tmp_path)
    config = json.loads((tmp_path / "config.json").read_text())
    (tmp_path / "config.json").write_text(json.dumps({**config, "model_type": "gemma4_assistant"}))
    loaded = load(str(DEMO / "e2b"), "float32", str(tmp_path))
    assert loaded.drafter is None and loaded.drafting.startswith("off: transformers ")
    text, _, finished = answer(loaded, Conversation.ask("Hello!"), Settings(temperature=0))
    assert text and finished.reason == "stop"


def test_a_drafter_that_breaks_at_work_is_left_out_before_anybody_asks(
    checkpoint: Checkpoint,
) -> None:
    class Broken(Drafter):
        def __init__(self) -> None:
            pass

        def guess(self, *_: Any) -> list[int]:
            raise RuntimeError("shapes do not match")

    answering = Answering(without(checkpoint, Broken()))
    answering.warm_up()
    assert answering.notes == ("drafter off: it does not fit this model (RuntimeError).",)
    events = list(answering.answer(Conversation.ask("Hello!"), Settings(), lambda: False))
    assert isinstance(events[-1], Finished)


def test_through_a_worker_it_is_said_and_counted(
    drafters: dict[tuple[str, int], Path], workers: Workers
) -> None:
    model = replace(specs.find("demo:E2B"), drafter=drafters["e2b", WIDE])
    engine = LocalEngine(model, workers)
    try:
        engine.load(threading.Event())
        asked, settings = Conversation.ask("Who are you?"), Settings(temperature=0)
        *_, finished = engine.stream(asked, settings, threading.Event())
    finally:
        engine.close()
    assert engine.notes == ("drafter on",)
    assert isinstance(finished, Finished) and finished.drafted > finished.accepted >= 0
