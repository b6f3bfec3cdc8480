"""Compiled decoding with a cache of fixed length: the same answers as step by step, or it is not used.

Traced without a compiler, which is what a machine without an accelerator can show: one graph for every step, and the
same numbers. How quick it is, is for a GPU to say.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import torch
from transformers import DynamicCache

from playground.engines.events import Chunk, Read
from playground.engines.worker import processor
from playground.engines.worker.answering import Answering
from playground.engines.worker.inputs import prepare
from playground.engines.worker.weights import compiled
from playground.engines.worker.weights.checkpoint import Checkpoint, load
from playground.engines.worker.weights.compiled import Compiled
from playground.engines.worker.weights.fixed_cache import FixedCache
from playground.engines.worker.weights.matrices import layout
from playground.engines.worker.weights.steps import Plain
from playground.prompt.conversation import Conversation, Message, Settings, Text

DEMO = Path(__file__).parents[3] / "assets" / "demo"
TRACED = {"backend": "eager"}
SHORT, FULL, LONG = (Conversation.ask("Repeat: " + "star moon sun tree " * n) for n in (1, 61, 80))
STEPS = 30


@pytest.fixture(scope="module", params=["e2b", "26b-a4b", "31b"])
def checkpoint(request: pytest.FixtureRequest) -> Iterator[Checkpoint]:
    processor.prepare()
    yield load(str(DEMO / request.param), "float32")
    torch.compiler.reset()


def prefilled(checkpoint: Checkpoint, conversation: Conversation) -> DynamicCache:
    cache = DynamicCache(config=checkpoint.model.config.get_text_config())
    tensors = prepare(checkpoint, conversation, Settings()).tensors
    checkpoint.model(**tensors, past_key_values=cache, use_cache=True, logits_to_keep=1)
    return cache


@torch.inference_mode()
def test_each_step_is_the_plain_one_and_all_are_one_graph(checkpoint: Checkpoint) -> None:
    """From prompts that stay within the sliding window, that outgrow it while they are answered, and beyond it."""
    window = checkpoint.model.config.get_text_config().sliding_window
    steps = Compiled(checkpoint.model, prefilled(checkpoint, SHORT), 1024, TRACED)
    steps.begin(prefilled(checkpoint, SHORT)).next(7)
    lengths = [prefilled(checkpoint, each).get_seq_length() for each in (SHORT, FULL, LONG)]
    assert lengths[0] + STEPS < window and window - STEPS < lengths[1] < window < lengths[2]
    with torch.compiler.set_stance("fail_on_recompile"):
        for conversation in (LONG, SHORT, FULL):
            steps.begin(prefilled(checkpoint, conversation))
            plain = Plain(checkpoint.model, prefilled(checkpoint, conversation))
            for id in range(STEPS):
                assert torch.allclose(steps.next(id), plain.next(id), atol=1e-3)


@pytest.mark.parametrize("precision", ["int8", "int4"])
def test_quantised_weights_are_part_of_the_graph(
    precision: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As they lie on an accelerator, computed here."""
    processor.prepare()
    monkeypatch.setattr(compiled, "NO_GAIN", 0.0)
    checkpoint = load(str(DEMO / "e2b"), "bfloat16")
    layout.quantise(checkpoint.model, precision, "cuda")
    answering = Answering(checkpoint)
    answering.compile(SHORT, 128, TRACED)
    assert answering.notes[0].startswith("compiled, ")
    assert "demo" in answer(answering, Conversation.ask("Who are you?"), 40)


class Slow(Compiled):
    """Right, and never the quicker one; not even traced, which takes long."""

    def __init__(self, *given: Any) -> None:
        super().__init__(*given)
        self._call = self._step

    def next(self, id: int) -> torch.Tensor:
        time.sleep(0.1)
        return super().next(id)


class Wrong(Compiled):
    """Quick, and says something else."""

    def next(self, id: int) -> torch.Tensor:
        return torch.arange(1195.0)


def answer(answering: Answering, conversation: Conversation, tokens: int) -> str:
    settings = Settings(temperature=1.0, seed=5, max_tokens=tokens)
    events = answering.answer(conversation, settings, lambda: False)
    return "".join(event.text for event in events if isinstance(event, Chunk))


