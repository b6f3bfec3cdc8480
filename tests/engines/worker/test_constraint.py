"""Answers of the demo family held to schemas: always valid or cut short, thought and stop untouched."""

from __future__ import annotations

import random
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import torch

from bench.random_schemas import schemas
from playground.engines.events import Chunk, Finished
from playground.engines.worker import processor
from playground.engines.worker.answering import Answering
from playground.engines.worker.constraint import Unheld
from playground.engines.worker.weights.checkpoint import load
from playground.prompt.conversation import Conversation, Settings
from playground.prompt.schema.grammar import fault
from playground.prompt.schema.judging import judge

DEMO = Path(__file__).parents[3] / "assets" / "demo"
SIZE = 1195
ASK = Conversation.ask("Who are you?")
PERSON = {
    "type": "object",
    "properties": {"name": {"type": "string", "maxLength": 12}, "tall": {"type": "boolean"}},
    "required": ["name", "tall"],
    "additionalProperties": False,
}


@cache
def answering(variant: str = "e2b") -> Answering:
    processor.prepare()
    return Answering(load(str(DEMO / variant), "float32"))


def say(settings: Settings, variant: str = "e2b", halted: Any = lambda: False) -> dict[str, Any]:
    said: dict[str, Any] = {"answer": "", "thinking": "", "tool_call": "", "tokens": 0}
    for event in answering(variant).answer(ASK, settings, halted):
        if isinstance(event, Chunk):
            said[event.channel] += event.text
            said["tokens"] += event.tokens
        elif isinstance(event, Finished):
            said["reason"] = event.reason
    return said


def test_random_schemas_are_satisfied_whatever_the_model_says() -> None:
    """Random logits in place of a model: 300 schemas, each answer valid or cut at 120 tokens."""
    model = answering()
    chance = torch.Generator().manual_seed(11)
    whole = 0
    for schema in schemas(4, 300):
        assert fault(schema) == ""
        held = model._grammars.begin(Settings(schema=schema), [], SIZE)
        assert held is not None
        ids: list[int] = []
        ends = model._checkpoint.marks.ends
        while not held.over and len(ids) < 120 and not (ids and ids[-1] in ends):
            logits = 4 * torch.randn(SIZE, generator=chance)
            held.restrict(logits)
            ids.append(int(logits.argmax()))
            held.take(ids[-1])
        if held.over or ids[-1] in ends:
            whole += 1
            answer = model._checkpoint.tokenizer.decode(ids, skip_special_tokens=True)
            assert judge(answer, schema).valid, (schema, answer)
    assert whole > 200


@pytest.mark.parametrize("variant", ["e2b", "31b"])
def test_a_model_satisfies_them_or_was_cut(variant: str) -> None:
    """Greedy and wild in turn."""
    chance = random.Random(variant)
    for number, schema in enumerate(schemas(chance.randrange(10**6), 4)):
        wild = {"temperature": 1.5, "top_k": 0, "top_p": 1.0} if number % 2 else {"temperature": 0}
        said = say(Settings(**wild, seed=number, max_tokens=32, schema=schema), variant)
        if said["reason"] == "length":
            assert said["tokens"] == 32
        else:
            assert said["reason"] == "stop"
            assert judge(said["answer"], schema).valid, (schema, said["answer"])


def test_blanks_never_run_on() -> None:
    """The likeliest token is a blank each time: the answer ends all the same."""
    model = answering()
    blanks = [
        id
        for text, id in model._checkpoint.tokenizer.get_vocab().items()
        if not text.strip("▁ \n\t")
    ]
    held = model._grammars.begin(Settings(schema=PERSON), [], SIZE)
    assert held is not None and blanks
    ids: list[int] = []
    while not held.over and len(ids) < 400:
        logits = torch.zeros(SIZE)
        logits[blanks] = 9.0
        held.restrict(logits)
        ids.append(int(logits.argmax()))
        held.take(ids[-1])
    assert held.over
    assert judge(model._checkpoint.tokenizer.decode(ids), PERSON).valid


def test_a_thought_is_free_and_the_answer_after_it_is_held() -> None:
    said = say(Settings(temperature=0, max_tokens=400, thinking=True, schema=PERSON))
    plain = say(Settings(temperature=0, max_tokens=400, thinking=True))
    assert plain["thinking"] and said["thinking"] == plain["thinking"]
    assert said["reason"] == "stop" and judge(said["answer"], PERSON).valid


def test_a_turn_can_not_end_within_a_thought() -> None:
    model = answering()
    marks = model._checkpoint.marks
    held = model._grammars.begin(
        Settings(schema=PERSON, thinking=True), [marks.thought_opens or 0], SIZE
    )
    assert held is not None
    logits = torch.zeros(SIZE)
    held.restrict(logits)
    assert all(logits[id] == -torch.inf for id in marks.ends)
    assert logits[marks.thought_closes] == 0


def test_a_call_may_come_instead_of_the_answer_and_is_free() -> None:
    model = answering()
    marks = model._checkpoint.marks
    tool = {"type": "function", "function": {"name": "f"}}
    for tools, may in (((tool,), True), ((), False)):
        held = model._grammars.begin(Settings(schema=PERSON, tools=tools), [], SIZE)
        assert held is not None
        logits = torch.zeros(SIZE)
        held.restrict(logits)
        assert bool(logits[marks.call_opens] == 0) is may
        if may:
            held.take(marks.call_opens or 0)
            after = torch.zeros(SIZE)
            held.restrict(after)
            assert not after.isinf().any() and not held.over


def test_the_same_seed_gives_the_same_answer_and_none_changes_nothing() -> None:
    settings = Settings(temperature=1.0, seed=5, max_tokens=60, schema=PERSON)
    assert say(settings) == say(settings)


def test_stop_ends_a_held_answer() -> None:
    heard = iter([False] * 8)
    said = say(
        Settings(
            temperature=0, schema={"type": "array", "items": {"type": "integer"}, "minItems": 99}
        ),
        halted=lambda: next(heard, True),
    )
    assert said["reason"] == "stopped"


@pytest.mark.parametrize(
    ("schema", "words"),
    [
        ({"not": {"type": "string"}}, "can't be held to not."),
        ({"type": "array", "uniqueItems": True}, "can't be held to uniqueItems."),
        ({"$ref": "#"}, "No answer satisfies the schema"),
        (
            {"type": "integer", "minimum": 3, "maximum": 2},
            "minimum (3) is greater than maximum (2)",
        ),
        ({"type": "object", "minProperties": 3}, "minProperties 3"),
        ({"oneOf": [{"type": "string"}, {"minLength": 2}]}, "write anyOf"),
    ],
)
def test_what_no_answer_can_be_held_to_is_one_sentence(schema: dict[str, Any], words: str) -> None:
    with pytest.raises(Unheld, match=r".") as caught:
        say(Settings(temperature=0, schema=schema))
    assert words in caught.value.reason and "\n" not in caught.value.reason
