"""The Compare page over several rounds: who goes on, who comes, who leaves."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from components import shell
from components.compare import comparison as module
from components.compare.asking.outgoing import outgoing
from components.compare.comparison import being_asked
from playground.comparisons.comparison import Comparison
from playground.comparisons.contender import contenders
from playground.prompt.conversation import Conversation, Settings
from tests.components import opening
from tests.components.opening import app
from tests.components.test_pages import HERE, answers, ask, open_page, run, words

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
    assert ids(page) == ["E2B (2)", "E4B"]
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
    opened = app()
    opened.query_params["run"] = kept.id
    ask(run(opened), "And again.")
    assert len(kept.rounds) == 2
    assert ids(opened) == ["E2B", "E2B · thinking"]
    assert [one.settings.thinking for one in kept.contenders] == [False, True]


def test_the_box_goes_on_from_what_was_just_sent(open_page: Callable[..., AppTest]) -> None:
    page = open_page(on="E2B,E4B")
    assert page.chat_input(key="composer").placeholder == "Ask the family"
    assert ask(page, "Say it.").chat_input(key="composer").placeholder == "Ask on"
    page.button(key="edit").click()
    assert "instead of round 1" in run(page).chat_input(key="composer").placeholder
    assert ask(page, "Say more.").chat_input(key="composer").placeholder == "Ask on"


@pytest.mark.parametrize("moment", ["_stop_mine", "settle"])
def test_what_was_sent_is_asked_once_though_its_run_of_the_page_ends_before_it_stands_there(
    open_page: Callable[..., AppTest], monkeypatch: pytest.MonkeyPatch, moment: str
) -> None:
    page = open_page(on="E2B,E4B")
    with monkeypatch.context() as patch:
        patch.setattr(module, moment, once_ended(getattr(module, moment)))
        ask(page, "Say it.")
    assert answers(page) == 2
    assert [one.asked.question for one in page.session_state.comparison.rounds] == ["Say it."]
    assert not page.chat_input(key="composer").value
    ask(page, "And again.")
    assert len(page.session_state.comparison.rounds) == 2


def once_ended(act: Callable[[], None]) -> Callable[[], None]:
    """Ends the run of the page before it acts on a question, once: as another run does that is asked for meanwhile."""
    ended = False

    def end_or_act() -> None:
        nonlocal ended
        out = outgoing()
        if not ended and (out.words or out.asked):
            ended = True
            st.rerun()
        act()

    return end_or_act


def test_the_address_from_before_the_question_is_not_gone_back_to(
    open_page: Callable[..., AppTest], monkeypatch: pytest.MonkeyPatch
) -> None:
    page = ask(open_page(on="E2B,E4B"), "Say it.")
    id = page.query_params["run"]
    del page.query_params["run"]  # as a browser asks that has not heard of it yet
    assert answers(run(page)) == 2 and page.query_params["run"] == id
    monkeypatch.setattr(shell, "ON_ITS_WAY_S", 0.0)
    del page.query_params["run"]  # by its button that goes back
    assert answers(run(page)) == 0 and "begin with a sample" in words(page)


def test_the_second_of_two_presses_on_ask_again_is_none() -> None:
    columns = contenders([(HERE["E2B"], Settings())])
    comparison = Comparison(Conversation.ask("Say it."), columns)
    first = comparison.last
    assert being_asked(comparison, first), "it was asked just now"
    first.answers[0].asked_at -= 60
    assert not being_asked(comparison, first)
    second = comparison.ask_instead(first, first.asked, columns)
    assert being_asked(comparison, first), "another one stands in its place"
    second.stop()
    assert not being_asked(comparison, second), "who stopped it may ask again at once"


def test_who_answers_stands_once_above_all_rounds(open_page: Callable[..., AppTest]) -> None:
    page = ask(ask(open_page(on="E2B,E4B"), "Say it."), "And again.")
    assert [one.value.startswith("## ") for one in page.markdown].count(True) == 2
    (rerun,) = (one for one in page.button if one.key == "rerun_1")
    assert "in the last round" in rerun.help


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


def test_one_is_left_out_from_its_head_and_taken_back(open_page: Callable[..., AppTest]) -> None:
    page = ask(open_page(on="E2B,E2B~thinking,E4B"), "Say it.")
    page.menu_button(key="column_1").click("Leave out")
    run(page)
    assert "left out of what is asked next" in words(page)
    assert page.query_params["on"] == "E2B,E4B"
    page.menu_button(key="column_1").click("Take back in")
    run(page)
    assert "left out" not in words(page)
    page.menu_button(key="column_0").click("Leave out")
    run(page)
    ask(page, "And again.")
    assert ids(page) == ["E4B", "E2B (2)"]


def test_a_late_comer_begins_here_or_answers_the_earlier_questions_first(
    open_page: Callable[..., AppTest],
) -> None:
    page = ask(open_page(on="E2B"), "First.")
    ask(page, "Second.")
    page.button_group(key="contenders").set_value(["E2B", "E4B"])
    run(page)
    assert "E4B" in next(one.value for one in page.caption if "person_add" in one.value)
    ask(page, "Third.")
    comparison = page.session_state.comparison
    assert [bool(round.answer("E4B")) for round in comparison.rounds] == [False, False, True]
    page.button_group(key="contenders").set_value(["E2B", "E4B", "31B"])
    run(page)
    page.button_group(key="catches_up").set_value(True)
    run(page)
    ask(page, "Fourth.")
    assert all(round.answer("31B").text for round in comparison.rounds)
    assert not comparison.rounds[0].answer("E4B")
    assert len(comparison.last.answer("31B").conversation.messages) == 7


def test_rounds_before_the_last_three_fold_by_themselves(
    open_page: Callable[..., AppTest],
) -> None:
    def folded() -> list[int]:
        buttons = {one.key: one for one in page.button if (one.key or "").startswith("fold_")}
        found = {int(key[5:]): one.label for key, one in buttons.items() if key[5:].isdigit()}
        return [number for number, words in sorted(found.items()) if words == "Open"]

    page = open_page(on="E2B")
    for number in range(1, 6):
        ask(page, f"Question {number}")
    assert folded() == [1, 2]
    ask(page, "Question 6")
    assert folded() == [1, 2, 3] and answers(page) == 3
    page.button(key="fold_1").click()
    run(page)
    assert folded() == [2, 3]
    ask(page, "Question 7")
    assert folded() == [2, 3, 4], "what was opened stays open"
    page.button(key="fold_rounds").click()
    run(page)
    assert folded() == [1, 2, 3, 4, 5, 6]


def test_columns_and_rounds_fold_and_open(open_page: Callable[..., AppTest]) -> None:
    page = ask(ask(open_page(), "First."), "Second.")
    assert answers(page) == 6
    page.button(key="fold_1").click()
    run(page)
    assert answers(page) == 3
    page.menu_button(key="column_1").click("Enlarge")
    run(page)
    assert answers(page) == 1
    page.button(key="open_columns").click()
    run(page)
    page.button(key="fold_rounds").click()
    run(page)
    assert answers(page) == 6
    page.menu_button(key="column_1").click("Fold")
    run(page)
    assert answers(page) == 4
    page.button(key="unfold_0").click()
    assert answers(run(page)) == 6


def test_the_status_line_tells_of_ends_and_nothing_in_between() -> None:
    def script() -> None:
        import streamlit as st

        from components.compare.reading.status import Status
        from playground.comparisons.contender import contenders
        from playground.comparisons.round import Round
        from playground.engines.recital import reciter
        from playground.prompt.conversation import Conversation, Settings

        columns = contenders([(reciter(name), Settings()) for name in ("E2B", "31B")])
        round = Round(Conversation.ask("Say it."), columns)
        status = Status(st.empty(), round)
        round.answers[1].refuse("It can't.", "Ask another.")
        status.draw()

    page = opening.script(script).run()
    assert not page.exception
    assert [one.value for one in page.caption] == ["31B refused · 1 of 2 done"]
