"""Who comes to choose leaves with a choice: from the ranking to the question that suits the task."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.browser.driving import PATIENCE_MS, box, visit
from tests.browser.serving import Server


def test_a_choice_opens_in_compare_with_a_prompt_for_the_task(slow: Server, page: Page) -> None:
    visit(page, f"{slow.url}/variants")
    page.get_by_role("tab", name="Which one?").click()
    page.get_by_role("combobox", name="What for?").click()
    page.get_by_role("option", name="Code").click()
    first = page.locator(".st-key-choice_1")
    expect(first).to_contain_text("LiveCodeBench", timeout=PATIENCE_MS)
    first.get_by_role("button").click()
    expect(box(page)).not_to_be_empty(timeout=PATIENCE_MS)
    assert "function" in box(page).input_value()
