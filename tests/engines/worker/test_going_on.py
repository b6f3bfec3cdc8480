"""An answer that was begun, or cut, goes on as if nothing had been between."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import pytest

from playground.engines.events import Chunk, Finished, Read
from playground.engines.roster import demo_files, specs
from playground.engines.worker import processor
from playground.engines.worker.answering import Answering
from playground.engines.worker.weights.checkpoint import load
from playground.prompt import tokens
from playground.prompt.conversation import Begun, Conversation, Settings
from playground.prompt.cost import PromptTokens

ASK = Conversation.ask("Who are you?")
GREEDY = Settings(temperature=0, max_tokens=40)


@pytest.fixture(scope="module", params=["E2B", "31B"])
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def answering(name: str) -> Iterator[Answering]:
    processor.prepare()
    yield Answering(load(str(demo_files.DEMO / name.lower()), "float32"))


def ask(
    answering: Answering, conversation: Conversation, settings: Settings
) -> tuple[Sequence[Chunk], PromptTokens, str]:
    """Chunks, what the prompt cost, and how it ended."""
    events = list(answering.answer(conversation, settings, lambda: False))
    (read,) = [event for event in events if isinstance(event, Read)]
    last = events[-1]
    assert isinstance(last, Finished)
    return [event for event in events if isinstance(event, Chunk)], read.prompt, last.reason


def said(chunks: Sequence[Chunk], channel: str = "answer") -> str:
    return "".join(chunk.text for chunk in chunks if chunk.channel == channel)


@pytest.mark.parametrize("thinking", [False, True], ids=["plain", "thinking"])
def test_a_cut_answer_goes_on_to_the_same_end(
    answering: Answering, name: str, thinking: bool
) -> None:
    settings = replace(GREEDY, thinking=thinking, max_tokens=80)
    whole, _, reason = ask(answering, ASK, settings)
    assert reason == "stop" and len(whole) > 4
    for most in (2, len(whole) // 2, len(whole) - 1):
        cut, _, how = ask(answering, ASK, replace(settings, max_tokens=most))
        assert how == "length"
        told = Begun(said(cut), said(cut, "thinking"))
        if not (told.text or told.thinking):
            continue
        on = replace(ASK, begun=told)
        rest, cost, reason = ask(answering, on, settings)
        assert reason == "stop"
        for channel in ("thinking", "answer"):
            assert said(cut, channel) + said(rest, channel) == said(whole, channel), most
        assert len(rest) <= len(whole) - most + 1, "what was there before counts as generated"
        assert cost.total - (cost.cached or 0) <= 3, "what was said is read again"
        assert replace(cost, cached=0) == tokens.count(on, settings, specs.find(f"demo:{name}"))


def test_an_answer_is_begun_for_the_model(answering: Answering, name: str) -> None:
    begun = replace(GREEDY, begun="I am a <turn|> cat, and")
    rest, cost, _ = ask(answering, ASK, begun)
    plain, without, _ = ask(answering, ASK, GREEDY)
    assert said(rest) != said(plain)
    assert cost.cached == 0 and cost.text > without.text + 4
    assert cost == tokens.count(ASK, begun, specs.find(f"demo:{name}"))
