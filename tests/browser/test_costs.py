"""What a prompt costs is said before it is sent: while the words are written, and as soon as a file is in the box."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.browser.driving import PATIENCE_MS, SAMPLES, Upload, attach, box, button, pane, visit
from tests.browser.serving import Server


def test_words_and_files_in_the_box_are_counted_before_they_are_sent(
    slow: Server, page: Page
) -> None:
    visit(page, slow.url)
    expect(box(page)).to_be_focused(timeout=PATIENCE_MS)
    line = page.locator("[data-testid=stBottom]").get_by_text("would read")
    expect(line).to_have_count(0)
    box(page).fill("What do you see?")
    expect(line).to_contain_text("All would read ≈14 tokens", timeout=PATIENCE_MS)
    attach(page, SAMPLES / "one-shape.png")
    expect(line).to_contain_text("≈272 tokens = 258 picture + 14 text", timeout=PATIENCE_MS)
    attach(page, SAMPLES / "digits.wav")
    expect(line).to_contain_text("sound", timeout=PATIENCE_MS)
    page.get_by_role("button", name="Remove digits.wav").click()
    expect(line).to_contain_text("≈272 tokens = 258 picture + 14 text", timeout=PATIENCE_MS)
    broken: Upload = {"name": "bad.png", "mimeType": "image/png", "buffer": b"\x89PNG\r\n\x1a\nx"}
    attach(page, broken)
    expect(page.get_by_text("bad.png begins like PNG")).to_be_visible(timeout=PATIENCE_MS)
    page.get_by_role("button", name="Remove bad.png").click()
    expect(page.get_by_text("bad.png begins like PNG")).to_have_count(0, timeout=PATIENCE_MS)

    box(page).press("Enter")
    expect(pane(page, 0)).to_contain_text("w3 ", timeout=PATIENCE_MS)
    expect(line).to_have_count(0)
    expect(page.locator(".st-key-asked")).to_contain_text("one-shape.png · 512×512")
    button(page, "stop_all").click()
