"""Calls that wait for a person are shown wherever an answer may make one, and words that were cut stay in sight."""

from __future__ import annotations

from tests.components.opening import script


def test_a_call_that_waits_can_be_answered_in_every_pane() -> None:
    def page() -> None:
        import streamlit as st

        from components.compare.answering.repeated import EarlierRepeats, Repeats
        from components.compare.earlier import Earlier
        from components.compare.reading.rounds import FoldedRound, Place
        from playground.comparisons.answer import Answer
        from playground.comparisons.contender import contenders
        from playground.comparisons.lineup.seating import groups
        from playground.comparisons.steps import Called
        from playground.engines.recital import reciter
        from playground.prompt.conversation import Conversation, Settings

        columns = contenders([(reciter("E2B"), Settings(seed=n)) for n in (1, 2)])
        if "held" not in st.session_state:
            answers = [Answer(one, Conversation.ask("Weather?")) for one in columns]
            answers[1].call(
                (Called("get_weather", {"city": "Rome"}, "waiting", 0.0, by_hand=True),)
            )
            st.session_state.held = answers
        held = st.session_state.held
        (group,) = groups(columns)
        places: tuple[Place, ...] = (
            Repeats("pane_0", group, held, "", lambda id, mend: None),
            EarlierRepeats("earlier_1_0", group, held, True),
            Earlier("earlier_1_1", 1, held[1], True),
            FoldedRound("folded_round_1", held, True),
            FoldedRound("folded_round_2", held, False),
        )
        for place in places:
            place.draw()

    shown = script(page).run()
    assert not shown.exception
    fields = [one for one in shown.text_area if one.label == "What get_weather gives back"]
    assert len(fields) == 4, "who only looks on answers nothing"
    fields[0].set_value('{"sky": "clear"}')
    (give,) = (one for one in shown.button if one.key == "give_pane_0_1_1_0")
    give.click()
    shown.run()
    assert not shown.exception
    (call,) = shown.session_state.held[1].calling
    assert (call.standing, call.result) == ("given", {"sky": "clear"})
    assert not [one for one in shown.text_area if one.label == "What get_weather gives back"]


def test_what_repeats_said_before_they_were_stopped_stays() -> None:
    def page() -> None:
        from components.compare.answering.repeated import EarlierRepeats, Repeats
        from playground.comparisons.answer import Answer
        from playground.comparisons.contender import contenders
        from playground.comparisons.lineup.seating import groups
        from playground.engines.events import Chunk
        from playground.engines.recital import reciter
        from playground.prompt.conversation import Conversation, Settings

        columns = contenders([(reciter("E2B"), Settings(seed=n)) for n in (1, 2, 3)])
        answers = [Answer(one, Conversation.ask("Say it.")) for one in columns]
        for answer, words in zip(answers, ("Half of the first", "", "A whole one."), strict=True):
            answer.take(Chunk("answer", words, 1, 0.0))
        answers[0].stop()
        answers[1].stop()
        answers[2].end("done")
        (group,) = groups(columns)
        Repeats("pane_0", group, answers, "", None).draw()
        EarlierRepeats("earlier_1_0", group, answers, False).draw()

    shown = script(page).run()
    assert not shown.exception
    assert [one.label for one in shown.expander if "stopped" in one.label] == [
        "**stopped** · Half of the first"
    ] * 2
    assert sum(one.value == "Half of the first" for one in shown.markdown) == 2


def test_repeats_that_hold_json_are_shown_letter_by_letter_and_checked() -> None:
    def page() -> None:
        from components.compare.answering.repeated import Repeats
        from playground.comparisons.answer import Answer
        from playground.comparisons.contender import contenders
        from playground.comparisons.lineup.seating import groups
        from playground.engines.events import Chunk
        from playground.engines.recital import reciter
        from playground.prompt.conversation import Conversation, Settings

        schema = {"type": "object", "required": ["a"]}
        columns = contenders([(reciter("E2B"), Settings(seed=n, schema=schema)) for n in (1, 2)])
        answers = [Answer(one, Conversation.ask("Say it.")) for one in columns]
        for answer, words in zip(answers, ('{"a": "*x* _y_ $1$"}', '{"b": 1}'), strict=True):
            answer.take(Chunk("answer", words, 1, 0.0))
            answer.end("done")
        (group,) = groups(columns)
        Repeats("pane_0", group, answers, "", None).draw()

    shown = script(page).run()
    assert not shown.exception
    assert [one.value.strip() for one in shown.code] == ['{"a": "*x* _y_ $1$"}', '{"b": 1}']
    assert any("1 of 2 are valid against the schema." in one.value for one in shown.markdown)
