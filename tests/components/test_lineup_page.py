"""Setting who answers on the Compare page: overrides, order, repeats and sweeps, with engines that recite."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import cycle
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from components import shell
from components.compare.settings import ADDRESS
from playground.archive.archive import Archive
from playground.comparisons.lineup.entry import LONGEST, written
from playground.engines.base import Stop
from playground.engines.events import Event, Finished
from playground.engines.recital import Recital
from playground.models.model import Model
from playground.prompt.conversation import Conversation, Settings
from tests.components.opening import script
from tests.components.test_pages import ask, keys, open_page, run, wav, words

__all__ = ["open_page"]  # a fixture

Open = Callable[..., AppTest]


def line(page: AppTest) -> str:
    return written(page.session_state.entries)


def opened(page: AppTest) -> AppTest:
    """With the popover of the line-up open."""
    page.session_state.lineup = True
    return run(page)


def press(page: AppTest, key: str) -> AppTest:
    page.button(key=key).click()
    return run(page)


def test_what_is_closed_is_not_made(open_page: Open) -> None:
    page = open_page(on="E2B,31B")
    assert not {"lineup_left", "extra_add", "sweep_lay"} & keys(page)
    assert {"lineup_left", "extra_add", "sweep_lay"} <= keys(opened(page))


def test_settings_for_one_leave_all_others_as_they_are(open_page: Open) -> None:
    page = opened(open_page(on="E2B,31B", temperature="0.7"))
    page.button_group(key="own_thinking_E2B").set_value("on")
    run(page).button_group(key="own_image_tokens_E2B").set_value("280")
    run(page).number_input(key="own_max_tokens_E2B").set_value(99)
    run(page).text_area(key="own_system_E2B").set_value("Be brief.")
    run(page).number_input(key="own_seed_E2B").set_value(5)
    assert run(page).query_params["on"] == (
        "E2B~thinking~seed=5~max_tokens=99~image_tokens=280~system=Be+brief.,31B"
    )
    ask(page, "Say it.")
    one, other = page.session_state.comparison.contenders
    wanted = Settings(temperature=0.7, thinking=True, image_tokens=280, max_tokens=99, seed=5)
    assert (one.settings, one.system) == (wanted, "Be brief.")
    assert (other.settings, other.system) == (Settings(temperature=0.7), None)
    said = "E2B · at most 99 tokens · thinking · 280 tokens a picture · “Be brief.”"
    assert (one.label, other.label) == (said, "31B")
    assert page.session_state.comparison.answers[0].conversation.system == "Be brief."
    page.button_group(key="own_thinking_E2B").set_value("as for all")
    run(page).number_input(key="own_seed_E2B").set_value(None)
    assert run(page).query_params["on"].startswith("E2B~max_tokens=99~image_tokens=280")


def test_one_can_do_without_what_all_others_have(open_page: Open) -> None:
    page = opened(open_page(on="E2B,31B"))
    page.button_group(key="own_schema_E2B").set_value("none")
    run(page).button_group(key="own_tools_E2B").set_value("none")
    assert run(page).query_params["on"] == "E2B~schema=own~tools=[],31B"
    page.button_group(key="own_schema_E2B").set_value("as for all")
    assert run(page).query_params["on"] == "E2B~tools=[],31B"


def test_what_an_address_says_of_one_is_shown_where_it_is_set(open_page: Open) -> None:
    page = opened(open_page(on="E2B~no-thinking~image_tokens=own~top_k=7~x4,31B"))
    assert page.button_group(key="own_thinking_E2B").value == "off"
    assert page.button_group(key="own_image_tokens_E2B").value == "the model's own"
    assert page.number_input(key="own_top_k_E2B").value == 7
    assert page.number_input(key="repeats_E2B").value == 4


def test_the_order_is_moved_by_hand_and_settings_go_along(open_page: Open) -> None:
    page = opened(open_page(on="E2B~t0.5,E4B,31B"))
    assert page.button(key="lineup_left").disabled
    page = press(press(page, "lineup_right"), "lineup_right")
    assert line(page) == page.query_params["on"] == "E4B,31B,E2B~t0.5"
    assert page.button(key="lineup_right").disabled
    ask(page, "Say it.")
    assert [one.id for one in page.session_state.comparison.contenders] == ["E4B", "31B", "E2B"]
    page = press(page, "lineup_drop")
    assert line(page) == "E4B,31B"


def test_one_that_is_set_keeps_its_history_and_its_pill_brings_another(open_page: Open) -> None:
    page = ask(opened(open_page(on="E2B")), "Say it.")
    page.button_group(key="own_thinking_E2B").set_value("on")
    run(page).button_group(key="contenders").set_value(["E2B"])
    ask(run(page), "And again.")
    assert page.query_params["on"] == "E2B~n2,E2B~thinking~n1"
    second, first = page.session_state.comparison.answers
    assert len(first.conversation.messages) == 3 and first.settings.thinking
    assert len(second.conversation.messages) == 1


def test_one_more_and_its_precision(open_page: Open) -> None:
    page = opened(open_page(on="E2B"))
    page.selectbox(key="extra_spec").select("E4B")
    page = press(run(page), "extra_add")
    page.button_group(key="own_precision_E4B").set_value("int8")
    assert run(page).query_params["on"] == "E2B,E4B@int8"
    page.button_group(key="own_precision_E4B@int8").set_value("as usual")
    assert run(page).query_params["on"] == "E2B,E4B"


def test_hosted_nobody_chooses_a_precision(
    open_page: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PLAYGROUND_HOSTED", "1")
    page = opened(open_page(on="E2B"))
    assert "own_precision_E2B" not in {group.key for group in page.button_group}


def test_a_sweep_is_a_column_a_value(open_page: Open) -> None:
    page = opened(open_page(on="E2B,31B"))
    page.text_input(key="sweep_image_tokens").set_value("70,140,280")
    page = press(run(page), "sweep_lay")
    assert line(page) == ("E2B~image_tokens=70,E2B~image_tokens=140,E2B~image_tokens=280,31B")
    # Widgets of their own: what those before said may come from the tab once more.
    laid = {group.key: group.value for group in page.button_group if "image_tokens" in group.key}
    assert laid == {"own_1_image_tokens_E2B": "70"}
    ask(page, "Say it.")
    labels = [one.label for one in page.session_state.comparison.contenders]
    assert labels == [f"E2B · {n} tokens a picture" for n in (70, 140, 280)] + ["31B"]


def test_a_sweep_too_wide_takes_the_place_of_the_others(open_page: Open) -> None:
    page = opened(open_page(on="31B,E2B,E4B"))
    assert "these 5 take the place of all others" in words(page)
    page = press(page, "sweep_lay")
    assert line(page) == ",".join(f"31B~image_tokens={n}" for n in (70, 140, 280, 560, 1120))
    page.text_input(key="sweep_image_tokens").set_value("70,90")
    run(page)
    assert "A picture can't take 90 tokens" in words(page) and page.button(key="sweep_lay").disabled


def test_presses_that_come_two_at_a_time_do_no_more_than_one() -> None:
    def twice() -> None:
        import streamlit as st

        from components import columns
        from components.compare.choosing import changing, lineup, own, sweeping
        from playground.comparisons.lineup.entry import entries, written

        columns.choose(entries("E2B,31B"))
        for _ in range(2):
            changing.move("E2B", 1)
        for _ in range(2):
            sweeping._lay("E2B", "image-tokens=70,140")
        st.session_state.wished = 3
        changing.move("gone", 1)
        own._set("gone", "thinking", True, lambda: True)
        lineup._repeat("gone", "wished")
        sweeping._lay("gone", "image-tokens=70,140")
        st.text(written(columns.chosen()))

    ran = script(twice).run()
    assert not ran.exception
    assert ran.text[0].value == "31B,E2B~image_tokens=70,E2B~image_tokens=140"


def test_repeats_are_one_pane_with_distinct_answers_and_spreads(open_page: Open) -> None:
    said = cycle(["red", "red", "blue"])

    def play(model: Model) -> Recital:
        return Recital(model, lambda _: next(said))

    page = ask(open_page(play, on="E2B~x3,31B", seed="7", max_tokens="9"), "Which colour?")
    comparison = page.session_state.comparison
    assert [one.settings.seed for one in comparison.contenders] == [7, 8, 9, 7]
    shown = words(page)
    assert "3 answers, 2 of them distinct" in shown
    assert "**2 of 3**" in shown
    assert any(one.label.startswith("**1 of 3** · ") for one in page.expander)
    metrics = {metric.label: metric for metric in page.metric}
    assert metrics["TTFT (n 3)"].delta.startswith("± ")
    assert {"run_again_pane_0", "run_again_1"} <= keys(page)
    before = comparison.answers
    press(page, "run_again_pane_0")
    assert all(one is not other for one, other in zip(before[:3], comparison.answers, strict=False))
    assert comparison.answers[3] is before[3]
    ask(page, "And now?")
    assert len(comparison.rounds) == 2
    assert [len(one.conversation.messages) for one in comparison.answers] == [3] * 4


def test_equal_columns_are_repeats_and_too_many_answers_are_said(open_page: Open) -> None:
    page = ask(open_page(on="E2B,E2B"), "Say it.")
    assert "All 2 answers are the same, word for word." in words(page)
    page = open_page(on="E2B~x20,E4B~x20,31B~x20,E2B")
    assert "60 answers to one question are the most." in words(page)


def test_a_thought_has_its_own_clock_also_when_it_is_cut_short_and_in_earlier_rounds(
    open_page: Open,
) -> None:
    page = ask(open_page(on="E2B,E2B~max_tokens=2", thinking="true"), "Say it.")
    whole, cut = [status.label for status in page.status]
    assert whole.endswith(" · 3 tokens") and whole.startswith("Thought for ")
    assert cut.endswith(" · 2 tokens, cut short")
    shown = [element.value for element in page.markdown]
    assert sum(text.startswith("one two three") for text in shown) == 1
    assert not any("let me see one" in text for text in shown)
    ask(page, "And again.")
    assert [status.label for status in page.status][:2] == [whole, cut]


def test_repeats_are_one_in_what_a_question_would_cost(open_page: Open) -> None:
    page = open_page(on="E2B~x3,31B")
    page.file_uploader(key="upload_0").upload("b.wav", wav())
    run(page)
    assert "of 3" not in words(page) and "not for 31B" in words(page)


def test_columns_stand_by_a_figure_once_all_have_answered(open_page: Open) -> None:
    length = {"E2B": 3, "E4B": 1, "31B": 2}

    def play(model: Model) -> Recital:
        return Recital(model, " ".join(["word"] * length[model.variant]))

    page = open_page(play, on="E2B,E4B~x2,31B")
    page.selectbox(key="order").select("answer_tokens")
    ask(run(page), "Say it.")
    heads = [text.value for text in page.markdown if text.value.startswith("## ")]
    names = [next(name for name in length if name in head) for head in heads]
    assert names == ["E4B", "31B", "E2B"]
    helps = [one.help for one in page.button if (one.key or "").startswith("run_again_")]
    assert [words.split()[4] for words in helps] == names
    chosen = [one.label for one in page.session_state.comparison.contenders]
    assert chosen == ["E2B", "E4B · 1 of 2", "E4B · 2 of 2", "31B"]
    page.selectbox(key="order").select("as chosen")
    heads = [text.value for text in run(page).markdown if text.value.startswith("## ")]
    assert [next(name for name in length if name in head) for head in heads][:3] == list(length)


def test_a_line_up_is_kept_by_a_name(open_page: Open, tmp_path: Path) -> None:
    page = opened(open_page(on="E2B~image_tokens=280~x3,31B"))
    assert "keep" not in keys(page)  # nothing is kept here
    shell.desk().archive = Archive.within(tmp_path)
    run(page).text_input(key="keep_as").set_value("  two  of them ")
    page = press(page, "keep")
    assert page.selectbox(key="kept_name").options == ["two of them"]
    page.button_group(key="contenders").set_value([])
    page = press(run(page), "lineup_drop")
    assert line(page) == ""
    page = press(page, "kept_open")
    assert line(page) == page.query_params["on"] == "E2B~image_tokens=280~x3,31B"
    page = press(page, "kept_forget")
    assert "kept_open" not in keys(page)


def test_repeats_that_were_cut_are_mended_together_and_say_so_once(open_page: Open) -> None:
    page = ask(open_page(on="E2B~x3", max_tokens="2"), "Say it.")
    assert "**3 of 3**: :orange[:material/content_cut: Cut off at 2 tokens" in words(page)
    page = press(page, "mend_pane_0_0")
    settings = [one.settings for one in page.session_state.comparison.contenders]
    assert [one.max_tokens for one in settings] == [8] * 3
    assert "All 3 answers are the same" in words(page)


def test_stray_thought_marks_are_shown_and_said_to_be_the_servers_fault(open_page: Open) -> None:
    class Leaky(Recital):
        def stream(
            self, conversation: Conversation, settings: Settings, stop: Stop
        ) -> Iterator[Event]:
            for event in super().stream(conversation, settings, stop):
                if isinstance(event, Finished):
                    event = replace(event, remarks=("lab did not tell a thought apart.",))
                yield event

    page = ask(open_page(lambda model: Leaky(model, "hm <channel|> Yes."), on="E2B,31B~x2"), "?")
    shown = words(page)
    assert shown.count("hm <channel|> Yes.") >= 2  # as it came
    assert "lab did not tell a thought apart." in shown
    assert "**2 of 2**: :orange[:material/info: lab did not" in shown
    ask(page, "And?")
    assert words(page).count("lab did not tell a thought apart.") == 3


def test_all_texts_together_are_no_longer_than_an_address() -> None:
    """System prompt, beginning and schema beside the line-up; proxies take some 8,000 letters."""
    assert 3 * ADDRESS + LONGEST < 7_700
