"""Continue in a pane, and an answer that was begun for the model."""

from __future__ import annotations

from collections.abc import Callable

from streamlit.testing.v1 import AppTest

from playground.engines.recital import Recital
from playground.models.model import Model
from tests.components.test_pages import ask, open_page, run, words

__all__ = ["open_page"]  # a fixture

TEXT = "One two three four **five** six."


def play(model: Model) -> Recital:
    return Recital(model, TEXT)


def test_a_cut_answer_has_a_button_that_lets_it_go_on(open_page: Callable[..., AppTest]) -> None:
    page = ask(open_page(play, on="E2B,31B", max_tokens="5"), "Count.")
    assert [b.label for b in page.button if str(b.key).startswith("go_on_")] == ["Continue"] * 2
    page.button(key="go_on_0").click()
    run(page)
    first, other = page.session_state.comparison.answers
    assert (first.text.strip(), other.text.strip()) == (TEXT, "One two three four **five**")
    assert "Was cut and went on, once" in words(page)
    assert [str(b.key) for b in page.button if str(b.key).startswith("go_on_")] == ["go_on_1"]
    assert TEXT in words(page), "its words are drawn as one piece"


def test_what_is_begun_for_the_model_is_marked(open_page: Callable[..., AppTest]) -> None:
    page = open_page(play, on="E2B")
    page.text_area(key="begun").set_value("One two ")
    page = ask(run(page), "Count.")
    (answer,) = page.session_state.comparison.answers
    assert answer.text.strip() == TEXT
    assert "Begun by you: “One two”" in words(page)
    assert "One two " in page.query_params["begun"]
