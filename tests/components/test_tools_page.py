"""Tools on the Compare page: chosen, declared, called and shown, with engines that recite calls."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from components.compare.tooling.chosen import OWN, SAMPLES
from playground.engines.recital import Recital
from playground.models.model import Model
from playground.prompt.conversation import Conversation, ToolResult
from playground.tools import declared
from playground.tools.mcp import asking
from tests.components.opening import laid
from tests.components.test_pages import ask, open_page, run, words

__all__ = ["open_page"]  # a fixture

HOSTILE = '<b>:red[x]</b> ![a](http://e.vil/x.png) "6*7"'


def play(model: Model) -> Recital:
    """Words, two calls of which one is wrong and full of marks, and what came back."""

    def speak(asked: Conversation) -> str:
        results = [part.result for part in asked.parts() if isinstance(part, ToolResult)]
        if results:
            return f"It is {results[0]}."
        wrong = json.dumps({"expression": HOSTILE, HOSTILE[:3].strip("<>"): 1})
        return (
            'Let me see. <|tool_call>call:calculator{expression:<|"|>6*7<|"|>}<tool_call|>'
            f"<|tool_call>call:calculator{wrong}<tool_call|>"
        )

    return Recital(model, speak, thinking="hm")


def test_calls_are_shown_with_arguments_and_results(open_page: Callable[..., AppTest]) -> None:
    page = ask(open_page(play, on="E2B", tools="calculator"), "How much is 6*7?")
    (answer,) = page.session_state.comparison.answers
    assert [tool["function"]["name"] for tool in answer.settings.tools] == ["calculator"]
    first, wrong = (one for one in page.expander if "calculator" in one.label)
    assert "6\\*7" in first.label and "→ 42" in first.label
    assert [code.value for code in first.code] == ['{\n "expression": "6*7"\n}', "42"]
    assert "![a]" not in wrong.label and ":red[" not in wrong.label
    assert HOSTILE in json.loads(wrong.code[0].value)["expression"]
    assert "not expected" in wrong.code[1].value or "unexpected" in wrong.code[1].value
    shown = words(page)
    assert "Let me see." in shown and "It is 42." in shown
    assert [metric.value for metric in page.metric if metric.label == "calls"] == ["2"]


def test_a_declaration_is_checked_as_it_is_written(open_page: Callable[..., AppTest]) -> None:
    page = open_page(play)
    laid(page.text_area, OWN).set_value('[{"name": "a b"}]')
    (fault,) = run(page).error
    assert "needs a name of letters" in fault.value
    laid(page.text_area, OWN).set_value('{"name": "calculator"}')
    page.button_group(key="tools").set_value(["calculator"])
    (fault,) = run(page).error
    assert "Two tools are called calculator" in fault.value


def test_tools_of_servers_are_offered_where_some_are_named(
    open_page: Callable[..., AppTest], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read, write = (declared.one({"name": n, "from": f"mcp:files/{n}"}) for n in ("read", "write"))

    def tools(self: object, server: str) -> asking.Offered:
        if server == "gone":
            raise asking.OutsideFault("gone can't be opened: nobody listens.")
        return asking.Offered((read, write), ("files: a:b can't be the name of a parameter.",))

    held = tmp_path / "tools.toml"
    held.write_text("[files]\ncommand = ['x']\n[gone]\nurl = 'http://a:1/mcp'\n[Odd]\nurl = 'x'")
    monkeypatch.setenv("PLAYGROUND_TOOLS", str(held))
    monkeypatch.setattr(asking.Outside, "tools", tools)
    page = open_page(play, on="E2B")
    assert "[Odd] can't be a name" in words(page)
    page.button_group(key="tool_servers").set_value(["files", "gone"])
    run(page)
    assert "nobody listens" in words(page) and "a:b can't be" in words(page)
    page.button_group(key="tools_of_files").set_value(["read"])
    ask(run(page), "Read it.")
    (answer,) = page.session_state.comparison.answers
    assert answer.settings.tools == (read,)


def test_every_sample_declares_tools(open_page: Callable[..., AppTest]) -> None:
    page = open_page(play)
    for name, tools in SAMPLES.items():
        page.selectbox(key="tool_sample").set_value(name)
        run(page).button(key="take_tool_sample").click()
        run(page)
        assert not page.error
        assert declared.read(laid(page.text_area, OWN).value) == declared.several(tools)
        assert f"{len(tools)} declared" in words(page)


@pytest.mark.parametrize(
    ("tools", "declares", "says"),
    [('[{"name": "get_weather"}]', ["get_weather"], []), ("[{}]", [], ["Tool 1 needs a name"])],
)
def test_a_samples_tools_may_be_spelled_as_in_the_editor(
    open_page: Callable[..., AppTest],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    tools: str,
    declares: list[str],
    says: list[str],
) -> None:
    monkeypatch.setenv("PLAYGROUND_SAMPLES", str(tmp_path))
    (tmp_path / "samples.toml").write_text(
        f"[[sample]]\nkind = 'text'\ntitle = 'Mine'\nprompt = 'Hi'\nsettings.tools = '{tools}'\n"
    )
    page = open_page(play, on="E2B")
    (sample,) = [one for one in page.button if one.key and one.key.startswith("sample_own_")]
    sample.click()
    run(page)
    assert [one.value[: len("Tool 1 needs a name")] for one in page.toast] == says
    (answer,) = page.session_state.comparison.answers
    assert list(map(declared.name, answer.settings.tools)) == declares


def test_a_link_with_tools_that_are_none_asks_nobody_and_breaks_nothing(
    open_page: Callable[..., AppTest],
) -> None:
    page = ask(open_page(play, on="E2B~tools=[{}],31B"), "How much?")
    refused, done = page.session_state.comparison.answers
    assert (refused.state, done.state) == ("refused", "done")
    assert "Tool 1 needs a name" in words(page)


def test_who_cannot_call_tools_is_refused_alone(open_page: Callable[..., AppTest]) -> None:
    from dataclasses import replace

    from tests.components.test_pages import HERE

    kept = HERE["31B"]
    HERE["31B"] = replace(kept, capabilities=replace(kept.capabilities, tools=False))
    try:
        page = ask(open_page(play, on="E2B,31B", tools="clock"), "What time is it?")
    finally:
        HERE["31B"] = kept
    able, refused = page.session_state.comparison.answers
    assert (able.state, refused.state) == ("done", "refused")
    assert "can't call tools" in words(page)


def test_an_earlier_round_says_that_tools_were_called(open_page: Callable[..., AppTest]) -> None:
    page = ask(open_page(play, on="E2B", tools="calculator"), "How much is 6*7?")
    ask(page, "Sure?")
    assert "2 calls of tools" in words(page)
    (answer,) = page.session_state.comparison.answers
    kinds = [part.kind for part in answer.conversation.parts()]
    assert kinds == [
        "text",
        "text",
        "tool_call",
        "tool_call",
        "tool_result",
        "tool_result",
        "text",
        "text",
    ]
