"""What the page offers for a recording that is longer than a model hears, by the real decoding process."""

from __future__ import annotations

import re
from collections.abc import Callable

from streamlit.testing.v1 import AppTest

from tests.components.test_pages import ask, open_page, run, wav, words

__all__ = ["open_page"]


def test_a_long_recording_is_looked_at_and_split(open_page: Callable[..., AppTest]) -> None:
    page = open_page(on="E2B,31B")
    page.file_uploader(key="upload_0").upload("talk.wav", wav(40.0))
    run(page)
    assert "hears at most 30 s" in words(page)
    (look,) = [one for one in page.button if one.key and one.key.startswith("look_")]
    look.click()
    run(page)
    assert "No silence of a quarter of a second or more." in words(page)
    (split,) = [one for one in page.button if one.key and one.key.startswith("split_")]
    split.click()
    run(page)
    parts = page.session_state.tray.parts
    assert [part.name for part in parts] == ["talk.wav (1 of 2)", "talk.wav (2 of 2)"]
    assert sum(part.seconds for part in parts) == 40
    assert "hears at most 30 s" not in words(page)


def test_a_long_recording_is_answered_piece_by_piece(open_page: Callable[..., AppTest]) -> None:
    page = open_page(on="E2B")
    page.file_uploader(key="upload_0").upload("talk.wav", wav(40.0))
    run(page)
    (apart,) = [one for one in page.button if one.key and one.key.startswith("apart_")]
    apart.click()
    run(page)
    assert page.query_params["one_by_one"] == "true"
    ask(page, "What is said?")
    (answer,) = page.session_state.comparison.answers
    assert [step.piece for step in answer.steps] == ["talk.wav (1 of 2)", "talk.wav (2 of 2)"]
    pieces = [one.value for one in page.caption if "graphic_eq" in one.value]
    assert [re.sub(r"\\", "", one) for one in pieces] == [
        ":material/graphic_eq: talk.wav (1 of 2)",
        ":material/graphic_eq: talk.wav (2 of 2)",
    ]
    shown = words(page)
    assert shown.count("one two three") == 2
    assert "| steps | 2 |" in shown and "| 2 | " in shown, "figures of all, and of each"
