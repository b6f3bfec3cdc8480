"""Rounds: each goes on with its own history, whoever comes late, leaves, is asked anew, or looks from elsewhere."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.browser.driving import PATIENCE_MS, ask, button, pane, visit, wait_until_ended
from tests.browser.serving import SLOW, Server, serving


@pytest.fixture(scope="module")
def secretive() -> Iterator[Server]:
    """The app with models that each say a number of their own, and later the one in their history."""
    with serving((*SLOW, "--secrets", "--prefill", "0")) as started:
        yield started


def numbers(page: Page, *names: str, opening: str = "My number is") -> dict[str, str]:
    """What each contender calls its number in the last round, once all have ended."""
    found = {}
    for index, name in enumerate(names):
        one = pane(page, index)
        expect(one).to_have_attribute("aria-label", f"{name}'s answer")
        told = re.compile(rf"(I choose|{opening}) \d{{6}}")
        expect(one).to_contain_text(told, timeout=PATIENCE_MS)
        found[name] = re.findall(r"\d{6}", one.inner_text())[0]
    wait_until_ended(page)
    return found


def turn(page: Page, name: str, what: str) -> None:
    """Choose something in the menu of a column."""
    page.get_by_role("button", name=f"Column, {name}", exact=True).click()
    page.get_by_text(what, exact=True).click()


def ask_on(page: Page, number: int, question: str) -> None:
    """Ask, and wait for the round."""
    ask(page, question)
    expect(page.get_by_text(f"round {number}").first).to_be_visible(timeout=PATIENCE_MS)


def test_the_right_number_in_every_pane(
    secretive: Server, page: Page, open_page: Callable[..., Page]
) -> None:
    visit(page, f"{secretive.url}/?on=E2B,E4B,26B-A4B")
    ask(page, "Choose a number.")
    own = numbers(page, "E2B", "E4B", "26B-A4B", opening="I choose")
    assert len(set(own.values())) == 3

    turn(page, "E4B", "Leave out")
    page.locator(".st-key-contenders").get_by_role("button", name="31B").click()
    page.wait_for_url("**on=E2B%2C26B-A4B%2C31B*", timeout=PATIENCE_MS)
    ask_on(page, 2, "Which one was it?")
    second = numbers(page, "E2B", "26B-A4B", "31B")
    own["31B"] = second.pop("31B")
    assert second == {name: own[name] for name in second}

    button(page, "run_again_1").click()
    expect(button(page, "run_again_1")).to_be_visible(timeout=PATIENCE_MS)
    page.locator(".st-key-contenders").get_by_role("button", name="E4B").click()
    page.wait_for_url("**E4B*", timeout=PATIENCE_MS)
    ask_on(page, 3, "And now?")
    everybody = ("E2B", "E4B", "26B-A4B", "31B")
    assert numbers(page, *everybody) == own

    page.get_by_role("link", name="Variants").first.click()
    expect(page.get_by_role("tab", name="Members")).to_be_visible(timeout=PATIENCE_MS)
    page.get_by_role("link", name="Compare").first.click()
    assert numbers(page, *everybody) == own
    page.reload()
    assert numbers(page, *everybody) == own

    elsewhere = open_page()
    run = re.search(r"run=[^&]+", page.url)
    assert run is not None
    visit(elsewhere, f"{secretive.url}/?{run[0]}")
    assert numbers(elsewhere, *everybody) == own
    ask_on(elsewhere, 4, "Still?")
    assert numbers(elsewhere, *everybody) == own
