"""A server's own words, wherever it puts them, and what helps."""

from __future__ import annotations

import json
from typing import Any

import pytest

from playground.engines.server.said import excerpt, remedy, words
from playground.models.servers import Key, Server


@pytest.mark.parametrize(
    "sent",
    [
        {"error": "too long"},
        {"error": {"message": "too long", "code": 400}},
        {"object": "error", "message": "too long", "code": 400},
        [{"error": {"code": 400, "message": "too long", "status": "INVALID_ARGUMENT"}}],
        {"detail": "too long"},
        {"detail": [{"loc": ["body"], "msg": "too long"}]},
        {"error": {"error": {"message": "too long"}}},
        {"message": {"detail": "too long"}},
    ],
)
def test_the_words_are_found(sent: Any) -> None:
    assert words(sent) == words(json.dumps(sent)) == "too long"


def test_what_is_no_json_is_taken_as_it_is() -> None:
    assert words("<h1>Bad gateway</h1>") == "<h1>Bad gateway</h1>"
    assert words("[" * 100_000) == "[" * 100_000
    lab = Server("lab", "http://x", key=Key("sk-1"))
    assert excerpt("<h1>Bad\n gateway</h1> for sk-1", lab) == "Bad gateway for [key]"
    assert words({"code": 7}) == words([]) == words(None) == ""


@pytest.mark.parametrize(
    ("said", "helps"),
    [
        ("At most 4 image(s) may be provided in one prompt.", "Send fewer pictures"),
        ("At most 1 audio(s) may be provided in one prompt.", "Send fewer recordings."),
        ("mm_processor_kwargs is not allowed", "Choose no image budget, or start it with"),
        ("This model's maximum context length is 4096 tokens.", "Shorten the prompt"),
        ("the request exceeds the available context size, try increasing it", "Shorten the prompt"),
        ("image input is not supported - hint: you may need --mmproj", "Ask without pictures."),
        ("audio input is not supported", "Ask without sound."),
        ('"auto" tool choice requires --enable-auto-tool-choice', "Ask without tools"),
        ("CUDA out of memory", "Send less"),
        ("something else", "otherwise"),
    ],
)
def test_what_helps(said: str, helps: str) -> None:
    assert remedy(said, "otherwise").startswith(helps)
