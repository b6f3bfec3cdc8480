"""Tools in the browser: demo-sized models call one that they were taught, a person answers, the last words follow."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.browser.driving import PATIENCE_MS, ask, button, pane, visit, wait_until_ended
from tests.browser.serving import Server

SCHEMA = '{"type": "object", "properties": {"sunny": {"type": "boolean"}}, "required": ["sunny"]}'

LOADING_MS = 3 * PATIENCE_MS
"""Four models are loaded before the first one calls."""


def take_the_weather(page: Page) -> None:
    """Take the sample of a tool that the demo family was taught."""
    page.locator(".st-key-tools_panel").get_by_role("button").first.click()
    page.locator(".st-key-tool_sample input").click()
    page.get_by_role("option", name="The weather").click()
    button(page, "take_tool_sample").click()


def declare_the_weather(page: Page) -> None:
    """The same, until it is seen; then the panel is closed."""
    take_the_weather(page)
    expect(page.get_by_text("1 declared: get_weather")).to_be_visible(timeout=PATIENCE_MS)
    page.keyboard.press("Escape")


def give(page: Page, index: int, words: str) -> None:
    """Answer the call that waits in a pane."""
    given = pane(page, index).get_by_role("textbox", name="What get_weather gives back")
    given.fill(words, timeout=LOADING_MS)
    expect(pane(page, index)).to_contain_text("Waiting for you")
    button(page, f"give_{index}_0_0").click()


def test_a_call_is_answered_by_hand_and_the_answer_goes_on(server: Server, page: Page) -> None:
    visit(page, f"{server.url}/?on=demo:E2B&temperature=0")
    declare_the_weather(page)
    ask(page, "What is the weather in Rome?")
    give(page, 0, '{"degrees": 21, "sky": "sunny"}')
    expect(pane(page, 0)).to_contain_text("In Rome it is sunny at 21 degrees.", timeout=PATIENCE_MS)
    wait_until_ended(page)

    page.reload()
    one = pane(page, 0)
    expect(one).to_contain_text("In Rome it is sunny at 21 degrees.", timeout=PATIENCE_MS)
    one.get_by_text("get_weather").first.click()
    expect(one.get_by_text("Given by you")).to_be_visible(timeout=PATIENCE_MS)


def test_four_call_at_once_and_each_is_told_its_own(server: Server, page: Page) -> None:
    names = ("E2B", "E4B", "26B-A4B", "31B")
    on = ",".join(f"demo:{name}" for name in names)
    visit(page, f"{server.url}/?on={on}&temperature=0&timing=All+at+once")
    declare_the_weather(page)
    ask(page, "What is the weather in Rome?")
    for index in reversed(range(len(names))):
        give(page, index, f'{{"degrees": {11 + index}, "sky": "windy"}}')
    for index in range(len(names)):
        expect(pane(page, index)).to_contain_text(f"at {11 + index} degrees", timeout=PATIENCE_MS)
    wait_until_ended(page)


def test_what_was_taken_is_kept_though_its_panel_was_closed_at_once(
    server: Server, page: Page
) -> None:
    """The editor was not there any more when it was filled: its tab went on sending that it is empty."""
    visit(page, f"{server.url}/?on=demo:E2B&temperature=0")
    take_the_weather(page)
    page.keyboard.press("Escape")
    tools = page.locator(".st-key-tools_panel")
    expect(tools).to_contain_text("Tools · 1", timeout=PATIENCE_MS)
    ask(page, "What is the weather in Rome?")
    give(page, 0, '{"degrees": 21, "sky": "sunny"}')
    expect(tools).to_contain_text("Tools · 1")
    wait_until_ended(page)


def test_the_last_words_after_a_call_are_held_to_the_schema(server: Server, page: Page) -> None:
    visit(page, f"{server.url}/?on=demo:E2B&temperature=0")
    declare_the_weather(page)
    page.get_by_role("button", name="Schema").click()
    page.locator("[class*=st-key-live_schema] textarea").fill(SCHEMA)
    expect(page.get_by_text("an object with 1 field: sunny")).to_be_visible()
    page.keyboard.press("Escape")
    ask(page, "What is the weather in Rome?")
    give(page, 0, '{"degrees": 21, "sky": "sunny"}')
    wait_until_ended(page)
    expect(pane(page, 0)).to_contain_text("Valid against the schema", timeout=PATIENCE_MS)
    expect(pane(page, 0).locator(".held th")).to_have_text("sunny")
