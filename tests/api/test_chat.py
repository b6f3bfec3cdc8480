"""Chat completions in this process: fields, messages, tools, stops and ends, as OpenAI has them."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest

from playground.api.chat.fields import IGNORED, NEUTRAL, asked
from playground.api.chat.stops import Stops
from playground.api.faults import Fault
from playground.prompt.conversation import (
    Audio,
    Image,
    Message,
    Settings,
    Text,
    ToolCall,
    ToolResult,
)
from tests.api.conftest import PICTURE, Calling
from tests.media_files import tone, wav

HELLO = {"role": "user", "content": "Hello."}
WEATHER = {
    "type": "function",
    "function": {
        "name": "weather",
        "parameters": {"type": "object", "properties": {"city": {"type": "string"}}},
    },
}
CALL = '<|tool_call>call:weather{city:<|"|>Rome<|"|>}<tool_call|>'


def told(*messages: dict[str, Any], **fields: Any) -> dict[str, Any]:
    return {"model": "demo:E2B", "messages": [*messages] or [HELLO], **fields}


def ask(client: Any, *messages: dict[str, Any], **fields: Any) -> Any:
    return client.post("/v1/chat/completions", json=told(*messages, **fields))


def pieces(text: str) -> list[dict[str, Any]]:
    lines = [line.removeprefix("data: ") for line in text.split("\n") if line.startswith("data: ")]
    assert lines[-1] == "[DONE]"
    return [json.loads(line) for line in lines[:-1]]


def test_fields_become_settings() -> None:
    made = asked(
        told(
            temperature=0.5, top_p=0.9, top_k=-1, seed=7, max_completion_tokens=20, max_tokens=None,
            reasoning_effort="low", image_tokens=280, stop="END", store=True, user="me", n=1,
        )
    )  # fmt: skip
    assert made.settings == Settings(0.5, 0.9, 0, 7, 20, True, 280)
    assert (made.stops, made.store, made.stream) == (("END",), True, False)
    thinking = {"enable_thinking": False}
    assert not asked(told(reasoning_effort="high", chat_template_kwargs=thinking)).settings.thinking
    schema = {"type": "object", "properties": {"a": {"type": "integer"}}}
    form = {"type": "json_schema", "json_schema": {"name": "a", "schema": schema}}
    assert asked(told(response_format=form)).settings.schema == schema
    assert asked(told(response_format={"type": "json_object"})).settings.schema == {
        "type": "object"
    }


@pytest.mark.parametrize("name", sorted(IGNORED))
def test_what_no_answer_depends_on_is_ignored(name: str) -> None:
    assert asked(told(**{name: "anything"})) == asked(told())


@pytest.mark.parametrize("name", sorted(NEUTRAL))
def test_what_cannot_be_had_is_refused_by_its_name_unless_nothing_is_asked_of_it(name: str) -> None:
    for neutral in (None, *NEUTRAL[name]):
        asked(told(**{name: neutral}))
    with pytest.raises(Fault) as refused:
        asked(told(**{name: 7}))
    assert (refused.value.status, refused.value.param) == (400, name)
    assert name in refused.value.message


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("temperature", 3),
        ("temperature", "hot"),
        ("temperature", True),
        ("top_p", 0),
        ("top_k", 5000),
        ("top_k", 1.5),
        ("seed", -1),
        ("max_tokens", 10**9),
        ("max_tokens", 0),
        ("max_completion_tokens", 0),
        ("max_completion_tokens", False),
        ("stop", ["a", ""]),
        ("stop", ""),
        ("stop", False),
        ("stop", ["a"] * 17),
        ("stream", "yes"),
        ("stream_options", []),
        ("tools", {}),
        ("tools", [{"type": "function", "function": {"name": "a b"}}]),
        ("tool_choice", "required"),
        ("tool_choice", {"type": "function", "function": {"name": "weather"}}),
        ("response_format", {"type": "grammar"}),
        ("response_format", {"type": "json_schema", "json_schema": {"schema": {"type": "what"}}}),
        ("reasoning_effort", "much"),
        ("chat_template_kwargs", {"tools": []}),
        ("image_tokens", 100),
        ("functions", []),
        ("audio", {"voice": "alloy"}),
        ("model", 5),
        ("model", ""),
        ("messages", []),
        ("messages", "hello"),
        ("prediction", {}),
    ],
)
def test_a_wrong_field_is_named(calling: Calling, name: str, wrong: Any) -> None:
    fields = (
        {**told(), name: wrong} if name != "stream_options" else {**told(stream=True), name: wrong}
    )
    answered = calling().post("/v1/chat/completions", json=fields)
    error = answered.json()["error"]
    assert (answered.status_code, error["param"]) == (400, name)
    assert error["message"].endswith((".", ")")) and error["type"] == "invalid_request_error"


@pytest.mark.parametrize(
    ("name", "wrong", "beside"),
    [
        ("max_tokens", 10**9, {"max_completion_tokens": 20}),
        ("max_tokens", "many", {"max_completion_tokens": 20}),
        ("max_completion_tokens", 0, {"max_tokens": 20}),
        ("reasoning_effort", "much", {"chat_template_kwargs": {"enable_thinking": True}}),
        ("stream_options", [], {"stream": False}),
        ("tools", {}, {"tool_choice": "none"}),
    ],
)
def test_a_wrong_field_is_named_where_another_decides(
    name: str, wrong: Any, beside: dict[str, Any]
) -> None:
    with pytest.raises(Fault) as refused:
        asked(told(**beside, **{name: wrong}))
    assert refused.value.param == name


def test_of_two_lengths_the_newer_counts() -> None:
    for lengths in ({"max_completion_tokens": 20, "max_tokens": 30}, {"max_completion_tokens": 20}):
        assert asked(told(**lengths)).settings.max_tokens == 20
    assert asked(told(max_tokens=30)).settings.max_tokens == 30


def test_messages_become_a_conversation_with_parts_in_their_order() -> None:
    sound = base64.b64encode(wav(tone())).decode()
    made = asked(
        told(
            {"role": "developer", "content": "Be brief."},
            {"role": "user", "content": "First."},
            {"role": "assistant", "content": "Yes.", "reasoning_content": "thought"},
            {
                "role": "user",
                "content": [
                    {"type": "text", "text": "Look"},
                    {"type": "image_url", "image_url": {"url": PICTURE, "detail": "low"}},
                    {"type": "input_audio", "input_audio": {"data": sound, "format": "wav"}},
                ],
            },
        )
    ).conversation
    assert [one.role for one in made.messages] == ["system", "user", "model", "user"]
    assert made.messages[2] == Message("model", (Text("Yes."),))  # its turn is over
    text, image, audio = made.messages[3].parts
    assert text == Text("Look")
    assert isinstance(image, Image) and (image.width, image.height) == (40, 30)
    assert isinstance(audio, Audio) and audio.seconds > 0


def test_calls_and_results_belong_together_whatever_their_order() -> None:
    def call(id: str, city: str) -> dict[str, Any]:
        said = json.dumps({"city": city})
        return {"id": id, "type": "function", "function": {"name": "weather", "arguments": said}}

    made = asked(
        told(
            HELLO,
            {
                "role": "assistant",
                "content": "Wait.",
                "reasoning_content": "Two cities",
                "tool_calls": [call("a", "Rome"), call("b", "Oslo")],
            },
            {"role": "tool", "tool_call_id": "b", "content": '{"c": 3}'},
            {"role": "tool", "tool_call_id": "a", "content": "warm"},
            tools=[WEATHER],
        )
    ).conversation
    assert made.messages[-1] == Message(
        "model",
        (
            Text("Wait."),
            ToolCall("weather", {"city": "Rome"}),
            ToolCall("weather", {"city": "Oslo"}),
            ToolResult("weather", "warm"),
            ToolResult("weather", {"c": 3}),
        ),
        "Two cities",
    )


def test_an_answer_without_words_is_told_again_as_one() -> None:
    """As we gave it: one that thought for too long."""
    empty = {"role": "assistant", "content": ""}
    made = asked(told(HELLO, empty, HELLO)).conversation
    assert made.messages[1] == Message("model", (Text(""),))


@pytest.mark.parametrize(
    "arguments", ["[]", "5", '{"a": 1e999}', '{"a": NaN}', '{"a": "\\ud800"}', '{"a b": 1}', "{"]
)
def test_a_call_that_can_not_be_told_again_is_refused_and_not_replaced(arguments: str) -> None:
    call = {"id": "a", "function": {"name": "weather", "arguments": arguments}}
    result = {"role": "tool", "tool_call_id": "a", "content": "warm"}
    with pytest.raises(Fault) as refused:
        asked(told(HELLO, {"role": "assistant", "tool_calls": [call]}, result))
    assert "the arguments are no JSON object that can be told again" in refused.value.message


@pytest.mark.parametrize(
    ("messages", "place"),
    [
        ([HELLO, {"role": "assistant", "content": None}, HELLO], "messages[1]"),
        ([{"role": "robot", "content": "x"}], "messages[0]"),
        ([HELLO, {"role": "system", "content": "x"}], "messages[1]"),
        ([{"role": "user", "content": ""}], "messages[0]"),
        ([{"role": "user", "content": 5}], "messages[0].content"),
        ([{"role": "user", "content": [{"type": "text"}]}], "messages[0].content[0]"),
        (
            [
                {
                    "role": "user",
                    "content": [{"type": "image_url", "image_url": {"url": "http://x/"}}],
                }
            ],
            "messages[0].content[0]",
        ),
        (
            [
                {
                    "role": "user",
                    "content": [{"type": "image_url", "image_url": {"url": "file:///etc/passwd"}}],
                }
            ],
            "messages[0].content[0]",
        ),
        (
            [{"role": "user", "content": [{"type": "input_audio", "input_audio": {"data": "?"}}]}],
            "messages[0].content[0]",
        ),
        (
            [
                {
                    "role": "user",
                    "content": [
                        {"type": "image_url", "image_url": {"url": "data:image/png;base64,AAAA"}}
                    ],
                }
            ],
            "messages[0].content[0]",
        ),
        ([{"role": "system", "content": "x"}], "messages"),
        ([HELLO, {"role": "assistant", "content": "x"}], "messages"),
        ([HELLO, {"role": "tool", "tool_call_id": "a", "content": "x"}], "messages[1]"),
        (
            [HELLO, {"role": "assistant", "tool_calls": [{"id": "a", "function": {"name": "w"}}]}],
            "messages[1].tool_calls[0]",
        ),
        (
            [
                HELLO,
                {
                    "role": "assistant",
                    "tool_calls": [{"id": "a", "function": {"name": "w", "arguments": "{}"}}],
                },
                HELLO,
            ],
            "messages[2]",
        ),
        (
            [
                HELLO,
                {
                    "role": "assistant",
                    "tool_calls": [
                        {"id": "a", "function": {"name": "w", "arguments": '{"<x|>": 1}'}}
                    ],
                },
            ],
            "messages[1].tool_calls[0]",
        ),
        ([None], "messages[0]"),
        ([HELLO] * 2001, "messages"),
        ([{"role": "user", "content": "x" * 1_000_001}], "messages[0].content"),
    ],
)
def test_a_wrong_message_is_named(messages: list[Any], place: str) -> None:
    with pytest.raises(Fault) as refused:
        asked({"model": "demo:E2B", "messages": messages})
    assert (refused.value.status, refused.value.param) == (400, place)


def test_an_answer_is_one_or_in_pieces_with_thought_and_cost(calling: Calling) -> None:
    client = calling("one two three", thinking="let me see")
    whole = ask(client, reasoning_effort="high").json()
    (choice,) = whole["choices"]
    assert choice["message"] == {
        "role": "assistant",
        "content": "one two three ",
        "reasoning_content": "let me see ",
    }
    assert (choice["finish_reason"], whole["usage"]["completion_tokens"]) == ("stop", 6)
    assert whole["usage"]["completion_tokens_details"]["reasoning_tokens"] == 3
    assert whole["usage"]["playground"]["ttft_s"] > 0
    assert whole["usage"]["playground"]["demo"] is True
    options = {"include_usage": True}
    text = ask(client, reasoning_effort="high", stream=True, stream_options=options).text
    *told, last, cost = pieces(text)
    deltas = [one["choices"][0]["delta"] for one in told]
    assert deltas[0] == {"role": "assistant", "content": ""}
    assert "".join(one.get("content", "") for one in deltas) == "one two three "
    assert "".join(one.get("reasoning_content", "") for one in deltas) == "let me see "
    assert last["choices"][0]["finish_reason"] == "stop"
    assert cost["choices"] == [] and cost["usage"]["total_tokens"] == 7
    assert pieces(ask(client, stream=True).text)[-1]["choices"][0]["finish_reason"] == "stop"


def test_nothing_of_it_is_kept_unless_it_is_to_be(calling: Calling) -> None:
    client = calling()
    id = ask(client).json()["id"].removeprefix("chatcmpl-")
    assert client.desk.archive.record(id) is None and client.desk.find(id) is None
    messages = ({"role": "user", "content": "A"}, {"role": "assistant", "content": "B"}, HELLO)
    id = ask(client, *messages, store=True).json()["id"].removeprefix("chatcmpl-")
    kept = client.desk.find(id)
    assert kept.last.asked.question == "Hello."
    assert len(kept.answers[0].conversation.messages) == 3
    assert client.get(f"/api/comparisons/{id}").status_code == 200


def test_a_call_goes_back_to_who_asked(calling: Calling) -> None:
    client = calling(f"I look.{CALL}{CALL}")
    (choice,) = ask(client, tools=[WEATHER]).json()["choices"]
    assert choice["finish_reason"] == "tool_calls"
    assert choice["message"]["content"].strip() == "I look."
    first, second = choice["message"]["tool_calls"]
    assert first["id"] != second["id"]
    assert first["function"] == {"name": "weather", "arguments": '{"city": "Rome"}'}
    told = pieces(ask(client, tools=[WEATHER], stream=True).text)
    calls = [c for one in told for c in one["choices"][0]["delta"].get("tool_calls", [])]
    assert [one["index"] for one in calls] == [0, 1]
    assert told[-1]["choices"][0]["finish_reason"] == "tool_calls"


def test_a_call_that_fits_no_tool_goes_back_too_and_the_model_is_not_asked_again(
    calling: Calling,
) -> None:
    asked_for = []

    def say(conversation: Any) -> str:
        asked_for.append(conversation)
        return CALL.replace("weather", "whether")

    (choice,) = ask(calling(say), tools=[WEATHER]).json()["choices"]
    assert choice["message"]["tool_calls"][0]["function"]["name"] == "whether"
    assert len(asked_for) == 1


def test_with_tool_choice_none_no_tool_is_told_of(calling: Calling) -> None:
    (choice,) = ask(calling("No."), tools=[WEATHER], tool_choice="none").json()["choices"]
    assert choice["message"] == {"role": "assistant", "content": "No. "}
    assert asked(told(tools=[WEATHER], tool_choice="none")).settings.tools == ()


def test_it_ends_before_a_stop_and_the_model_stops(calling: Calling) -> None:
    client = calling("one two three " + "more " * 20_000, tokens_per_second=2000)
    (choice,) = ask(client, stop=["wo th", "never"]).json()["choices"]
    assert (choice["message"]["content"], choice["finish_reason"]) == ("one t", "stop")
    told = pieces(ask(client, stop="three", stream=True).text)
    assert "".join(one["choices"][0]["delta"].get("content", "") for one in told) == "one two "
    assert client.desk.running() == ()


def test_stops_hold_back_only_what_could_be_one() -> None:
    stops = Stops(["###", "END"])
    assert [stops.take(one) for one in ("a #", "# b", " E", "N", "D x")] == [
        "a ",
        "## b",
        " ",
        "",
        "",
    ]
    assert stops.hit and stops.rest() == ""
    stops = Stops(["###"])
    assert [stops.take("a ##"), stops.rest()] == ["a ", "##"]


def test_length_failure_and_refusal_are_told_apart(calling: Calling) -> None:
    (choice,) = ask(calling("one two three"), max_tokens=2).json()["choices"]
    assert choice["finish_reason"] == "length"
    broken = ask(calling("one two three", breaks_after=1))
    assert broken.status_code == 502
    assert broken.json()["error"]["message"] == "The reciter lost its voice. Run it again."
    assert broken.headers["x-should-retry"] == "false"
    text = ask(calling("one two three", breaks_after=1), stream=True).text
    assert json.loads(text.strip().rpartition("data: ")[2])["error"]["code"] == "failed"
    refused = ask(calling(), {"role": "user", "content": "word " * 20_000})
    assert refused.status_code == 400 and refused.json()["error"]["code"] == "refused"


def test_models_are_listed_and_found(calling: Calling) -> None:
    client = calling()
    listed = client.get("/v1/models").json()
    assert listed["object"] == "list"
    assert next(one["id"] for one in listed["data"]) == "demo:E2B"
    assert client.get("/v1/models/demo:E2B").json()["id"] == "demo:E2B"
    assert client.get("/v1/models/gpt-4o").status_code == 404
    missing = ask(client, model="gpt-4o")
    assert (missing.status_code, missing.json()["error"]["code"]) == (404, "model_not_found")
