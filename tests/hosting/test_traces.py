"""Traces as a collector gets them, read with OpenTelemetry's own classes."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator

import pytest

from playground import config
from playground.desk import Desk
from playground.engines.recital import Recital
from playground.hosting.traces import Traces
from playground.prompt.conversation import Conversation
from tests.archive.kept import PICTURE, columns
from tests.servers.collector import Collector, attributes, collecting

CAPTURE = "OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT"


@pytest.fixture
def collector(monkeypatch: pytest.MonkeyPatch) -> Iterator[Collector]:
    with collecting() as made:
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", made.url)
        yield made


def traced(content: bool = False, **recital: float) -> tuple[Desk, Traces]:
    desk = Desk(lambda model: Recital(model, "one two three", **recital), budget_bytes=1)
    traces = Traces(content)
    desk.witnesses.append(traces)
    return desk, traces


def ran(desk: Desk, traces: Traces, asked: Conversation, *names: str) -> str:
    comparison = desk.start(asked, columns(*names))
    for answer in comparison.answers:
        answer.wait()
    traces.flush()
    return comparison.id


def test_each_answer_is_a_span_in_the_conventions_names(collector: Collector) -> None:
    desk, traces = traced(prefill_s=0.05)
    before = time.time_ns()
    id = ran(desk, traces, Conversation.ask("Say it."), "a", "b")
    first, second = collector.spans
    assert first.trace_id == second.trace_id and first.span_id != second.span_id
    assert first.name == "chat a text by heart"
    assert before <= first.start_time_unix_nano < first.end_time_unix_nano <= time.time_ns()
    assert first.end_time_unix_nano - first.start_time_unix_nano >= 0.05e9
    told = attributes(first)
    assert told["gen_ai.operation.name"] == "chat"
    assert told["gen_ai.request.model"] == "a text by heart"
    assert told["gen_ai.conversation.id"] == f"{id}/{told['gemma4_playground.contender']}"
    assert told["gen_ai.response.finish_reasons"] == ["stop"]
    assert (told["gen_ai.usage.input_tokens"], told["gen_ai.usage.output_tokens"]) == (2, 3)
    assert told["gen_ai.response.time_to_first_chunk"] >= 0.05
    assert collector.resource["service.name"] == config.NAME
    desk.close()
    traces.close()


@pytest.mark.parametrize("content", [False, True])
def test_words_go_along_only_if_the_operator_says_so_and_media_never(
    collector: Collector, content: bool
) -> None:
    desk, traces = traced(content)
    ran(desk, traces, Conversation.ask("What is it?", (PICTURE,), "Be brief."), "a")
    (span,) = collector.spans
    told = attributes(span)
    assert (b"three" in span.SerializeToString()) == content
    if content:
        (asked,) = json.loads(told["gen_ai.input.messages"])
        kinds = [(one["type"], one.get("content")) for one in asked["parts"]]
        assert kinds == [("uri", None), ("text", "What is it?")]
        assert asked["parts"][0]["uri"].startswith("urn:sha256:")
        (said,) = json.loads(told["gen_ai.output.messages"])
        assert said["parts"] == [{"type": "text", "content": "one two three "}]
        assert json.loads(told["gen_ai.system_instructions"])[0]["content"] == "Be brief."
    else:
        assert not any(name.endswith(("messages", "instructions")) for name in told)
    desk.close()
    traces.close()


def test_a_failed_answer_is_an_error_and_a_refused_one_no_span(collector: Collector) -> None:
    desk, traces = traced(breaks_after=1)
    ran(desk, traces, Conversation.ask("Say it."), "a")
    (span,) = collector.spans
    assert span.status.code == span.status.STATUS_CODE_ERROR
    assert span.status.message == "The reciter lost its voice."
    assert attributes(span)["error.type"] == "_OTHER"
    ran(desk, traces, Conversation.ask("word " * 200_000), "a")
    assert len(collector.spans) == 1
    desk.close()
    traces.close()


def test_an_answer_waits_for_no_collector(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:9")
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_TIMEOUT", "1")
    desk, traces = traced()
    begun = time.monotonic()
    comparison = desk.start(Conversation.ask("Say it."), columns("a"))
    comparison.answers[0].wait()
    assert comparison.answers[0].state == "done" and time.monotonic() - begun < 1
    desk.close()
    traces.close()


def test_otel_says_what_it_means_itself(
    collector: Collector, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OTEL_SERVICE_NAME", "ours")
    monkeypatch.setenv("OTEL_RESOURCE_ATTRIBUTES", "deployment.environment.name=test")
    desk, traces = traced()
    ran(desk, traces, Conversation.ask("Say it."), "a")
    assert collector.resource["service.name"] == "ours"
    assert collector.resource["deployment.environment.name"] == "test"
    desk.close()
    traces.close()


@pytest.mark.parametrize(
    ("said", "holds"),
    [
        ("", False),
        ("true", True),
        ("SPAN_ONLY", True),
        ("EVENT_ONLY", False),
        ("no_content", False),
    ],
)
def test_the_setting_for_words_takes_the_conventions_words(said: str, holds: bool) -> None:
    assert config.read({CAPTURE: said}).traces_content is holds


@pytest.mark.parametrize(
    "wrong", [{CAPTURE: "perhaps"}, {"OTEL_EXPORTER_OTLP_ENDPOINT": "localhost:4318"}]
)
def test_a_wrong_setting_is_one_line(wrong: dict[str, str]) -> None:
    with pytest.raises(config.ConfigError, match=next(iter(wrong))):
        config.check(wrong)
