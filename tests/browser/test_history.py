"""What was asked is found again: left, searched for, opened, deleted, taken back; and taken away as a file."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.driving import (
    PATIENCE_MS,
    SAMPLES,
    ask,
    pane,
    visit,
    wait_until_ended,
    words,
)
from tests.browser.serving import SLOW, Server, serving


@pytest.fixture(scope="module")
def quick(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The app with four models that recite twenty words, and an archive of its own."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PLAYGROUND_ARCHIVE", str(tmp_path_factory.mktemp("archive")))
        patch.setenv("PLAYGROUND_SAMPLES", str(tmp_path_factory.mktemp("samples")))
        with serving((*SLOW, "--words", "20", "--prefill", "0")) as started:
            yield started


def history(page: Page) -> None:
    """Go there by the menu."""
    page.get_by_role("link", name="History").click()
    expect(page.get_by_role("heading", name="History")).to_be_visible(timeout=PATIENCE_MS)


def test_asked_left_found_opened_deleted_and_taken_back(quick: Server, page: Page) -> None:
    visit(page, f"{quick.url}/?on=E2B,31B")
    ask(page, "Where is the aquarium?", SAMPLES / "one-shape.png")
    expect(pane(page, 1)).to_contain_text("w20", timeout=PATIENCE_MS)
    wait_until_ended(page)
    page.get_by_role("button", name="New").click()
    expect(page.get_by_text("the whole family")).to_be_visible(timeout=PATIENCE_MS)
    ask(page, "Something else.")
    expect(pane(page, 1)).to_contain_text("w20", timeout=PATIENCE_MS)
    wait_until_ended(page)

    history(page)
    cards = page.locator("[class*=st-key-kept_]")
    expect(cards).to_have_count(2, timeout=PATIENCE_MS)
    expect(cards.first).to_contain_text("Something else.")
    search = page.get_by_placeholder("Words of a question")
    search.fill("quari")
    search.press("Enter")
    expect(cards).to_have_count(1, timeout=PATIENCE_MS)
    expect(cards.first).to_contain_text("Where is the aquarium?")
    expect(cards.first.locator("img")).to_have_count(1)

    cards.first.get_by_role("link", name="Open").click()
    expect(pane(page, 1)).to_contain_text("w20", timeout=PATIENCE_MS)
    expect(page.get_by_text("Where is the aquarium?").first).to_be_visible()
    assert "run=" in page.url

    history(page)
    expect(cards).to_have_count(1, timeout=PATIENCE_MS)
    cards.first.locator("[class*=st-key-delete_] button:visible").first.click()
    expect(page.get_by_text("A comparison is deleted.")).to_be_visible(timeout=PATIENCE_MS)
    expect(cards).to_have_count(0)
    page.get_by_role("button", name="Undo").click()
    expect(cards).to_have_count(1, timeout=PATIENCE_MS)


def test_an_ended_one_is_replayed_dragged_and_closed(quick: Server, page: Page) -> None:
    """How exactly the words come in time, `python -m bench replay` measures."""
    visit(page, f"{quick.url}/?on=E2B,31B")
    ask(page, "Recite <b>once</b> more.")
    wait_until_ended(page)
    page.locator(".st-key-replay button:visible").first.click()
    panes = [page.get_by_role("region", name=name, exact=True) for name in ("31B", "E2B")]
    for one in panes:
        expect(one).to_contain_text("w1 w2 w3", timeout=PATIENCE_MS)
        expect(one).to_contain_text("done", timeout=PATIENCE_MS)
        assert words(one) == list(range(1, 21))
    line = page.get_by_role("slider", name="Time line")
    line.fill("0.21")
    for one in panes:
        shown = words(one)
        assert shown and shown == list(range(1, len(shown) + 1)) and len(shown) < 20
        expect(one).to_contain_text("Answering")
    line.fill("0")
    expect(panes[0]).to_contain_text("Reading the prompt")
    page.get_by_role("button", name="×10").click()
    page.get_by_role("button", name="Play", exact=True).click()
    expect(panes[0]).to_contain_text("w20", timeout=PATIENCE_MS)
    page.locator(".st-key-replay button:visible").first.click()
    expect(line).to_have_count(0, timeout=PATIENCE_MS)

    history(page)
    card = page.locator("[class*=st-key-kept_]", has_text="once")
    card.get_by_role("link", name="Replay").click()
    expect(panes[0]).to_contain_text("w20", timeout=PATIENCE_MS)


def test_a_deleted_ones_link_says_so_and_its_file_comes_back(
    quick: Server, page: Page, tmp_path: Path
) -> None:
    visit(page, f"{quick.url}/?on=E2B")
    ask(page, "Is this one kept?")
    wait_until_ended(page)
    page.get_by_role("button", name="Export").click()
    with page.expect_download() as download:
        page.get_by_role("button", name="JSON").click()
    file = tmp_path / "kept.json"
    download.value.save_as(file)
    assert json.loads(file.read_bytes())["rounds"][0]["answers"][0]["state"] == "done"
    link = page.url

    history(page)
    card = page.locator("[class*=st-key-kept_]", has_text="Is this one kept?")
    card.locator("[class*=st-key-delete_] button:visible").first.click()
    expect(card).to_have_count(0, timeout=PATIENCE_MS)
    page.get_by_role("button", name="Import").click()
    page.locator("input[type=file]").set_input_files(file)
    expect(card).to_have_count(1, timeout=PATIENCE_MS)

    visit(page, link)
    expect(page.get_by_text("it was deleted")).to_be_visible(timeout=PATIENCE_MS)


@pytest.mark.parametrize("width", [1440, 390])
def test_what_can_be_done_with_a_card_stands_in_one_row(
    quick: Server, page: Page, width: int
) -> None:
    visit(page, f"{quick.url}/?on=E2B")
    ask(page, "In one row?")
    expect(pane(page, 0)).to_contain_text("w20", timeout=PATIENCE_MS)
    wait_until_ended(page)
    page.set_viewport_size({"width": width, "height": 844})
    visit(page, f"{quick.url}/history")
    card = page.locator("[class*=st-key-kept_]", has_text="In one row?").first
    offers = [card.get_by_role("link", name=name) for name in ("Open", "Replay")]
    offers += [
        card.locator(f"[class*=st-key-{key}_] button:visible").first
        for key in ("pin", "about", "delete")
    ]
    middles = []
    for one in offers:
        expect(one).to_be_visible(timeout=PATIENCE_MS)
        place = one.bounding_box()
        assert place is not None
        middles.append(place["y"] + place["height"] / 2)
    assert max(middles) - min(middles) < 3
    for one, name in zip(offers[2:], ("Pin", "Edit", "Delete"), strict=True):
        expect(one).to_have_attribute("aria-label", f"{name}, In one row?")
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_a_sample_has_the_questions_words_for_its_name_whenever_it_is_saved(
    quick: Server, page: Page
) -> None:
    visit(page, f"{quick.url}/?on=E2B")
    ask(page, "A name of its own?")
    expect(pane(page, 0)).to_contain_text("w20", timeout=PATIENCE_MS)
    wait_until_ended(page)
    page.get_by_text("All at once").click()  # the page runs again before it is opened
    page.wait_for_url("**timing=All*", timeout=PATIENCE_MS)
    page.wait_for_selector("[data-test-script-state=notRunning]")
    page.get_by_role("button", name="Save as a sample").click()
    expect(page.get_by_role("textbox", name="Name")).to_have_value("A name of its own?")


def test_buttons_of_two_in_which_the_same_was_asked_have_names_of_their_own(
    quick: Server, page: Page
) -> None:
    visit(page, f"{quick.url}/?on=E2B")
    for _ in range(2):
        ask(page, "The same once more?")
        expect(pane(page, 0)).to_contain_text("w20", timeout=PATIENCE_MS)
        wait_until_ended(page)
        page.get_by_role("button", name="New").click()
        expect(page.get_by_text("the whole family")).to_be_visible(timeout=PATIENCE_MS)
    history(page)
    for name in ("Delete, The same once more?", "Delete, The same once more? (2)"):
        expect(page.get_by_role("button", name=name, exact=True)).to_have_count(1)
