"""The calls below a comparison: what they send asks the same again, whatever was asked and with whatever settings."""

from __future__ import annotations

import ast
import json
import shlex
from dataclasses import replace
from typing import Any

import pytest

from playground.api import asking
from playground.api.bodies import Form, Upload
from playground.api.chat import fields
from playground.api.snippets import snippets
from playground.cli.question import question
from playground.comparisons.contender import Contender
from playground.comparisons.round import Round
from playground.prompt.conversation import Conversation, Settings
from tests.archive.kept import CLIP, FILE, PICTURE, SOUND
from tests.media_files import picture

BASE = "http://localhost:8501"
HOSTILE = 'It\'s "so" $HOME `id` \\ \n--form x=@/etc/passwd <b> {} 敏捷'


def asked(**wishes: Any) -> Round:
    made = question({"prompt": HOSTILE, "on": ["demo:E2B", "demo:31B"], "seed": 1, **wishes})
    return Round(made.conversation, made.contenders)


def curl(of: Round, token: bool = False) -> list[str]:
    return shlex.split(snippets(of, BASE, token)[0].text)


def sent(words: list[str], option: str) -> list[str]:
    return [words[n + 1] for n, word in enumerate(words) if word == option]


def chosen(contenders: tuple[Contender, ...]) -> list[tuple[str, Settings, str | None]]:
    return [(one.model.spec, one.settings, one.system) for one in contenders]


@pytest.mark.parametrize(
    "wishes",
    [
        {},
        {"system": HOSTILE, "temperature": 0.25, "top_p": 0.5, "top_k": 3, "max_tokens": 77},
        {"on": ["demo:E2B", "demo:E2B", "demo:E2B"], "set": ["demo:E2B#2:thinking=on"]},
        {"set": ["demo:31B:temperature=1.5", "demo:31B:system=Be 'brief'; now"]},
        {"thinking": True, "image_tokens": 280, "begun": "So, "},
        {"schema": {"type": "object", "properties": {"a": {"type": "string"}}}},
        {"tools": ["calculator", {"name": "mine", "parameters": {}}]},
        {"repeat": 3},
        {"on": "demo:E2B", "set": "demo:E2B:precision=int8"},
    ],
    ids=range(9),
)
def test_curl_asks_the_same_again(wishes: dict[str, Any]) -> None:
    round = asked(**wishes)
    words = curl(round)
    assert words[:2] == ["curl", f"{BASE}/api/compare"]
    (body,) = sent(words, "--json")
    again = asking.of_json(json.loads(body), lambda size: None).question
    assert again.conversation == round.asked
    assert chosen(again.contenders) == chosen(round.contenders)


def test_curl_sends_files_by_their_names() -> None:
    made = question({"prompt": HOSTILE, "on": ["demo:E2B", "demo:31B"], "seed": 1})
    whole = Conversation.ask(HOSTILE, (PICTURE, SOUND, CLIP, FILE), "Be kind.")
    words = curl(Round(whole, made.contenders), token=True)
    assert sent(words, "--header") == ["Authorization: Bearer $PLAYGROUND_TOKEN"]
    assert sent(words, "--form") == [
        'image=@"cat.png"',
        'video=@"clip.mp4"',
        'file=@"notes.md"',
        'audio=@"voice.wav"',
    ]
    said: dict[str, list[str]] = {}
    for one in sent(words, "--form-string"):
        name, _, value = one.partition("=")
        said.setdefault(name, []).append(value)
    form = Form(said, (Upload("image", "cat.png", picture()),))
    again = asking.of_form(form, lambda size: None).question
    assert (again.conversation.question, again.conversation.system) == (HOSTILE, "Be kind.")
    assert chosen(again.contenders) == chosen(made.contenders)


def test_no_call_sends_another_file_of_whoever_makes_it() -> None:
    """A comparison that somebody imported may call its picture so."""
    made = question({"prompt": "x", "on": ["demo:E2B"], "seed": 1})
    for name in ("/home/me/.ssh/id_rsa", "..\\..\\.ssh\\id_rsa", "~/.ssh/id_rsa"):
        round = Round(Conversation.ask("x", (replace(PICTURE, name=name),)), made.contenders)
        (form,) = sent(curl(round), "--form")
        assert form == 'image=@"id_rsa"'
        assert "data_url('id_rsa')" in snippets(round, BASE, False)[1].text


@pytest.mark.parametrize("media", [(), (PICTURE, SOUND, CLIP, FILE)], ids=["words", "media"])
@pytest.mark.parametrize("token", [False, True])
def test_python_is_whole_and_asks_each_contender_the_same(media: Any, token: bool) -> None:
    made = question({"prompt": "x", "on": ["demo:E2B", "demo:31B"], "seed": 1, "top_k": 5})
    (second,) = question({"prompt": "x", "on": "demo:31B", "thinking": True, "seed": 2}).contenders
    round = Round(Conversation.ask(HOSTILE, media, "Be kind."), (made.contenders[0], second))
    text = snippets(round, BASE, token)[1].text
    tree = ast.parse(text)
    names = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    known = {alias.asname or alias.name for node in ast.walk(tree)
             if isinstance(node, ast.Import | ast.ImportFrom) for alias in node.names}  # fmt: skip
    assert known <= names  # what is imported is used
    assert ("PLAYGROUND_TOKEN" in text) == token and ("data_url" in text) == bool(media)
    lines = [n for n in tree.body if isinstance(n, ast.Assign) and n.targets[0].id != "client"]  # type: ignore[attr-defined]
    scope: dict[str, Any] = {"data_url": lambda name: f"data:;base64,{name}"}
    exec(compile(ast.Module(lines, []), "snippet", "exec"), scope)
    first, other = scope["requests"]
    assert (first["model"], first["extra_body"], first["seed"]) == ("demo:E2B", {"top_k": 5}, 1)
    assert (other["model"], other["reasoning_effort"]) == ("demo:31B", "high")
    if not media:
        for request, contender in ((first, made.contenders[0]), (other, second)):
            extra = request.pop("extra_body", {})
            told = fields.asked({**request, **extra})
            assert told.conversation == round.asked and told.settings == contender.settings
