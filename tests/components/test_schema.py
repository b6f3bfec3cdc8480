"""The schema editor, and answers that hold JSON, with engines that recite."""

from __future__ import annotations

import json
from collections.abc import Callable

from streamlit.testing.v1 import AppTest

from components.compare.schema import shown
from playground.engines.recital import Recital
from playground.models.model import Model
from playground.prompt.conversation import Settings
from tests.components.opening import laid
from tests.components.test_pages import ask, keys, open_page, run, words

__all__ = ["open_page"]

SCHEMA = {
    "type": "object",
    "properties": {"name": {"type": "string"}, "age": {"type": "integer"}},
    "required": ["name", "age"],
}
SAID = {
    "E2B": '{"name": "<b>Ada</b>", "age": 36}',
    "E4B": '{"name": "<b>Ada</b>", "age": 37}',
    "31B": "36",
}
Open = Callable[..., AppTest]


def recite(model: Model) -> Recital:
    return Recital(model, SAID[model.variant])


def html(page: AppTest) -> list[str]:
    return [one.proto.body for one in page.get("html") if 'class="held"' in one.proto.body]


def write(page: AppTest, text: str, kind: str = "JSON schema") -> AppTest:
    laid(page.segmented_control, "schema_kind").set_value(kind)
    laid(page.text_area, "live_schema").set_value(text)
    return run(page)


def test_answers_are_drawn_as_what_they_hold_with_what_differs_marked(open_page: Open) -> None:
    page = write(open_page(recite), json.dumps(SCHEMA))
    assert "Each answer has to be an object with 2 fields: name, age" in words(page)
    page = ask(page, "Who?")
    said = words(page)
    assert said.count("Valid against the schema") == 2
    assert "Not valid against the schema." in said and "36 is not of type 'object'" in said
    drawn = html(page)
    assert "&lt;b&gt;Ada&lt;/b&gt;" in drawn[0] and "<b>" not in drawn[0]
    assert "<mark><code>36</code></mark>" in drawn[0] and "<mark><code>37</code></mark>" in drawn[1]
    contender = page.session_state.comparison.contenders[0]
    assert contender.settings == Settings(schema=SCHEMA)


def test_a_sample_is_one_click_and_a_link_carries_it(open_page: Open) -> None:
    page = open_page(recite)
    page.button(key="schema_sample_0").click()
    page = run(page)
    assert "3 fields: name, kind, hears" in words(page)
    linked = open_page(recite, schema=page.query_params["schema"])
    assert json.loads(laid(linked.text_area, "live_schema").value)["required"] == [
        "name",
        "kind",
        "hears",
    ]
    linked.button(key="schema_clear").click()
    assert laid(run(linked).text_area, "live_schema").value == ""
    assert "schema_sample_0" in keys(linked)


def test_a_python_type_and_an_example_become_schemas(open_page: Open) -> None:
    page = write(open_page(recite), "class A:\n  x: int", "Python type")
    assert "an object with 1 field: x" in words(page)
    page = write(page, '{"n": [1]}', "Example")
    assert "an object with 1 field: n" in words(page)
    page.button(key="schema_as_json").click()
    page = run(page)
    assert laid(page.segmented_control, "schema_kind").value == "JSON schema"
    assert json.loads(laid(page.text_area, "live_schema").value)["required"] == ["n"]


def test_with_a_faulty_schema_nothing_is_sent_and_nothing_lost(open_page: Open) -> None:
    page = write(open_page(recite), '{"type": "strin"}')
    assert "At type" in words(page)
    page = ask(page, "Who?")
    assert "comparison" not in page.session_state or page.session_state.comparison is None
    assert "The schema can't be used. At type" in words(page)
    assert (
        page.session_state.composer == "Who?" or page.chat_input(key="composer").value is not None
    )


def test_what_models_here_can_not_be_held_to_is_said_in_the_editor(open_page: Open) -> None:
    page = write(open_page(recite), '{"type": "array", "uniqueItems": true}')
    assert "can't be held to uniqueItems. Leave it out, or ask a server." in words(page)


def test_hostile_values_stay_text() -> None:
    value = {"<img src=x>": ["</td><script>", {"a": "&amp;"}], "n": None}
    drawn = shown.html(value, {"n"})
    assert "<script" not in drawn and "<img" not in drawn and "&amp;amp;" in drawn
    assert "<mark><code>null</code></mark>" in drawn
    assert shown.html([{"a": "x"}, {"a": "y"}], {"[1].a"}).count("<mark>") == 1


def test_a_schema_that_no_address_can_hold_is_said_to_stay_out_of_it(open_page: Open) -> None:
    long = {"type": "object", "properties": {f"field_{n}": {"type": "string"} for n in range(90)}}
    page = write(open_page(recite), json.dumps(long))
    assert "a link does not carry it" in words(page) and not page.query_params.get("schema")
    page = write(page, json.dumps(SCHEMA))
    assert "a link does not carry it" not in words(page) and page.query_params["schema"]


def test_a_link_with_half_a_letter_opens(open_page: Open) -> None:
    half = '{"title": "\\ud83d"}'
    page = open_page(recite, on=f"E2B~schema={half}", schema=half)
    assert "\ufffd" in laid(page.text_area, "live_schema").value
    assert any("schema \ufffd" in one.label for one in page.button)


def test_what_no_text_can_hold_is_one_sentence_on_the_page(open_page: Open) -> None:
    page = write(open_page(recite), '{"properties": {"\\ud800": {"type": "string"}}}')
    assert "It holds half a character" in words(page)
    page = write(page, '{"minimum": 1e999}')
    assert "holds what is no JSON" in words(page)
    page = write(page, "class A:\n  n: Annotated[int, Field(le=1e999)]", "Python type")
    assert "holds what is no JSON" in words(page)
