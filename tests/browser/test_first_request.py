"""Any page may be the first one that a fresh server is asked for."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from playground import __version__
from tests.browser.driving import READY, is_own, watched
from tests.browser.serving import serving


def test_a_deep_link_right_after_a_start_has_our_menu(page: Page) -> None:
    with serving() as fresh:
        asked = watched(page)
        page.goto(f"{fresh.url}/variants")
        page.wait_for_selector(READY, timeout=30_000)
        expect(page.get_by_text("The Gemma 4 family")).to_be_visible(timeout=30_000)
        expect(page.get_by_role("link", name="Compare")).to_be_visible()
        expect(page.get_by_role("link", name="Variants")).to_be_visible()
        expect(page).to_have_title("Gemma 4 playground")
        page.get_by_test_id("stMainMenu").get_by_role("button").click()
        page.get_by_text("About").click()
        expect(page.get_by_text(f"Gemma 4 playground {__version__}, Apache-2.0.")).to_be_visible()
        # Here, and only here, a page's own icon would become the tab's: browsers fetch that from elsewhere.
        assert any(url.startswith("data:image/svg") for url in asked()), "the tab's icon was seen"
        assert not [url for url in asked() if not is_own(url, fresh)]
