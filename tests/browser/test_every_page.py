"""What holds on every page and in every state: nothing comes from elsewhere, nothing is hard to read or to name."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from uuid import uuid4

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, Route, expect
from playwright.sync_api import TimeoutError as PlaywrightTimeout

from tests.browser.driving import (
    PATIENCE_MS,
    SAMPLES,
    ask,
    box,
    button,
    is_own,
    pane,
    visit,
    watched,
)
from tests.browser.serving import SLOW, Server, serving

POPOVERS = ("Contenders", "Settings", "Add media")
TABS = ("Differences", "Where the time went", "Tokens over time")
NAMES = """() => [...document.querySelectorAll("button, [data-testid=stPageLink-NavLink]")]
    .filter(one => one.checkVisibility({visibilityProperty: true, opacityProperty: true}) && one.offsetWidth > 1)
    .map(one => one.ariaLabel || one.innerText.trim())"""
CHOICES = {"as for all", "none", "Increment", "Decrement", "Open"}
"""Parts of a widget, which has a name itself."""

PAGES = {
    "History": "History",
    "Variants": "The Gemma 4 family",
    "Engines": "Engines",
    "Operate": "Operate",
}
"""Each with its heading."""


@pytest.fixture(scope="module")
def quick() -> Iterator[Server]:
    """The app with models that recite for a second."""
    with serving((*SLOW, "--words", "60", "--prefill", "1")) as started:
        yield started


def states(page: Page, url: str) -> Iterator[str]:
    """Go through every page and state; stop at each."""
    visit(page, url)
    expect(page.get_by_role("button", name="JSON")).to_be_visible(timeout=PATIENCE_MS)
    yield "blank"
    for name in POPOVERS:
        page.get_by_role("button", name=name).click()
        within = page.get_by_test_id("stPopoverBody").locator("button:visible, input:visible")
        expect(within.first).to_be_visible()  # what one opens may be made only then
        page.wait_for_selector("[data-test-script-state=notRunning]")
        yield name
        page.keyboard.press("Escape")
    ask(page, f"What do you see, {uuid4()}?", SAMPLES / "one-shape.png")
    expect(pane(page, 0)).to_contain_text("w1 ", timeout=PATIENCE_MS)
    yield "running"
    with suppress(PlaywrightTimeout):  # looking took so long that nothing is left to stop
        button(page, "stop_3").click(timeout=3_000)
    expect(page.get_by_role("tab", name="All figures")).to_be_visible(timeout=PATIENCE_MS)
    page.wait_for_selector("[data-test-script-state=notRunning]")  # nothing is faded any more
    yield "ended"
    for name in TABS:
        page.get_by_role("tab", name=name).click()
        yield name
    for name, heading in PAGES.items():
        page.get_by_role("link", name=name).first.click()
        expect(page.get_by_role("heading", level=1, name=heading)).to_be_visible(
            timeout=PATIENCE_MS
        )
        yield name
        if name == "Variants":
            expect(page.get_by_role("tab")).to_have_count(6)
            for tab in page.get_by_role("tab").all()[1:]:
                tab.click()
                expect(tab).to_have_attribute("aria-selected", "true")
                yield f"{name}, {tab.inner_text()}"
    page.goto(f"{url}/api/docs")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    yield "the API's description"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_people_who_see_little_or_nothing_are_not_kept_out(
    quick: Server, open_page: Callable[..., Page], scheme: str
) -> None:
    page = open_page(color_scheme=scheme)
    axe, found = Axe(), []
    for state in states(page, quick.url):
        for one in axe.run(page).response["violations"]:
            if one["impact"] in ("serious", "critical"):
                where = [node["target"] for node in one["nodes"]]
                found.append(f"{state}: {one['help']} {where}")
    assert not found


def test_nothing_comes_from_elsewhere_and_no_two_buttons_have_one_name(
    quick: Server, page: Page
) -> None:
    asked = watched(page)
    same = {}
    for state in states(page, quick.url):
        page.evaluate("new Promise(requestAnimationFrame)")  # names are told apart frame by frame
        names = Counter(page.evaluate(NAMES))
        twice = {name for name, count in names.items() if count > 1} - CHOICES
        if twice:
            same[state] = twice
    assert asked()
    assert not [url for url in asked() if not is_own(url, quick)]
    assert not same


@pytest.mark.parametrize("width", [1440, 390])
def test_no_page_is_wider_than_the_window(
    quick: Server, open_page: Callable[..., Page], width: int
) -> None:
    page = open_page(viewport={"width": width, "height": 844})
    for name, heading in {"": "Compare", **PAGES}.items():
        visit(page, f"{quick.url}/{name.lower()}")
        expect(page.get_by_role("heading", level=1, name=heading)).to_be_attached()
        page.wait_for_selector("[data-test-script-state=notRunning]")
        main = page.get_by_role("main")
        assert main.evaluate("one => one.scrollWidth - one.clientWidth") <= 0, name


def test_buttons_of_panes_say_whose_they_are(quick: Server, page: Page) -> None:
    visit(page, quick.url)
    ask(page, "Recite.")
    expect(page.get_by_role("tab", name="All figures")).to_be_visible(timeout=PATIENCE_MS)
    for words in ("Run again, {}", "All figures, {}", "Copy {}'s answer"):
        for name in ("E2B", "E4B", "26B-A4B", "31B"):
            expect(page.get_by_role("button", name=words.format(name), exact=True)).to_be_visible()


def test_the_box_has_the_keyboard_and_the_menu_shows_when_it_has(quick: Server, page: Page) -> None:
    visit(page, quick.url)
    expect(box(page)).to_be_focused(timeout=PATIENCE_MS)
    page.locator("[data-testid=stTopNavLink]").first.focus()
    page.keyboard.press("Tab")
    focused = page.get_by_role("link", name="History")
    expect(focused).to_be_focused()
    assert focused.evaluate("link => getComputedStyle(link).outlineStyle") == "solid"


def test_a_box_that_comes_late_has_the_keyboard_too(quick: Server, page: Page) -> None:
    def late(route: Route) -> None:
        page.get_by_role("button", name="New").wait_for(timeout=PATIENCE_MS)
        route.continue_()

    page.route("**/ChatInput*.js", late)
    visit(page, quick.url)
    expect(box(page)).to_be_focused(timeout=PATIENCE_MS)


def test_one_press_copies_an_answer_on_touch_too(
    quick: Server, open_page: Callable[..., Page]
) -> None:
    page = open_page(
        viewport={"width": 390, "height": 844},
        has_touch=True,
        permissions=["clipboard-read", "clipboard-write"],
    )
    visit(page, f"{quick.url}/?on=E2B")
    ask(page, "Recite.")
    copy = page.get_by_role("button", name="Copy E2B's answer")
    expect(copy).to_be_visible(timeout=PATIENCE_MS)
    copy.tap()
    expect(copy).to_contain_text("Copied")
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied.split() == [f"w{number}" for number in range(1, 61)]
    assert "\n\nw41" in copied
