"""A second click on the place of the first, as many people do it: it does nothing that the first one brought there."""

from __future__ import annotations

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.driving import PATIENCE_MS, box, button, pane, visit
from tests.browser.serving import Server


def click_twice(page: Page, where: Locator, gap_ms: int) -> None:
    """Two clicks of the mouse on the same spot, whatever is there the second time."""
    spot = where.bounding_box()
    assert spot is not None
    x, y = spot["x"] + spot["width"] / 2, spot["y"] + spot["height"] / 2
    page.mouse.click(x, y)
    page.wait_for_timeout(gap_ms)
    page.mouse.click(x, y)


def goes_on(page: Page) -> None:
    """The first contender answers and nobody stopped any."""
    expect(pane(page, 0)).to_contain_text("w20 ", timeout=PATIENCE_MS)
    expect(page.get_by_text("Stopped")).to_have_count(0)
    button(page, "stop_all").click()
    expect(pane(page, 0)).to_contain_text("Stopped", timeout=PATIENCE_MS)


@pytest.mark.parametrize("gap_ms", [120, 250, 400])
def test_on_send(slow: Server, page: Page, gap_ms: int) -> None:
    visit(page, slow.url)
    expect(box(page)).to_be_visible(timeout=PATIENCE_MS)
    box(page).fill("Recite.")
    arrow = page.locator(".st-key-composer").get_by_role("button", name="Send message")
    expect(arrow).to_be_enabled()
    click_twice(page, arrow, gap_ms)
    goes_on(page)


def test_on_a_sample_and_on_run_again(slow: Server, page: Page) -> None:
    visit(page, slow.url)
    sample = page.get_by_role("button", name="One shape", exact=True)
    expect(sample).to_be_visible(timeout=PATIENCE_MS)
    click_twice(page, sample, 400)
    goes_on(page)
    again = pane(page, 0).get_by_role("button", name="Run again")
    expect(again).to_be_visible(timeout=PATIENCE_MS)
    click_twice(page, again, 400)
    expect(pane(page, 0)).to_contain_text("w60 ", timeout=PATIENCE_MS)


def test_stop_is_nowhere_near_send(slow: Server, page: Page) -> None:
    """The box and its arrow stay where they were; what stops stands above them."""
    visit(page, slow.url)
    expect(box(page)).to_be_visible(timeout=PATIENCE_MS)
    arrow = page.locator(".st-key-composer").get_by_role("button", name="Send message")
    before = arrow.bounding_box()
    box(page).fill("Recite.")
    box(page).press("Enter")
    expect(button(page, "stop_all")).to_be_visible(timeout=PATIENCE_MS)
    assert arrow.bounding_box() == before
    stop = button(page, "stop_all").bounding_box()
    assert before and stop
    assert stop["y"] + stop["height"] <= before["y"]
    button(page, "stop_all").click()
