"""Stop, settings, other pages, a reloaded tab: with models that recite slowly enough to be interrupted."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.browser.driving import ask, button, pane, panes, visit, wait_until_ended, words
from tests.browser.serving import SLOW, Server, serving

ALL = list(range(1, 401))


def begin(page: Page, server: Server) -> None:
    """Ask all four at once and wait until they speak."""
    visit(page, f"{server.url}/?max_tokens=4096")
    page.get_by_text("All at once").click()
    ask(page, "Recite.")
    for one in panes(page, 4):
        expect(one).to_contain_text("w3 ", timeout=30_000)


def test_settings_pages_and_a_reload_lose_no_token(page: Page) -> None:
    with serving((*SLOW, "--words", "2400")) as patient:  # it still runs after all of this
        begin(page, patient)
        page.get_by_role("button", name="Settings").click()
        temperature = page.get_by_role("spinbutton", name="Temperature")
        temperature.fill("0.7")
        temperature.press("Enter")
        page.keyboard.press("Escape")  # closes the settings
        page.get_by_role("link", name="Variants").click()
        expect(page.get_by_text("Your comparison goes on")).to_be_visible(timeout=30_000)
        page.get_by_role("link", name="Back to it").click()
        expect(pane(page, 0)).to_contain_text("w3 ", timeout=30_000)
        page.reload()
        expect(pane(page, 0)).to_contain_text("w3 ", timeout=30_000)
        wait_until_ended(page)
        for one in panes(page, 4):
            expect(one).to_contain_text("w2400")
            assert words(one) == list(range(1, 2401))


def test_stop_all_keeps_what_came(slow: Server, page: Page) -> None:
    begin(page, slow)
    button(page, "stop_all").click()
    wait_until_ended(page)
    for one in panes(page, 4):
        expect(one).to_contain_text("Stopped; what came so far is kept.")
        kept = words(one)
        assert 3 <= len(kept) < 400
        assert kept == ALL[: len(kept)]


def test_stop_one_lets_the_others_finish(slow: Server, page: Page) -> None:
    begin(page, slow)
    # Streamlit's own Stop would end the drawing and leave the answers running unseen.
    expect(page.locator("[data-testid=stStatusWidget] button:visible")).to_have_count(0)
    button(page, "stop_1").click()
    expect(pane(page, 1)).to_contain_text("Stopped", timeout=10_000)
    expect(pane(page, 1).get_by_role("button", name="Run again")).to_be_visible()
    expect(button(page, "stop_1")).not_to_be_visible()  # nothing that stops nothing any more
    assert words(pane(page, 1))
    wait_until_ended(page)
    for index in (0, 2, 3):
        assert words(pane(page, index)) == ALL
    assert len(words(pane(page, 1))) < 400


def test_the_reader_keeps_the_place_while_text_comes(slow: Server, page: Page) -> None:
    begin(page, slow)
    expect(pane(page, 0)).to_contain_text("w200", timeout=30_000)
    main = page.locator("[data-testid=stMain]")
    main.evaluate("element => element.scrollTo(0, 40)")
    before = main.evaluate("element => element.scrollTop")
    expect(pane(page, 0)).to_contain_text("w260", timeout=30_000)
    assert main.evaluate("element => element.scrollTop") == before
    button(page, "stop_all").click()
    wait_until_ended(page)


def test_a_stale_link_says_what_to_do(slow: Server, page: Page) -> None:
    visit(page, f"{slow.url}/?run=nothinghere")
    expect(page.get_by_text("There is no comparison at this address")).to_be_visible(timeout=30_000)
