"""Reading several rounds: by the keyboard alone, with what reads pages to people, on a phone, column by column."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, Page, expect

from tests.browser.driving import (
    PATIENCE_MS,
    SAMPLES,
    attach,
    box,
    button,
    pane,
    panes,
    visit,
    wait_until_ended,
)
from tests.browser.serving import SLOW, Server, serving

ASKED_FOR_FILES = """() => {
    const asked = () => { window.askedForFiles = true };
    HTMLInputElement.prototype.click = asked;
    window.showOpenFilePicker = async () => { asked(); throw new DOMException("closed", "AbortError") };
}"""
PHONE = {"width": 390, "height": 844}


@pytest.fixture(scope="module")
def quick() -> Iterator[Server]:
    """The app with models that recite for three seconds."""
    with serving((*SLOW, "--words", "150", "--prefill", "0")) as started:
        yield started


def rounds(page: Page, server: Server, count: int, *on: str) -> None:
    """Ask that many times, all at once."""
    visit(page, f"{server.url}/?on={','.join(on)}&timing=All+at+once")
    for number in range(1, count + 1):
        box(page).fill(f"Recite, number {number}.")
        box(page).press("Enter")
        asked = page.locator("[class*='st-key-round_']").filter(has_text=f"number {number}.")
        expect(asked).to_be_visible(timeout=PATIENCE_MS)
        panes(page, len(on))
        wait_until_ended(page)


def top(one: Locator) -> float:
    found = one.bounding_box()
    assert found is not None
    return found["y"]


def test_the_keyboard_is_enough(quick: Server, page: Page) -> None:
    visit(page, f"{quick.url}/?on=E2B,31B&timing=All+at+once")
    expect(box(page)).to_be_focused(timeout=PATIENCE_MS)
    keys = page.keyboard
    keys.press("Tab")
    expect(page.get_by_role("button", name="Upload files")).to_be_focused()
    page.evaluate(ASKED_FOR_FILES)
    keys.press("Enter")
    page.wait_for_function("window.askedForFiles")
    attach(page, SAMPLES / "one-shape.png")  # what the system's own window would do
    keys.press("/")
    expect(box(page)).to_be_focused()
    keys.type("What is it?")
    page.wait_for_timeout(500)
    keys.press("Control+Enter")
    expect(pane(page, 0)).to_contain_text("w3 ", timeout=PATIENCE_MS)
    status = page.get_by_role("status")
    expect(status).to_contain_text("0 of 2 done")
    keys.press("Escape")
    expect(pane(page, 1)).to_contain_text("Stopped", timeout=PATIENCE_MS)
    wait_until_ended(page)
    expect(status).to_contain_text("2 of 2 done")

    keys.press("F6")
    first, second = (page.get_by_role("region", name=f"{one}'s answer") for one in ("E2B", "31B"))
    expect(first).to_be_focused()
    expect(first).to_have_attribute("aria-busy", "false")
    keys.press("j")
    expect(second).to_be_focused()
    keys.press("k")
    expect(first).to_be_focused()
    keys.press("2")
    expect(second).to_be_focused()
    keys.press("1")
    expect(first).to_be_focused()
    keys.press("Tab")  # into the pane: what can be done with the answer
    expect(page.get_by_role("button", name="Run again, E2B")).to_be_focused()
    keys.press("?")
    expect(page.get_by_text("opens this list")).to_be_visible()
    keys.press("Escape")
    keys.press("F6")
    keys.press("F6")
    expect(box(page)).to_be_focused()
    keys.type("j, k and")  # letters, where one writes
    keys.press("Shift+Enter")
    keys.type("1?")
    expect(box(page)).to_have_value("j, k and\n1?")
    keys.press("F6")
    expect(first).to_be_focused()
    keys.press("Control+Enter")  # from anywhere
    expect(page.get_by_text("j, k and 1?").first).to_be_visible(timeout=PATIENCE_MS)
    expect(pane(page, 0)).to_contain_text("w3 ", timeout=PATIENCE_MS)
    keys.press("Alt+s")
    wait_until_ended(page)

    page.get_by_role("link", name="History").focus()
    keys.press("Enter")
    search = page.locator(".st-key-history_search input")
    expect(search).to_be_visible(timeout=PATIENCE_MS)  # its place is there before it
    page.wait_for_selector("[data-test-script-state=notRunning]")
    keys.press("/")
    expect(search).to_be_focused()


def test_three_rounds_keep_nobody_out(quick: Server, page: Page) -> None:
    rounds(page, quick, 3, "E2B", "31B")
    button(page, "fold_1").click()
    expect(button(page, "fold_1")).to_have_text(re.compile("Open"), timeout=PATIENCE_MS)
    page.wait_for_selector("[data-test-script-state=notRunning]")
    axe, found = Axe(), []
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        page.wait_for_timeout(300)
        for one in axe.run(page).response["violations"]:
            if one["impact"] in ("serious", "critical"):
                where = [node["target"] for node in one["nodes"]]
                found.append(f"{scheme}: {one['help']} {where}")
    assert not found
    for name in ("Edit and run again, round 2", "Column, 31B", "Copy 31B's answer in round 2"):
        expect(page.get_by_role("button", name=name, exact=True)).to_have_count(1)
    assert page.locator("[role=status]").count() == 1


def test_heads_stay_and_columns_move_together(
    quick: Server, open_page: Callable[..., Page]
) -> None:
    page = open_page(permissions=["clipboard-read", "clipboard-write"])
    rounds(page, quick, 2, "E2B", "E4B", "31B")
    main = page.locator("[data-testid=stMain]")
    heads, last = page.locator(".st-key-heads"), page.locator(".st-key-asked")
    assert 0 < top(heads) < 80, "the round that was asked is in sight, the heads above it"
    assert top(heads) < top(last) < 250
    main.evaluate("one => one.scrollTo(0, one.scrollHeight)")
    assert 0 < top(heads) < 80

    page.get_by_role("button", name="Copy all answers as Markdown").click()
    expect(page.get_by_role("status")).to_have_text("Copied")
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied.count("## Round") == 2
    assert copied.count("w150") == 6

    main.evaluate("one => one.scrollTo(0, 0)")
    page.get_by_role("button", name="View and keys").click()
    page.get_by_text("together", exact=True).click()
    page.keyboard.press("Escape")
    expect(page.locator(".st-key-scrolling_linked")).to_be_visible(timeout=PATIENCE_MS)
    page.set_viewport_size({"width": 1440, "height": 600})
    pane(page, 0).evaluate("one => one.scrollTo(0, 60)")
    page.wait_for_function("document.querySelector('.st-key-pane_2').scrollTop > 50")

    page.set_viewport_size(PHONE)
    page.locator(".st-key-answers").evaluate("one => one.scrollTo(315, 0)")
    grid = "document.querySelector('.st-key-heads [data-testid=stGrid]').scrollLeft > 300"
    page.wait_for_function(grid)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
