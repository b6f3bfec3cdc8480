"""Differences on the Compare page: word by word, transcripts and boxes against what is typed."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from streamlit.testing.v1 import AppTest

from playground.engines.recital import Recital
from playground.models.model import Model
from tests.components.test_pages import ask, open_page, run, words

__all__ = ["open_page"]  # a fixture

Open = Callable[..., AppTest]

SAID = {
    "E2B": "A red heart & a <b>green</b> ring.",
    "E4B": "A red heart & a blue ring.",
}
BOXES = {
    "E2B": '[{"box_2d": [0, 0, 500, 1000], "label": "cat"}]',
    "E4B": '[{"box_2d": [0, 0, 500, 500], "label": "Cat"}, {"box_2d": [900, 900, 1000, 1000], "label": "dog"}]',
}


def saying(said: dict[str, str]) -> Callable[[Model], Recital]:
    return lambda model: Recital(model, said[model.variant])


def differences(page: AppTest) -> AppTest:
    page = ask(page, "What?")
    page.session_state["figures"] = "Differences"
    return run(page)


def pieces(page: AppTest) -> list[str]:
    return [one.proto.body for one in page.get("html") if "pre-wrap" in one.proto.body]


def test_the_words_that_differ_are_marked(open_page: Open) -> None:
    page = differences(open_page(saying(SAID), on="E2B,E4B"))
    left, right = pieces(page)
    assert "A red heart &amp; a <mark>&lt;b&gt;green&lt;/b&gt; </mark>ring." in left
    assert "A red heart &amp; a <mark>blue </mark>ring." in right
    assert "86 % of the words" in words(page)
    page.toggle(key="differ_bare").set_value(True)
    assert " … <mark>blue </mark> … " in pieces(run(page))[1]


def test_a_transcript_is_held_against_what_was_said(open_page: Open) -> None:
    page = differences(open_page(saying(SAID), on="E2B,E4B"))
    page.text_area(key="reference").set_value("a red heart, a blue ring")
    (table,) = run(page).dataframe[-1:]
    rows = table.value.set_index("contender")
    assert rows.loc["E4B"].to_dict() == {"WER": 0.0, "CER": 0.0}
    assert rows.loc["E2B", "WER"] == pytest.approx(3 / 6)
    page.text_area(key="reference").set_value("?!")
    assert "The reference holds no word." in words(run(page))


def test_boxes_are_held_against_each_other_and_a_reference(open_page: Open) -> None:
    page = differences(open_page(saying(BOXES), on="E2B,E4B"))
    assert "mean IoU of every two" in words(page)
    pairs = page.dataframe[-1].value.set_index("")
    assert pairs.loc["E2B", "E4B"] == pairs.loc["E4B", "E2B"] == pytest.approx(0.25)
    page.text_area(key="reference_boxes").set_value(BOXES["E2B"])
    rows = run(page).dataframe[-1].value.set_index("")
    assert rows.loc["E2B", ["all labels", "cat"]].tolist() == [1, 1]
    assert rows.loc["E4B"].to_dict() == pytest.approx({"all labels": 0.25, "cat": 0.5, "dog": 0.0})
    page.text_area(key="reference_boxes").set_value("left of the dog")
    assert "There is no box in it." in words(run(page))


def test_one_answer_with_boxes_is_enough_for_a_reference(open_page: Open) -> None:
    page = differences(open_page(saying(BOXES), on="E2B"))
    assert "Two answers with words are needed" in words(page)
    page.text_area(key="reference_boxes").set_value(BOXES["E4B"])
    rows = run(page).dataframe[-1].value
    assert list(rows["dog"]) == [0.0] and list(rows["Cat"]) == [0.5]
