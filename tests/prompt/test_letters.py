"""Halves of letters are joined where both are there, and marked where one is alone."""

from __future__ import annotations

import json

import pytest

from playground.engines.server.said import excerpt
from playground.models.servers import Server
from playground.prompt.letters import cleaned, mended


@pytest.mark.parametrize(
    ("text", "is_then"),
    [
        ("as it is \U0001f600", "as it is \U0001f600"),
        ("\ud83d\ude00", "\U0001f600"),
        ("\ude00 \ud83d", "\ufffd \ufffd"),
        ("", ""),
        ("zwölf 🦊", "zwölf 🦊"),
        ("\ufeffa", "\ufeffa"),
        ("a\ud83eb", "a\ufffdb"),
        ("a\udd8ab", "a\ufffdb"),
        ("\ud83e\ud83e\udd8a", "\ufffd🦊"),
    ],
)
def test_halves_are_joined_or_marked(text: str, is_then: str) -> None:
    assert mended(text) == is_then
    assert cleaned({text: [text, 1, None]}) == {is_then: [is_then, 1, None]}


def test_a_servers_own_words_hold_none() -> None:
    said = json.loads('"broken \\ud83d"')
    assert excerpt(said, Server("lab", "http://x/v1")) == "broken \ufffd"
