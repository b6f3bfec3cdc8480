"""Setting who answers, by hand: one is repeated, moved and asked; all of it stands in the address."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.browser.driving import PATIENCE_MS, ask, button, pane, visit
from tests.browser.serving import Server


def test_one_is_repeated_and_moved_with_the_keyboard_and_a_sweep_is_laid_out(
    slow: Server, page: Page
) -> None:
    visit(page, f"{slow.url}/?on=E2B,31B&max_tokens=20")
    button(page, "lineup").press("Enter")
    often = page.get_by_role("spinbutton", name="Answers how often")
    expect(often).to_have_value("1", timeout=PATIENCE_MS)
    often.fill("3")
    often.press("Enter")
    expect(page).to_have_url(re.compile(r"on=E2B(~|%7E)x3(,|%2C)31B"), timeout=PATIENCE_MS)
    button(page, "lineup_right").press("Enter")
    expect(page).to_have_url(re.compile(r"on=31B(,|%2C)E2B(~|%7E)x3"), timeout=PATIENCE_MS)
    page.keyboard.press("Escape")

    ask(page, "Say it.")
    expect(pane(page, 1)).to_contain_text("All 3 answers are the same", timeout=PATIENCE_MS)
    expect(pane(page, 1)).to_contain_text("TTFT (n 3)")
    expect(pane(page, 1)).to_contain_text("± ")
    expect(pane(page, 0)).to_contain_text("TTFT")
    expect(page.locator(".st-key-heads")).to_contain_text("E2B")
    page.reload()
    expect(pane(page, 1)).to_contain_text("All 3 answers are the same", timeout=PATIENCE_MS)

    button(page, "lineup").click()
    page.get_by_text("Sweep one setting").click()
    button(page, "sweep_lay").click()
    expect(page).to_have_url(re.compile(r"image_tokens(=|%3D)1120"), timeout=PATIENCE_MS)
