"""Ids into chunks: thoughts, answers, tool calls and characters of several tokens, with the demo family's tokenizer."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import pytest
from tokenizers import Tokenizer

from playground.engines.worker.channels import Channels, Words
from playground.engines.worker.weights.marks import Marks

TOKENIZER = Path(__file__).parents[3] / "assets" / "demo" / "e2b" / "tokenizer.json"


@pytest.fixture(scope="module")
def tokenizer() -> Tokenizer:
    return Tokenizer.from_file(str(TOKENIZER))


@pytest.fixture(scope="module")
def marks(tokenizer: Tokenizer) -> Marks:
    return Marks(
        thought_opens=tokenizer.token_to_id("<|channel>"),
        thought_closes=tokenizer.token_to_id("<channel|>"),
        call_opens=tokenizer.token_to_id("<|tool_call>"),
        call_closes=tokenizer.token_to_id("<tool_call|>"),
        ends=frozenset({tokenizer.token_to_id("<turn|>")}),
        turn_opens=tokenizer.token_to_id("<|turn>"),
        call_ends=tokenizer.token_to_id("<|tool_response>"),
    )


def follow(tokenizer: Tokenizer, marks: Marks, text: str, prompt: str = "") -> dict[str, str]:
    """What each channel says, after checking that every id was counted once."""
    ids = tokenizer.encode(text, add_special_tokens=False).ids
    before = tokenizer.encode(prompt, add_special_tokens=False).ids
    channels = Channels(SimpleNamespace(backend_tokenizer=tokenizer), marks, before)
    said: dict[str, str] = {}
    chunks = [channels.take(id, float(at)) for at, id in enumerate(ids)]
    assert sum(chunk.tokens for chunk in chunks) == len(ids)
    for chunk in chunks:
        said[chunk.channel] = said.get(chunk.channel, "") + chunk.text
    return said


def test_an_answer_alone(tokenizer: Tokenizer, marks: Marks) -> None:
    assert follow(tokenizer, marks, "A red circle.") == {"answer": "A red circle."}


def test_a_thought_and_an_answer(tokenizer: Tokenizer, marks: Marks) -> None:
    said = follow(tokenizer, marks, "<|channel>thought\nTwo and two.<channel|>Four.")
    assert said == {"thinking": "Two and two.", "answer": "Four."}


def test_a_thought_that_the_template_opened(tokenizer: Tokenizer, marks: Marks) -> None:
    said = follow(tokenizer, marks, "Hm.<channel|>Yes.", prompt="<|turn>model\n<|channel>thought\n")
    assert said == {"thinking": "Hm.", "answer": "Yes."}


def test_an_empty_thought_in_the_prompt_opens_nothing(tokenizer: Tokenizer, marks: Marks) -> None:
    prompt = "<|turn>model\n<|channel>thought\n<channel|>"
    assert follow(tokenizer, marks, "Yes.", prompt) == {"answer": "Yes."}


def test_a_thought_that_is_cut_off_is_no_answer(tokenizer: Tokenizer, marks: Marks) -> None:
    assert follow(tokenizer, marks, "<|channel>thought\nOn and on") == {"thinking": "On and on"}


def test_a_tool_call(tokenizer: Tokenizer, marks: Marks) -> None:
    call = 'call:weather{city:<|"|>Rome<|"|>,days:3}'
    assert follow(tokenizer, marks, f"<|tool_call>{call}<tool_call|>") == {"tool_call": call}


@pytest.mark.parametrize(
    "text", ["naïve café", "日本語", "👩🏽\u200d🚀 ok", "  two  spaces ", "a\n\nb"]
)
def test_pieces_join_to_the_text(tokenizer: Tokenizer, text: str) -> None:
    ids = tokenizer.encode(text, add_special_tokens=False).ids
    words = Words(tokenizer)
    pieces = [words.take(id) for id in ids]
    assert "".join(pieces) == tokenizer.decode(ids)
    assert not any("\N{REPLACEMENT CHARACTER}" in piece for piece in pieces)


def test_bytes_that_are_no_character_do_not_stop_the_answer(tokenizer: Tokenizer) -> None:
    broken = tokenizer.token_to_id("<0xFF>")
    after = tokenizer.encode("ok", add_special_tokens=False).ids
    words = Words(tokenizer)
    assert "".join(words.take(id) for id in [broken, *after]).endswith("ok")
