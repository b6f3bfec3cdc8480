"""What is sent to each kind of server."""

from __future__ import annotations

import json
from typing import Any

import pytest

from playground.engines.server.profiles import PROFILES
from playground.engines.server.request import messages, remarks, request, unsent
from playground.models.servers import KINDS
from playground.prompt.conversation import (
    Audio,
    Begun,
    Conversation,
    Image,
    Message,
    Settings,
    Text,
    ToolCall,
    ToolResult,
    Video,
)

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
    assert result["name"] == "f", "templates look there"
    assert json.loads(result["content"]) == {"sky": "sunny"}


def test_the_same_words_before_and_after_a_call_are_both_sent() -> None:
    parts = (Text("Well."), ToolCall("f", {}), ToolResult("f", 42), Text("Well."))
    asked = Conversation((Message("user", (Text("How much?"),)), Message("model", parts)))
    sent = messages(asked)
    assert [one["role"] for one in sent] == ["user", "assistant", "tool", "assistant"]
    assert [one["content"] for one in sent] == ["How much?", "Well.", "42", "Well."]


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


def test_the_budget_holds_for_the_pictures_of_a_clip() -> None:
    kind = "vllm"
    clip = Conversation.ask("What?", (Video("a.mp4", (PICTURE,), (0.0,), 1.0),))
    sent_along = sent(kind, Settings(image_tokens=70), clip)["extra_body"]
    assert sent_along["mm_processor_kwargs"] == {"max_soft_tokens": 70}
    sound = Conversation.ask("What?", (SOUND,))
    assert "mm_processor_kwargs" not in sent(kind, Settings(image_tokens=70), sound)["extra_body"]


def test_ollama_gets_pictures_first_and_words_in_one_piece() -> None:
    """It makes a message of each part: words and pictures in turns would be a conversation."""
    clip = Video("a.mp4", (PICTURE, PICTURE), (0.0, 65.0), 70.0)
    asked = Conversation.ask("What?", (clip, PICTURE), system="Be brief.")
    system, message = sent("ollama", Settings(), asked)["messages"]
    assert system == {"role": "system", "content": "Be brief."}
    assert [part["type"] for part in message["content"]] == ["image_url"] * 3 + ["text"]
    words = "Pictures 1 to 2 are frames of a clip, at 00:00, 01:05.\nWhat?"
    assert message["content"][-1]["text"] == words
    (said,) = remarks(asked, Settings(), PROFILES["ollama"], "home")
    assert said.startswith("home makes a message of each picture: the clip went as 2 pictures")
    assert not remarks(asked, Settings(), PROFILES["vllm"], "lab")
    assert not remarks(
        Conversation.ask("What?", (PICTURE,)), Settings(), PROFILES["ollama"], "home"
    )


def test_ollama_a_second_clip_begins_where_the_first_ends() -> None:
    one, two = (Video(f"{n}.mp4", (PICTURE,) * n, tuple(map(float, range(n))), 2.0) for n in (1, 2))
    (message,) = messages(Conversation.ask("", (one, two)), apart=True)
    assert message["content"][-1]["text"] == (
        "Picture 1 is a frame of a clip, at 00:00.\n"
        "Pictures 2 to 3 are frames of a clip, at 00:00, 00:01."
    )


def test_transformers_serve_gets_no_field_that_it_rejects() -> None:
    asked = sent("transformers", Settings(seed=3))
    assert set(asked["extra_body"]) == {"chat_template_kwargs"}
    assert "stream_options" not in asked and asked["seed"] == 3


def test_a_schema_and_tools() -> None:
    schema, tool = {"type": "object"}, {"type": "function", "function": {"name": "f"}}
    asked = sent("vllm", Settings(schema=schema, tools=(tool,)))
    assert asked["response_format"]["json_schema"]["schema"] == schema
    assert asked["tools"] == [tool] and "strict" not in asked["response_format"]["json_schema"]


@pytest.mark.parametrize("kind", ["lmstudio", "other"])
def test_a_schema_is_called_strict_where_it_would_not_hold_otherwise(kind: str) -> None:
    assert sent(kind, Settings(schema={}))["response_format"]["json_schema"]["strict"] is True


@pytest.mark.parametrize(
    ("kind", "off"), [("vllm", -1), ("sglang", -1), ("llama.cpp", 0), ("lmstudio", 0)]
)
def test_top_k_is_always_said_where_it_is_known(kind: str, off: int) -> None:
    """Left out, llama.cpp takes 40 and vLLM the checkpoint's; SGLang refuses 0."""
    assert sent(kind, Settings(top_k=0))["extra_body"]["top_k"] == off
    assert sent(kind, Settings(top_k=7))["extra_body"]["top_k"] == 7


