"""What is kept of a conversation: the second round reads only what is new, and answers as if it had read it all."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
import torch

from playground.engines.events import Chunk, Event, Finished, Read
from playground.engines.roster import demo_files
from playground.engines.worker import processor
from playground.engines.worker.answering import Answering
from playground.engines.worker.prefix.cache import SLACK, fresh, place, put_back
from playground.engines.worker.weights.checkpoint import Checkpoint, load
from playground.prompt import media
from playground.prompt.conversation import Conversation, Image, Message, Settings, Text
from playground.prompt.cost import PromptTokens

SAMPLES = Path(__file__).parents[4] / "assets" / "samples"
LONG = "The red circle is left of the blue square. " * 54
"""More than the window of the demo models' sliding layers."""

GREEDY = Settings(temperature=0, max_tokens=5)


@pytest.fixture(scope="module", params=["e2b", "31b"])
def checkpoint(request: pytest.FixtureRequest) -> Iterator[Checkpoint]:
    """Keys and values shared by layers; pictures that see themselves both ways, and a thought's empty block."""
    processor.prepare()
    yield load(str(demo_files.DEMO / request.param), "float32")


@pytest.fixture
def keeping(checkpoint: Checkpoint) -> Answering:
    return Answering(checkpoint)


@pytest.fixture(scope="module")
def pictures() -> tuple[Image, Image]:
    found = [
        media.read(name, (SAMPLES / name).read_bytes())[0] for name in ("word.png", "one-shape.png")
    ]
    assert isinstance(found[0], Image) and isinstance(found[1], Image)
    return found[0], found[1]


def never() -> bool:
    return False


def ask(
    answering: Answering, conversation: Conversation, settings: Settings = GREEDY
) -> tuple[str, str, PromptTokens]:
    """Thought, answer, and what the prompt cost."""
    events = list(answering.answer(conversation, settings, never))
    (read,) = [event for event in events if isinstance(event, Read)]
    assert isinstance(events[-1], Finished)
    return _said(events, "thinking"), _said(events, "answer"), read.prompt


def _said(events: Sequence[Event], channel: str) -> str:
    return "".join(one.text for one in events if isinstance(one, Chunk) and one.channel == channel)


def on(conversation: Conversation, answer: str, question: str, *parts: Any) -> Conversation:
    """The next round."""
    told = Message("model", (Text(answer),))
    return Conversation((*conversation.messages, told, *Conversation.ask(question, parts).messages))


