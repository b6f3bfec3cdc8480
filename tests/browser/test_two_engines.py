"""The demo-sized E2B as GGUF beside the same as safetensors, in one comparison."""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from demo_family import gguf
from tests.browser.driving import (
    PATIENCE_MS,
    SAMPLES,
    ask,
    button,
    pane,
    panes,
    visit,
    wait_until_ended,
)
from tests.browser.serving import Server, serving

SAFETENSORS, GGUF = "demo:E2B", "demo:E2B@f32"
TASKS = ("What is 3 + 4?", "Who are you?", "Count to nine.", "Turn round: lamp")
OTHERWISE = "llama.cpp scales pictures in its own way"


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The app on a machine where the GGUF file was written."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
        assert gguf.main(["E2B"]) == 0
        with serving() as started:
            yield started


def compared(page: Page, server: Server, prompt: str, *files: Any) -> list[dict[str, Any]]:
    """Ask both, and read what came from the API."""
    visit(page, f"{server.url}/?on={SAFETENSORS},{GGUF}&temperature=0.0")
    ask(page, prompt, *files)
    for one in panes(page, 2):
        expect(one).to_contain_text("TTFT", timeout=PATIENCE_MS)
    wait_until_ended(page)
    id = page.url.partition("run=")[2].partition("&")[0]
    with urllib.request.urlopen(f"{server.url}/api/comparisons/{id}", timeout=30) as reply:
        answers: list[dict[str, Any]] = json.load(reply)["rounds"][0]["answers"]
    assert [(one["spec"], one["demo"]) for one in answers] == [(SAFETENSORS, True), (GGUF, True)]
    return answers


@pytest.mark.parametrize("prompt", TASKS)
def test_words_are_answered_alike(both: Server, page: Page, prompt: str) -> None:
    ours, theirs = compared(page, both, prompt)
    assert ours["text"] == theirs["text"] != ""
    assert ours["figures"]["prompt_tokens"]["total"] == theirs["figures"]["prompt_tokens"]["total"]


def test_sound_is_heard_by_both(both: Server, page: Page) -> None:
    answers = compared(page, both, "Which digits do you hear?", SAMPLES / "digits.wav")
    assert [one["text"] for one in answers] == ["A voice says: 7 3 9 2"] * 2


def test_a_picture_is_seen_and_the_difference_said(both: Server, page: Page) -> None:
    picture = SAMPLES / "one-shape.png"
    answers = compared(page, both, "What is in the picture?", picture)
    assert [one["text"] for one in answers] == ["An orange star."] * 2
    expect(pane(page, 1)).to_contain_text(OTHERWISE)
    expect(pane(page, 0)).not_to_contain_text(OTHERWISE)


def test_it_is_chosen_like_any_other_and_is_not_gemma_4(both: Server, page: Page) -> None:
    visit(page, f"{both.url}/?on={SAFETENSORS}")
    button(page, "lineup").click()
    extra = page.locator(".st-key-extra_spec input").first
    extra.scroll_into_view_if_needed()  # what opens below it closes when the panel is scrolled
    page.wait_for_selector("[data-test-script-state=notRunning]")
    extra.click()
    page.get_by_role("option", name=GGUF).click()
    button(page, "extra_add").click()
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="E2B@f32")).to_be_visible(timeout=PATIENCE_MS)
    ask(page, "What is 3 + 4?")
    for one in panes(page, 2):
        expect(one).to_contain_text("not Gemma 4", timeout=PATIENCE_MS)
    wait_until_ended(page)
    expect(page.locator(".st-key-heads")).to_contain_text("E2B f32")

    visit(page, f"{both.url}/engines")
    member = page.locator(".st-key-machine_E2B")
    expect(member.get_by_text("demo-sized, not Gemma 4")).to_have_count(2, timeout=PATIENCE_MS)
    expect(member).to_contain_text("f32, llama.cpp")
