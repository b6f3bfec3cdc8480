"""Tools in the terminal: named, read from a file, called, and answered by whoever sits there."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from playground.cli.app import application
from playground.cli.question import opened
from playground.desk import Desk
from playground.engines.recital import Recital
from playground.models.model import Model
from playground.prompt.conversation import Conversation, ToolResult
from playground.questions import tools
from playground.questions.faults import BadCall
from playground.tools import declared
from tests.cli.conftest import Call

ON = ("--on", "demo:E2B", "--no-save")
WEATHER = {"name": "get_weather", "parameters": {"properties": {"city": {"type": "string"}}}}


def play(model: Model) -> Recital:
    """Calls the first tool that its prompt names, and says what came back."""

    def speak(asked: Conversation) -> str:
        results = [part.result for part in asked.parts() if isinstance(part, ToolResult)]
        if results:
            return f"It is {results[0]}."
        return f"Let me see. <|tool_call>{asked.question}<tool_call|>"

    return Recital(model, speak)


@pytest.fixture
def calls(call: Call, monkeypatch: pytest.MonkeyPatch) -> Call:
    def ask(prompt: str, *arguments: str, **more: Any) -> Result:
        monkeypatch.setattr("playground.cli.follow.open_desk", lambda: Desk(play, 10**15))
        return CliRunner().invoke(
            application(), ["ask", prompt, *ON, *arguments], catch_exceptions=False, **more
        )

    return ask


SUM = 'call:calculator{expression:<|"|>6*7<|"|>}'


def test_a_built_in_tool_is_called_and_the_answer_goes_on(calls: Call) -> None:
    done = calls(SUM, "--tools", "calculator,clock")
    assert done.exit_code == 0
    assert "calculator(expression: 6*7) gave 42" in done.stdout
    assert done.stdout.index("gave 42") < done.stdout.index("It is 42.")


def test_tools_of_a_server_are_named_by_it(
    calls: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from playground.tools.mcp import asking

    served = declared.one({"name": "read", "from": "mcp:files/read"})
    held = tmp_path / "tools.toml"
    held.write_text("[files]\ncommand = ['files']")
    monkeypatch.setenv("PLAYGROUND_TOOLS", str(held))
    monkeypatch.setattr(asking.Outside, "tools", lambda self, server: asking.Offered((served,)))
    assert tools.wanted("calculator,mcp:files")[1] == served == tools.wanted("mcp:files/read")[0]
    with pytest.raises(BadCall, match="files has no tool called 'write'; it has read"):
        tools.wanted("mcp:files/write")
    with pytest.raises(BadCall, match="roll_dice, mcp:files"):
        tools.wanted(["nothing"])


def test_json_has_the_steps(calls: Call) -> None:
    done = calls(SUM, "--tools", "calculator", "--json", "--seed", "3")
    (told,) = json.loads(done.stdout)["answers"]
    first, last = told["steps"]
    assert first["calls"][0]["result"] == 42 and first["calls"][0]["arguments"] == {
        "expression": "6*7"
    }
    assert last["text"].strip() == "It is 42."
    assert told["figures"]["calls"] == 1 and last["figures"]["output_tokens"]["total"] > 0


def test_a_file_names_built_in_tools_and_declares_others(calls: Call, tmp_path: Path) -> None:
    file = tmp_path / "tools.json"
    file.write_text(json.dumps(["calculator", WEATHER]))
    done = calls('call:get_weather{"city": "Rome"}', "--tools", str(file), "--json")
    (told,) = json.loads(done.stdout)["answers"]
    assert told["state"] == "done" and told["finish_reason"] == "tool_call"
    assert "get_weather" in told["tool_call"], "nobody sits there: it ends at the call"


@pytest.mark.parametrize(
    ("held", "said"),
    [
        ("", "is not JSON"),
        ('["nothing"]', "there is no tool called 'nothing'"),
        ('{"name": "a b"}', "needs a name of letters"),
        ("[" * 100_000, "nested too deeply"),
    ],
)
def test_a_file_that_declares_no_tools(calls: Call, tmp_path: Path, held: str, said: str) -> None:
    file = tmp_path / "tools.json"
    file.write_text(held)
    done = calls("x", "--tools", str(file))
    assert done.exit_code == 2 and said in done.stderr and done.stderr.count("\n") == 1
    with pytest.raises(BadCall, match="can't be read"):
        tools.wanted(str(tmp_path / "nowhere.json"), opened)


@pytest.mark.parametrize(
    ("typed", "said"), [('{"sky": "sunny"}', "'sky': 'sunny'"), ("", "refused")]
)
def test_a_person_answers_in_the_terminal(
    calls: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, typed: str, said: str
) -> None:
    class Person:
        def isatty(self) -> bool:
            return True

        def readline(self) -> str:
            return f"{typed}\n"

    file = tmp_path / "tools.json"
    file.write_text(json.dumps(WEATHER))
    monkeypatch.setattr("playground.cli.calls.on_terminal", lambda: True)
    monkeypatch.setattr(
        "playground.cli.calls.sys", type("Sys", (), {"stdin": Person(), "stderr": sys.stderr})
    )
    done = calls('call:get_weather{"city": "Rome"}', "--tools", str(file))
    assert said in done.stdout
    assert "calls get_weather(city: Rome)" in done.stderr


def test_a_line_of_a_batch_names_its_own_tools(calls: Call, tmp_path: Path) -> None:
    file = tmp_path / "lines.jsonl"
    file.write_text(
        json.dumps({"prompt": SUM, "tools": ["calculator"]}) + "\n" + json.dumps({"prompt": SUM})
    )
    done = calls("", "--batch", str(file))
    one, other = (json.loads(line)["answers"][0] for line in done.stdout.splitlines())
    assert "steps" in one and "steps" not in other
