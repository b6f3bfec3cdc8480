"""The Compare page over several rounds: who goes on, who comes, who leaves."""

from __future__ import annotations

from collections.abc import Callable

from streamlit.testing.v1 import AppTest

from components import shell
from playground.comparisons.contender import contenders
from playground.prompt.conversation import Conversation, Settings
from tests.components.test_pages import APP, HERE, ask, open_page, run, words

__all__ = ["open_page"]  # a fixture


def ids(page: AppTest) -> list[str]:
    return [one.id for one in page.session_state.comparison.contenders]


def test_each_keeps_its_column_whoever_leaves_before_it(open_page: Callable[..., AppTest]) -> None:
    page = ask(open_page(on="E2B,E2B~thinking,E4B"), "Say it.")
    first = page.session_state.comparison.last
    page.button_group(key="contenders").set_value(["E4B"])
    ask(page, "And again.")
    comparison = page.session_state.comparison
    assert len(comparison.rounds) == 2
    assert ids(page) == ["E4B", "E2B~thinking"]
    for answer in comparison.answers:
        before = first.answer(answer.contender.id)
        assert before.settings.thinking == answer.settings.thinking
        said = [message.parts[0].text for message in answer.conversation.messages]
        assert said == ["Say it.", before.text, "And again."]


def test_whoever_opens_a_comparison_goes_on_with_its_contenders(
    open_page: Callable[..., AppTest],
) -> None:
    open_page()
    asked = [(HERE["E2B"], Settings()), (HERE["E2B"], Settings(thinking=True))]
    kept = shell.desk().start(Conversation.ask("Say it."), contenders(asked))
    for answer in kept.answers:
        answer.wait()
    opened = AppTest.from_file(APP, default_timeout=30)
    opened.query_params["run"] = kept.id
    ask(run(opened), "And again.")
    assert len(kept.rounds) == 2
    assert ids(opened) == ["E2B", "E2B (2)"]
    assert [one.settings.thinking for one in kept.contenders] == [False, True]


def test_new_leaves_what_is_being_written(open_page: Callable[..., AppTest]) -> None:
    page = ask(open_page(on="E2B"), "Say it.")
    page.button(key="edit").click()
    assert run(page).chat_input(key="composer").value == "Say it."
    page.button(key="new").click()
    assert run(page).chat_input(key="composer").value == ""
    ask(page, "Say it.")
    page.button(key="new").click()
    run(page)
    assert page.chat_input(key="composer").value is None  # nothing is put upon what stands there
    assert "begin with a sample" in words(page)
