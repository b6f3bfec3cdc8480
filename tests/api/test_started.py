"""The program as it is started, called by OpenAI's own client, by what docs/api.md says, and by schemathesis."""

from __future__ import annotations

import base64
import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openai
import pytest

from tests.browser.serving import Server, serving
from tests.docs.reading import Block, blocks
from tests.servers.listening import WEATHER
from tests.test_layers import ROOT

SAMPLES = ROOT / "assets" / "samples"
SCHEMA = {
    "type": "object",
    "properties": {"capital": {"type": "string", "maxLength": 20}},
    "required": ["capital"],
    "additionalProperties": False,
}


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with serving() as started:
        yield started


@pytest.fixture(scope="module")
def client(server: Server) -> Iterator[openai.OpenAI]:
    with openai.OpenAI(base_url=f"{server.url}/v1", api_key="none", max_retries=0) as made:
        yield made


def base64_of(name: str) -> str:
    return base64.b64encode((SAMPLES / name).read_bytes()).decode()


def ask(client: openai.OpenAI, *content: Any, **fields: Any) -> Any:
    parts = [{"type": "text", "text": one} if isinstance(one, str) else one for one in content]
    return client.chat.completions.create(
        model="demo:E2B", messages=[{"role": "user", "content": parts}], temperature=0, **fields
    )


def test_words_a_picture_and_a_recording(client: openai.OpenAI) -> None:
    answer = ask(client, "What is 3 plus 4?")
    assert "7" in answer.choices[0].message.content
    assert answer.usage.total_tokens == answer.usage.prompt_tokens + answer.usage.completion_tokens
    assert answer.usage.playground["demo"] is True
    picture = {
        "type": "image_url",
        "image_url": {"url": f"data:image/png;base64,{base64_of('one-shape.png')}"},
    }
    seen = ask(client, picture, "What do you see?")
    assert re.search("circle|square|triangle|star|heart", seen.choices[0].message.content)
    assert seen.usage.playground["prompt_tokens"]["image"] > 0
    sound = {
        "type": "input_audio",
        "input_audio": {"data": base64_of("beeps.wav"), "format": "wav"},
    }
    heard = ask(client, "How many beeps are there?", sound)
    assert heard.usage.prompt_tokens_details.audio_tokens > 0
    assert heard.choices[0].message.content.strip()


def test_a_stream_with_its_cost(client: openai.OpenAI) -> None:
    pieces = list(
        ask(
            client,
            "What is 3 plus 4?",
            stream=True,
            stream_options={"include_usage": True},
            reasoning_effort="high",
        )
    )
    said = "".join(one.choices[0].delta.content or "" for one in pieces if one.choices)
    thought = "".join(
        getattr(one.choices[0].delta, "reasoning_content", "") or ""
        for one in pieces
        if one.choices
    )
    assert said.strip() and thought.strip()
    assert pieces[-2].choices[0].finish_reason == "stop"
    assert pieces[-1].usage.completion_tokens_details.reasoning_tokens > 0
    assert pieces[-1].usage.playground["ttft_s"] > 0


def test_a_tool_is_called_answered_and_used(client: openai.OpenAI) -> None:
    question = {"role": "user", "content": "What is the weather in Rome?"}
    called = client.chat.completions.create(
        model="demo:E2B", messages=[question], tools=[WEATHER], temperature=0
    )
    (call,) = called.choices[0].message.tool_calls
    assert called.choices[0].finish_reason == "tool_calls"
    assert json.loads(call.function.arguments) == {"city": "Rome"}
    result = {"degrees": 21, "sky": "sunny"}
    last = client.chat.completions.create(
        model="demo:E2B",
        messages=[
            question,
            called.choices[0].message,
            {"role": "tool", "tool_call_id": call.id, "content": json.dumps(result)},
        ],
        tools=[WEATHER],
        temperature=0,
    )
    assert "sunny" in last.choices[0].message.content
    assert "21" in last.choices[0].message.content


def test_an_answer_to_a_schema(client: openai.OpenAI) -> None:
    form = {"type": "json_schema", "json_schema": {"name": "capital", "schema": SCHEMA}}
    answer = ask(client, "What is 3 plus 4?", response_format=form)
    assert set(json.loads(answer.choices[0].message.content)) == {"capital"}


def test_faults_are_openais_own(client: openai.OpenAI) -> None:
    with pytest.raises(openai.NotFoundError) as missing:
        client.chat.completions.create(model="gpt-4o", messages=[{"role": "user", "content": "x"}])
    assert missing.value.code == "model_not_found"
    with pytest.raises(openai.BadRequestError) as wrong:
        ask(client, "x", logprobs=True)
    assert wrong.value.param == "logprobs"
    with pytest.raises(openai.BadRequestError) as long:
        ask(client, "word " * 20_000)
    assert long.value.code == "refused" and "tokens" in str(long.value)
    assert [one.id for one in client.models.list()][:2] == ["demo:E2B", "demo:E4B"]


def test_who_leaves_a_stream_stops_the_model(client: openai.OpenAI, server: Server) -> None:
    stream = client.chat.completions.create(
        model="demo:E2B",
        messages=[{"role": "user", "content": "Count from 1 to 100."}],
        max_tokens=4000,
        seed=1,
        temperature=2,
        stream=True,
    )
    next(stream)
    stream.close()
    begun = time.monotonic()
    ask(client, "What is 3 plus 4?")  # waits in the line until the model is free
    assert time.monotonic() - begun < 30


@pytest.mark.parametrize(
    "block",
    [one for one in blocks(ROOT / "docs" / "api.md") if one.language in ("bash", "python")],
    ids=lambda block: block.language,
)
def test_what_the_page_says_runs(block: Block, server: Server, tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes((SAMPLES / "one-shape.png").read_bytes())
    text = block.text.replace("http://localhost:8501", server.url)
    command = (
        ["bash", "-e", "-c", text] if block.language == "bash" else [sys.executable, "-c", text]
    )
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    assert '"error"' not in done.stdout
    if block.language == "python":
        assert "7" in done.stdout
    else:
        assert done.stdout.count('"state":"done"') == 3


def test_the_description_holds(server: Server, tmp_path: Path) -> None:
    """As schemathesis reads it: nothing breaks, each answer is one that is described, what is no request is none."""
    config = tmp_path / "schemathesis.toml"
    config.write_text("[warnings]\nenabled = false\n")
    checks = (
        "not_a_server_error,status_code_conformance,content_type_conformance,"
        "response_schema_conformance,negative_data_rejection,unsupported_method"
    )
    command = [
        *(str(Path(sys.executable).with_name("schemathesis")), "--config-file", str(config)),
        *("run", f"{server.url}/api/openapi.json", "--checks", checks, "--max-examples", "5"),
        *("--phases", "examples,coverage,fuzzing", "--seed", "1", "--request-timeout", "180"),
        *("--generation-database", "none", "--max-time", "50"),
    ]
    done = subprocess.run(
        command, cwd=tmp_path, capture_output=True, text=True, timeout=240,
        env={**os.environ, "NO_COLOR": "1"},
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-6000:]
