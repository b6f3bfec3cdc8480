"""The API on the pages: tokens made, listed and revoked by their visitor, and the call for what is on the screen."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from components import shell
from playground.archive.archive import Archive
from playground.desk import Desk
from playground.engines.recital import Recital
from playground.hosting.tokens import Tokens
from tests.components.opening import app


@pytest.fixture
def desk(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Desk]:
    made = Desk(lambda model: Recital(model), 10**15, archive=Archive.within(tmp_path))
    monkeypatch.setattr(shell, "open_desk", lambda: made)
    shell._opened.cache_clear()
    yield made
    made.close()
    shell._opened.cache_clear()


def engines() -> AppTest:
    return app().run().switch_page("pages/engines.py").run()


def said(page: AppTest) -> str:
    return "\n".join(one.value for one in (*page.markdown, *page.caption))


def test_a_token_is_shown_once_listed_and_revoked(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PLAYGROUND_API", "1")
    page = engines()
    page.text_input(key="token_name").input("<b>mine</b> :red[x]")
    page.button[-1].click().run()
    assert not page.exception
    (token,) = (one.value for one in page.code)
    assert desk.archive is not None
    tokens = Tokens(desk.archive.media)
    assert tokens.owner(token) == ""
    (one,) = tokens.of("")
    page.run()
    assert not page.code  # once
    assert one.id in said(page) and "<b>" not in said(page)
    page.button(key=f"revoke_{one.id}").click().run()
    assert tokens.owner(token) is None and one.id not in said(page)


@pytest.mark.parametrize(
    ("api", "hosted", "words"),
    [("", "", "From this machine alone"), ("0", "", ""), ("", "1", "")],
)
def test_without_tokens_it_says_who_may_call_or_nothing(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, api: str, hosted: str, words: str
) -> None:
    monkeypatch.setenv("PLAYGROUND_API", api)
    monkeypatch.setenv("PLAYGROUND_HOSTED", hosted)
    page = engines()
    assert ("/api" in said(page)) == bool(words) and words in said(page)
    assert not [one for one in page.text_input if one.key == "token_name"]


def test_the_call_for_what_is_on_the_screen(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    page = app().run()
    page.chat_input[0].set_value("Say it.").run()
    page.button(key="use_from_code").click().run()
    curl, python = (one.value for one in page.code[-2:])
    assert "/api/compare" in curl and "Say it." in curl
    assert "/v1" in python and "import openai" in python
    monkeypatch.setenv("PLAYGROUND_API", "0")
    page.run()
    assert not [one for one in page.button if one.key == "use_from_code"]
