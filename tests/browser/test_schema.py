"""A schema written, checked while it is written, and kept by four models."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.browser.driving import ask, box, panes, visit, wait_until_ended
from tests.browser.serving import Server

SCHEMA = '{"type": "object", "properties": {"n": {"enum": [1, 2]}}, "required": ["n"], "additionalProperties": false}'


def test_a_schema_is_checked_at_once_and_every_answer_keeps_it(server: Server, page: Page) -> None:
    visit(page, server.url)
    page.get_by_role("button", name="Schema").click()
    editor = page.locator("[class*=st-key-live_schema] textarea")
    editor.press_sequentially(SCHEMA[:-1])
    expect(page.get_by_text("is no JSON")).to_be_visible()  # nobody left the box
    editor.press_sequentially("}")
    expect(page.get_by_text("an object with 1 field: n")).to_be_visible()
    page.keyboard.press("Escape")
    ask(page, "Which one?")
    for one in panes(page, 4):
        expect(one).to_contain_text("Valid against the schema", timeout=30_000)
        expect(one.locator(".held th")).to_have_text("n")
    wait_until_ended(page)
    expect(box(page)).to_be_empty()
