"""What is sent to each kind of server."""

from __future__ import annotations

import json
from typing import Any

import pytest

from playground.conversation import (
    Audio,
    Conversation,
    Image,
    Message,
    Settings,
    Text,
    ToolCall,
    ToolResult,
    Video,
)
from playground.engines.server.profiles import PROFILES
from playground.engines.server.request import messages, request
from playground.servers import KINDS

PICTURE = Image("a.png", b"png", 8, 8)
SOUND = Audio("a.wav", b"wav", 1.0)
STANDARD = {
    "model",
    "messages",
    "temperature",
    "top_p",
    "max_tokens",
    "stream",
    "stream_options",
    "seed",
}


def sent(kind: str, settings: Settings, conversation: Conversation | None = None) -> dict[str, Any]:
    return request(conversation or Conversation.ask("Hi"), settings, "m", PROFILES[kind])


@pytest.mark.parametrize("kind", KINDS)
def test_only_what_a_person_chose_of_the_sampling_is_sent(kind: str) -> None:
    asked = sent(kind, Settings())
    assert not {"temperature", "top_p", "top_k"} & {*asked, *asked.get("extra_body", {})}
    asked = sent(kind, Settings(temperature=0, top_p=0.5))
    assert (asked["temperature"], asked["top_p"]) == (0, 0.5)


def test_every_kind_has_its_profile() -> None:
    assert set(PROFILES) == set(KINDS)


def test_parts_in_order() -> None:
    asked = Conversation.ask("What?", (PICTURE, SOUND), system="Be brief.")
    assert messages(asked) == [
        {"role": "system", "content": "Be brief."},
        {
            "role": "user",
            "content": [
                {"type": "image_url", "image_url": {"url": "data:image/png;base64,cG5n"}},
                {"type": "text", "text": "What?"},
                {"type": "input_audio", "input_audio": {"data": "d2F2", "format": "wav"}},
            ],
        },
    ]


def test_words_alone_are_a_string() -> None:
    assert messages(Conversation.ask("Hi")) == [{"role": "user", "content": "Hi"}]


def test_a_clip_is_its_frames_with_their_times() -> None:
    clip = Video("a.mp4", (PICTURE, PICTURE), (0.0, 65.0), 70.0)
    (message,) = messages(Conversation.ask("What?", (clip,)))
    kinds = [part.get("text") or part["type"] for part in message["content"]]
    assert kinds == ["00:00 ", "image_url", " 01:05 ", "image_url", "What?"]


def test_a_tool_and_its_result() -> None:
    turn = Message("model", (ToolCall("f", {"city": "Rome"}), ToolResult("f", {"sky": "sunny"})))
    asked = Conversation((Message("user", (Text("Weather?"),)), turn))
    _, call, result = messages(asked)
    assert call["role"] == "assistant"
    assert json.loads(call["tool_calls"][0]["function"]["arguments"]) == {"city": "Rome"}
    assert result["role"] == "tool"
    assert result["tool_call_id"] == call["tool_calls"][0]["id"]
    assert json.loads(result["content"]) == {"sky": "sunny"}


@pytest.mark.parametrize("kind", ["huggingface", "other"])
def test_the_unknown_get_nothing_but_the_standard(kind: str) -> None:
    asked = sent(
        kind, Settings(thinking=True, image_tokens=70, seed=1), Conversation.ask("Hi", (PICTURE,))
    )
    assert set(asked) <= STANDARD


def test_thinking_is_always_said_where_it_can_be() -> None:
    for on in (True, False):
        for kind in ("vllm", "sglang", "llama.cpp", "transformers"):
            extra = sent(kind, Settings(thinking=on))["extra_body"]
            assert extra["chat_template_kwargs"]["enable_thinking"] is on
        assert sent("ollama", Settings(thinking=on))["reasoning_effort"] == (
            "high" if on else "none"
        )


def test_the_budget_of_a_picture_by_kind() -> None:
    settings, asked = Settings(image_tokens=560), Conversation.ask("Hi", (PICTURE,))
    vllm = sent("vllm", settings, asked)["extra_body"]
    assert vllm["mm_processor_kwargs"] == {"max_soft_tokens": 560}
    serve = sent("transformers", settings, asked)["extra_body"]
    assert serve["chat_template_kwargs"]["max_soft_tokens"] == 560
    assert "560" not in json.dumps(sent("llama.cpp", settings, asked))
    assert "560" not in json.dumps(sent("vllm", settings)), "no picture, no budget"


def test_transformers_serve_gets_no_field_that_it_rejects() -> None:
    asked = sent("transformers", Settings(seed=3))
    assert set(asked["extra_body"]) == {"chat_template_kwargs"}
    assert "stream_options" not in asked and asked["seed"] == 3


def test_a_schema_and_tools() -> None:
    schema, tool = {"type": "object"}, {"type": "function", "function": {"name": "f"}}
    asked = sent("vllm", Settings(schema=schema, tools=(tool,)))
    assert asked["response_format"]["json_schema"]["schema"] == schema
    assert asked["tools"] == [tool]