@pytest.mark.parametrize(
    ("words", "thinking", "drawn"),
    [("Short.", False, True), (LONG, True, False)],
    ids=["within the window, seeded", "beyond it, thinking"],
)
def test_three_rounds_answer_as_if_all_was_read(
    keeping: Answering,
    checkpoint: Checkpoint,
    pictures: tuple[Image, Image],
    words: str,
    thinking: bool,
    drawn: bool,
) -> None:
    settings = Settings(
        temperature=1.0 if drawn else 0, seed=3, max_tokens=16 if thinking else 5, thinking=thinking
    )
    conversation = Conversation.ask(words, pictures[:1], "Be brief.")
    for number, question in enumerate(("What is it?", "And this?", "Once more?")):
        thought, answer, cost = ask(keeping, conversation, settings)
        plain = ask(Answering(checkpoint), conversation, settings)
        assert (thought, answer) == plain[:2], number
        assert plain[2].cached == 0
        assert cost.total == plain[2].total
        if number:
            new = cost.total - (cost.cached or 0)
            assert cost.cached and new < 60 + (cost.image // 2 if number == 1 else 0)
        else:
            assert cost.cached == 0
        more = pictures[1:] if number == 0 else ()
        conversation = on(conversation, answer or "Hm.", question, *more)


def test_another_picture_of_the_same_size_is_read(
    keeping: Answering, pictures: tuple[Image, Image]
) -> None:
    """The tokens of all pictures look alike."""
    first, second = (Conversation.ask("What is it?", (one,)) for one in pictures)
    ask(keeping, first)
    _, _, same = ask(keeping, on(first, "A word.", "Sure?"))
    _, _, other = ask(keeping, on(second, "A word.", "Sure?"))
    assert same.cached and same.cached > same.image
    assert other.cached is not None and other.cached < 8


def test_the_question_itself_is_always_read(keeping: Answering) -> None:
    first = Conversation.ask(LONG)
    assert ask(keeping, first)[2].cached == ask(keeping, first)[2].cached == 0
    second = on(first, ask(keeping, first)[1], "And then?")
    costs = [ask(keeping, second)[2] for _ in range(2)]
    known = [cost.cached or 0 for cost in costs]
    # The second time the short answer is known whole, with its closing marks; nothing of the question.
    assert 0 < known[0] <= known[1] <= known[0] + 12 and known[1] < costs[0].total - 5


def test_an_earlier_question_may_be_changed(keeping: Answering, checkpoint: Checkpoint) -> None:
    first = Conversation.ask(LONG)
    answer = ask(keeping, first)[1]
    second = on(first, answer, "And then?")
    ask(keeping, second)
    for branch in (on(first, answer, "Instead?"), second):
        _, said, cost = ask(keeping, branch)
        assert said == ask(Answering(checkpoint), branch)[1]
        assert cost.cached and cost.total - cost.cached < 50


def test_two_contenders_of_one_model_do_not_push_each_other_out(keeping: Answering) -> None:
    ours, theirs = (Conversation.ask(f"{name}: {LONG}") for name in ("A", "B"))
    for one in (ours, theirs):
        ask(keeping, one)
    for one in (ours, theirs):
        _, _, cost = ask(keeping, on(one, "Yes.", "And then?"))
        assert cost.cached and cost.total - cost.cached < 50


def test_a_stopped_prompt_is_known_as_far_as_it_was_read(
    keeping: Answering, checkpoint: Checkpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("playground.engines.worker.prefill.BLOCK_ON_CPU", 128)
    asks = 0

    def counted() -> bool:
        nonlocal asks
        asks += 1
        return asks >= most

    most = 10**9
    first = Conversation.ask("Hello.")
    list(keeping.answer(first, GREEDY, counted))
    most, asks = int(2.5 * asks), 0  # in the midst of the third block
    second = on(first, "Hello.", LONG)
    *_, last = keeping.answer(second, GREEDY, counted)
    assert isinstance(last, Finished) and last.reason == "stopped"
    third = on(second, "Hm.", "Yes?")
    _, said, cost = ask(keeping, third)
    assert said == ask(Answering(checkpoint), third)[1]
    assert cost.cached and 256 <= cost.cached < 400


def test_a_turn_that_goes_on_is_not_read_again(keeping: Answering) -> None:
    from playground.prompt.conversation import ToolCall, ToolResult

    first = Conversation.ask(LONG)
    ask(keeping, first)
    told = Message("model", (ToolCall("clock", {}), ToolResult("clock", {"now": 12})))
    turn = Conversation((*first.messages, told))
    _, _, cost = ask(keeping, turn)
    assert cost.cached and cost.total - cost.cached < 60


def test_no_more_is_kept_than_there_is_room(checkpoint: Checkpoint) -> None:
    answering = Answering(checkpoint)
    kept = answering._kept
    kept._room //= 2
    most = 0
    for number in range(6):
        ask(answering, Conversation.ask(f"{number}: {LONG}"))
        most = max(most, kept.bytes)
        assert kept.bytes <= kept._room
    assert most
    answering.forget()
    assert kept.bytes == 0


def test_a_broken_answer_leaves_nothing(
    keeping: Answering, checkpoint: Checkpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    ask(keeping, Conversation.ask(LONG))
    assert keeping._kept.bytes
    monkeypatch.setattr("playground.engines.worker.answering.Sampler.choose", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        ask(keeping, Conversation.ask("Hello."))
    assert keeping._kept.bytes == 0


@pytest.mark.parametrize("length", [100, 700])
def test_a_cache_goes_back_to_a_place_and_a_little_before_it(
    checkpoint: Checkpoint, length: int
) -> None:
    model = checkpoint.model
    ids = torch.randint(5, 1000, (1, length + 40))
    with torch.inference_mode():
        whole = fresh(model)
        model(input_ids=ids[:, :length], past_key_values=whole, use_cache=True)
        there = place(whole)
        model(input_ids=ids[:, length:], past_key_values=whole, use_cache=True)
        from playground.engines.worker.prefix.cache import full

        for before in (0, SLACK - 1):
            again, straight = fresh(model), fresh(model)
            put_back(again, full(whole), there, length - before)
            assert again.get_seq_length() == length - before
            model(input_ids=ids[:, : length - before], past_key_values=straight, use_cache=True)
            rest = ids[:, length - before :]
            one = model(input_ids=rest, past_key_values=again, use_cache=True).logits
            other = model(input_ids=rest, past_key_values=straight, use_cache=True).logits
            torch.testing.assert_close(one, other, atol=1e-3, rtol=1e-3)
    assert there.reach(length + 7) == length
    far = length - 2 * SLACK
    assert there.reach(far) == (far if length < 512 else None)
