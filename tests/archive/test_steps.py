"""Answers that called tools are kept whole: calls, results, steps and figures come back as they were."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from typing import Any

from playground.archive import record, recording
from playground.archive.archive import Archive
from playground.archive.export import FORMATS
from playground.archive.export.disclosed import disclose
from playground.archive.restoring import answered
from playground.comparisons.comparison import Comparison
from playground.comparisons.contender import Contender
from playground.desk import Desk
from playground.engines.recital import Recital, reciter
from playground.prompt.conversation import Begun, Conversation, Settings, ToolResult
from playground.tools.built_in import BUILT_IN, FROM
from tests.archive.kept import settled
from tests.waiting import ended

TOOLS = (BUILT_IN["calculator"].tool,)


def speak(asked: Conversation) -> str:
    results = [part.result for part in asked.parts() if isinstance(part, ToolResult)]
    if results:
        return f"It is {results[-1]}."
    return 'Let me see. <|tool_call>call:calculator{expression:<|"|>6*7<|"|>}<tool_call|>'


def ask(archive: Archive) -> tuple[Desk, Comparison]:
    held = Desk(lambda model: Recital(model, speak, thinking="hm"), 1, archive=archive)
    columns = [Contender(reciter("a"), Settings(tools=TOOLS, thinking=True), "a")]
    return held, ended(held.start(Conversation.ask("How much?"), columns))


def test_steps_come_back_as_they_were(opened: Callable[[], Archive]) -> None:
    held, asked = ask(opened())
    settled(held)
    found = opened().find(asked.id)
    assert found is not None
    (before,), (after,) = asked.answers, found.answers
    assert after.text == before.text and after.thinking == before.thinking
    assert [step.text for step in after.steps] == [step.text for step in before.steps]
    (one,), (other,) = before.steps[0].calls, after.steps[0].calls
    assert (other.name, other.arguments, other.result) == (one.name, one.arguments, one.result)
    now, then = after.figures().as_dict(), before.figures().as_dict()
    assert now.keys() == then.keys()
    assert all(abs(now[name] - then[name]) < 1e-6 for name in then if name.endswith("_s"))
    assert [stage.name for stage in after.stages()] == [stage.name for stage in before.stages()]
    held.ask_on(found, Conversation.ask("And now?"), found.contenders)
    again = ended(found).answers[0]
    kinds = [part.kind for part in again.conversation.parts()]
    assert kinds == ["text", "text", "tool_call", "tool_result", "text", "text"]


DIGESTS_OR_FIGURES_ALONE = ("csv", "disclosure")
"""Formats that hold no words of an answer."""


def text(written: bytes) -> str:
    """What a file holds, or all files of a zip."""
    if not written.startswith(b"PK"):
        return written.decode("utf-8-sig")
    with zipfile.ZipFile(io.BytesIO(written)) as files:
        return "\n".join(files.read(name).decode("utf-8") for name in files.namelist())


def test_exports_hold_calls_and_results(opened: Callable[[], Archive]) -> None:
    held, asked = ask(opened())
    settled(held)
    assert held.archive is not None
    kept = held.archive.record(asked.id)
    assert kept is not None
    for name, format in FORMATS.items():
        written = text(format.write(kept, {}.__getitem__))
        if name not in DIGESTS_OR_FIGURES_ALONE:
            assert "6*7" in written.replace("\\", ""), name
            assert "42" in written, name


def test_code_asks_every_request_again(opened: Callable[[], Archive]) -> None:
    held, asked = ask(opened())
    settled(held)
    assert held.archive is not None
    kept = held.archive.record(asked.id)
    assert kept is not None
    files = FORMATS["code"].files(kept, {}.__getitem__)
    first, second = (json.loads(files[f"a.{number}.request.json"]) for number in (1, 2))
    assert [one["role"] for one in first["messages"]] == ["user"]
    assert [one["role"] for one in second["messages"]] == ["user", "assistant", "tool"]
    assert second["messages"][-1]["content"] == "42" and second["messages"][:1] == first["messages"]
    assert second["max_tokens"] < first["max_tokens"], "what the first request gave is spent"
    assert first["tools"] == second["tools"] == [*map(bare, TOOLS)]
    assert json.loads(files["a.2.tools.json"]) == [*map(bare, TOOLS)]
    assert b"a.2.tools.json" in files["a.2.transformers.py"]


def bare(tool: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in tool.items() if name != "from"}


def test_an_answer_that_was_gone_on_with_is_two_requests() -> None:
    cut = record.Step(1, (), 0.0, 0.1, 0.2, 0.3, last={"at": 0.3, "reason": "length"})
    contender = recording.contender(Contender(reciter("a"), Settings(max_tokens=16), "a"))
    kept = record.Answer(
        contender, recording.messages(Conversation.ask("Say it.")), "done", 1e9, finish_reason="stop",
        chunks=((0.2, "answer", "one two", 2), (0.5, "answer", " three", 1)), steps=(cut,),
    )  # fmt: skip
    (first, whole), (second, left) = answered.requests(kept, {}.__getitem__)
    assert (first.begun, second.begun) == (None, Begun("one two"))
    assert (whole.max_tokens, left.max_tokens) == (16, 16)


def test_what_was_fed_back_and_who_answered_is_disclosed(opened: Callable[[], Archive]) -> None:
    held, asked = ask(opened())
    settled(held)
    assert held.archive is not None
    kept = held.archive.record(asked.id)
    assert kept is not None
    data = disclose(kept)[0]["data"]
    kinds = [(one["role"], one["kind"]) for one in data["inputs"]]
    assert kinds == [
        ("user", "text"), ("model", "thought"), ("model", "text"), ("model", "tool_call"), ("model", "tool_result"),
    ]  # fmt: skip
    assert data["requests"] == 2
    (call,) = data["calls"]
    assert (call["name"], call["answered_by"], call["standing"]) == ("calculator", FROM, "given")