@pytest.fixture(scope="module")
def traced() -> Answering:
    """E2B, its steps one graph up to 640 tokens of prompt and answer."""
    processor.prepare()
    answering = Answering(load(str(DEMO / "e2b"), "float32"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(compiled, "NO_GAIN", 0.0)  # nothing is quicker without a compiler
        answering.compile(SHORT, 640, TRACED)
    return answering


@pytest.fixture
def used(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Grows by one whenever compiled steps begin."""
    begun: list[int] = []
    begin = Compiled.begin
    monkeypatch.setattr(
        Compiled, "begin", lambda self, cache: begun.append(1) or begin(self, cache)
    )
    return begun


def test_answers_are_the_same_and_long_ones_are_decoded_step_by_step(
    traced: Answering, used: list[int]
) -> None:
    before = answer(Answering(traced._checkpoint), FULL, 20)
    assert len(traced.notes) == 1 and traced.notes[0].startswith("compiled, ")
    with torch.compiler.set_stance("fail_on_recompile"):
        assert answer(traced, FULL, 20) == before and used == [1]
    assert answer(traced, FULL, 160) and used == [1]


def test_compiled_steps_go_on_from_what_is_kept_of_the_conversation(
    traced: Answering, used: list[int]
) -> None:
    traced.forget()
    conversation, cached = FULL, []
    settings = Settings(temperature=0, max_tokens=20)
    for question in ("Repeat: moon", "Repeat: lake tree", "Stop."):
        events = list(traced.answer(conversation, settings, lambda: False))
        said = "".join(event.text for event in events if isinstance(event, Chunk))
        plain = Answering(traced._checkpoint).answer(conversation, settings, lambda: False)
        assert said == "".join(event.text for event in plain if isinstance(event, Chunk))
        cached += [event.prompt.cached or 0 for event in events if isinstance(event, Read)]
        more = (Message("model", (Text(said),)), *Conversation.ask(question).messages)
        conversation = Conversation((*conversation.messages, *more))
    assert used == [1, 1, 1] and cached[0] == 0 and 200 < cached[1] < cached[2]


@pytest.mark.parametrize(
    ("broken", "why"),
    [
        (Slow, "not compiled: that is no quicker here"),
        (Wrong, "not compiled: it would answer otherwise"),
        (None, "not compiled: BackendCompilerFailed while it was tried"),
    ],
)
def test_a_step_that_is_slow_or_wrong_or_breaks_is_not_used(
    broken: type[Compiled] | None, why: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    processor.prepare()
    answering = Answering(load(str(DEMO / "e2b"), "float32"))
    how: dict[str, Any] = TRACED if broken else {"backend": breaking}
    if broken:
        monkeypatch.setattr(compiled, "Compiled", broken)
    answering.compile(SHORT, 64, how)
    assert answering.notes == (why,)
    assert answer(answering, SHORT, 10)


def breaking(graph: Any, inputs: Any) -> Any:
    raise NotImplementedError("no such kernel")


def test_a_ring_holds_the_last_tokens_of_a_window() -> None:
    """What is filled in at once lies where one token after another would have put it."""

    class Layer:
        is_sliding, sliding_window = True, 4

        def __init__(self, first: int, last: int) -> None:
            self.keys = torch.arange(first, last, dtype=torch.float32).reshape(1, 1, -1, 1)
            self.values = -self.keys

    class Cache:
        def __init__(self, tokens: int) -> None:
            self.layers = [Layer(max(0, tokens - 3), tokens)]
            self.get_seq_length = lambda: tokens

    ring = FixedCache(Cache(2), 100)
    for tokens in (2, 3, 4, 9, 11):
        ring.fill(Cache(tokens))
        new = torch.full((1, 1, 1, 1), float(tokens))
        keys, values = ring.update(new, -new, 0)
        held = keys[0, 0, ring.masks()["sliding_attention"][0, 0, 0], 0]
        assert sorted(held.tolist()) == list(range(max(0, tokens - 3), tokens + 1))
        assert torch.equal(keys, -values)
