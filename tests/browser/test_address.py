"""The address and the browser's history: one step a page, back to where one was, nothing too long to be reloaded."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.browser.driving import (
    PATIENCE_MS,
    READY,
    ask,
    box,
    button,
    pane,
    visit,
    wait_until_ended,
)
from tests.browser.serving import Server


def steps(page: Page) -> int:
    """How long the tab's history is."""
    return int(page.evaluate("history.length"))


def go(page: Page, name: str) -> None:
    """Choose a page in the menu and wait for it."""
    page.get_by_role("link", name=name).first.click()
    expect(
        page.get_by_text("the whole family" if name == "Compare" else "The Gemma 4 family")
    ).to_be_visible(timeout=PATIENCE_MS)


def test_a_page_of_the_menu_is_one_step(slow: Server, page: Page) -> None:
    visit(page, slow.url)
    expect(box(page)).to_be_focused(timeout=PATIENCE_MS)
    at = steps(page)
    for number, name in enumerate(("Variants", "Compare", "Variants", "Compare"), 1):
        go(page, name)
        assert steps(page) == at + number
    page.go_back()
    expect(page.get_by_text("The Gemma 4 family")).to_be_visible(timeout=PATIENCE_MS)


def test_the_way_back_leads_to_the_blank_page_and_the_menu_to_the_comparison(
    slow: Server, page: Page
) -> None:
    visit(page, f"{slow.url}/?on=E2B")
    ask(page, "Recite.")
    button(page, "stop_all").click()
    wait_until_ended(page)
    button(page, "new").click()
    blank = page.get_by_text("the whole family")
    expect(blank).to_be_visible(timeout=PATIENCE_MS)
    page.go_back()
    expect(pane(page, 0)).to_contain_text("Stopped", timeout=PATIENCE_MS)
    page.go_back()
    expect(blank).to_be_visible(timeout=PATIENCE_MS)
    page.go_forward()
    expect(pane(page, 0)).to_contain_text("Stopped", timeout=PATIENCE_MS)

    at = steps(page)
    page.get_by_role("link", name="Variants").first.click()
    expect(page.get_by_text("The Gemma 4 family")).to_be_visible(timeout=PATIENCE_MS)
    page.get_by_role("link", name="Compare").first.click()
    expect(pane(page, 0)).to_contain_text("Stopped", timeout=PATIENCE_MS)
    assert "run=" in page.url and "on=E2B" in page.url
    assert steps(page) <= at + 2


def test_contenders_follow_the_address_back(slow: Server, page: Page) -> None:
    visit(page, f"{slow.url}/?on=E2B")
    page.get_by_role("button", name="E4B").first.click()
    page.wait_for_url("**on=E2B%2CE4B*", timeout=PATIENCE_MS)
    page.go_back()
    ask(page, "Recite.")
    expect(pane(page, 0)).to_be_visible(timeout=PATIENCE_MS)
    expect(pane(page, 1)).to_have_count(0)
    button(page, "stop_all").click()


def test_a_long_system_prompt_stays_out_of_the_address_and_is_used(
    slow: Server, page: Page
) -> None:
    visit(page, slow.url)
    page.get_by_role("button", name="Settings").click()
    field = page.get_by_label("System prompt")
    field.fill("你是一个助手。" * 400)
    field.press("Control+Enter")
    expect(page.get_by_text("a link does not carry it")).to_be_visible(timeout=PATIENCE_MS)
    assert len(page.url) < 3000
    page.keyboard.press("Escape")
    ask(page, "Recite.")
    expect(page.get_by_text("with a system prompt")).to_be_visible(timeout=PATIENCE_MS)
    button(page, "stop_all").click()
    page.reload()
    page.wait_for_selector(READY, timeout=PATIENCE_MS)
    expect(pane(page, 0)).to_be_visible(timeout=PATIENCE_MS)

    page.get_by_role("button", name="Settings").click()
    field.fill("Be brief.")
    field.press("Control+Enter")
    page.wait_for_url("**system=Be*brief*", timeout=PATIENCE_MS)
    page.reload()
    page.get_by_role("button", name="Settings").click()
    expect(field).to_have_value("Be brief.", timeout=PATIENCE_MS)