@pytest.mark.parametrize("kind", ["vllm", "sglang", "llama.cpp"])
def test_min_p_is_off_where_it_is_known(kind: str) -> None:
    assert sent(kind, Settings(temperature=1.0))["extra_body"]["min_p"] == 0.0


def test_nothing_punishes_repetition_where_a_server_would_by_itself() -> None:
    assert sent("lmstudio", Settings())["extra_body"]["repeat_penalty"] == 1.0


@pytest.mark.parametrize(("on", "level"), [(False, "minimal"), (True, "high")])
def test_gemini_gets_the_levels_that_it_knows_and_is_asked_for_thoughts(
    on: bool, level: str
) -> None:
    asked = sent("gemini", Settings(thinking=on))
    assert asked["reasoning_effort"] == level
    google = asked["extra_body"]["extra_body"]["google"]
    assert google == {"thinking_config": {"include_thoughts": True}}


@pytest.mark.parametrize(
    ("kind", "settings", "left"),
    [
        ("vllm", Settings(1.0, 0.95, 64, seed=1), ()),
        ("llama.cpp", Settings(1.0, 0.95, 64), ()),
        ("ollama", Settings(1.0, 0.95, 64, seed=1), ("top-k", "min-p")),
        ("transformers", Settings(1.0, 0.95, 64), ("top-k", "min-p")),
        ("lmstudio", Settings(1.0, 0.95, 64), ("min-p", "thinking")),
        ("gemini", Settings(1.0, 0.95, 64, seed=1), ("top-k", "min-p", "seed")),
        (
            "other",
            Settings(1.0, 0.95, 64, image_tokens=70),
            ("top-k", "min-p", "image budget", "thinking"),
        ),
        ("gemini", Settings(seed=1, temperature=0), ()),
    ],
)
def test_what_a_server_is_never_told_is_known(
    kind: str, settings: Settings, left: tuple[str, ...]
) -> None:
    """The greedy answer follows from none of top-k, min-p and seed."""
    asked = Conversation.ask("Hi", (PICTURE,))
    assert unsent(asked, settings, PROFILES[kind]) == left
    words = remarks(asked, settings, PROFILES[kind], "lab")
    assert words == ((f"Not sent to lab, which has its own: {', '.join(left)}.",) if left else ())


@pytest.mark.parametrize("kind", KINDS)
def test_only_what_a_person_chose_of_the_sampling_is_sent(kind: str) -> None:
    asked = sent(kind, Settings())
    assert not {"temperature", "top_p", "top_k"} & {*asked, *asked.get("extra_body", {})}
    asked = sent(kind, Settings(temperature=0, top_p=0.5))
    assert (asked["temperature"], asked["top_p"]) == (0, 0.5)


@pytest.mark.parametrize(
    ("kind", "fields"),
    [
        ("vllm", {"continue_final_message": True, "add_generation_prompt": False}),
        ("sglang", {"continue_final_message": True}),
        ("llama.cpp", {"continue_final_message": "content", "add_generation_prompt": False}),
    ],
)
def test_an_answer_that_was_begun_goes_in_each_kinds_own_way(
    kind: str, fields: dict[str, object]
) -> None:
    """Whether a person began it, or the model said it before it was cut."""
    profile = PROFILES[kind]
    plain = sent(kind, Settings())
    for asked, settings in (
        (Conversation.ask("Hi"), Settings(begun="Well,")),
        (Conversation(Conversation.ask("Hi").messages, Begun("Well,")), Settings()),
    ):
        told = request(asked, settings, "m", profile)
        assert told["messages"][-1] == {"role": "assistant", "content": "Well,"}
        assert {**plain["extra_body"], **fields} == told["extra_body"]
    thought = Conversation(Conversation.ask("Hi").messages, Begun("Well,", "Hm."))
    last = request(thought, Settings(thinking=True), "m", profile)["messages"][-1]
    assert ("Hm." in last.values()) == (profile.goes_on == "thought")
    said = [one for one in remarks(thought, Settings(), profile, "lab") if "thought" in one]
    assert bool(said) == (profile.goes_on == "answer")


def test_kinds_that_have_no_way_to_go_on_are_never_asked_to() -> None:
    """Ollama's renderer of Gemma 4 closes the last turn whatever it holds (model/renderers/gemma4.go, 2026)."""
    able = {kind for kind, profile in PROFILES.items() if profile.goes_on != "no"}
    assert able == {"vllm", "sglang", "llama.cpp"}
