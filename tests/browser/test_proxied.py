"""A real proxy that signs people in and says in a header who comes: who is believed, and what each sees."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import Page, expect

from tests.browser import driving
from tests.browser.serving import SLOW, Server, free_port, serving
from tests.servers.nginx import ADDRESS, HEADER, signing_in
from tests.servers.tab import Tab

SESSIONS = {"d0a1": "ada@lab.org", "b0b2": "bob@lab.org"}
ADA, BOB = SESSIONS
THEIRS = "Somebody else asked this."
NOBODY = "Sign in to see it."


@dataclass(frozen=True)
class Place:
    """A playground, and where one reaches it through the proxy."""

    server: Server
    url: str

    def tab(self, session: str, said: str) -> Tab:
        """Through the proxy, with a word of one's own about who one is."""
        return Tab(self.url, {"session": session}, {HEADER: said})


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    port = free_port()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PLAYGROUND_HOSTED", "1")
        patch.setenv("PLAYGROUND_SIGN_IN", "all")
        patch.setenv("PLAYGROUND_USER_HEADER", HEADER)
        patch.setenv("PLAYGROUND_TRUSTED_PROXIES", ADDRESS)
        patch.setenv("PLAYGROUND_ARCHIVE", str(tmp_path_factory.mktemp("archive")))
        with (
            serving((*SLOW, "--words", "20", "--prefill", "0"), port) as server,
            signing_in(port, SESSIONS) as url,
        ):
            yield Place(server, url)


def signed_in(page: Page, place: Place, session: str) -> Page:
    page.context.add_cookies([{"name": "session", "value": session, "url": place.url}])
    driving.visit(page, f"{place.url}/?on=E2B")
    return page


def ask(page: Page, words: str) -> str:
    """The address of the comparison."""
    driving.ask(page, words)
    expect(driving.pane(page, 0)).to_contain_text("w20", timeout=driving.PATIENCE_MS)
    driving.wait_until_ended(page)
    return page.url


def sees_alone(page: Page, words: str) -> None:
    """In History."""
    page.get_by_role("link", name="History").click()
    cards = page.locator("[class*=st-key-kept_]")
    expect(cards).to_have_count(1, timeout=driving.PATIENCE_MS)
    expect(cards).to_contain_text(words)


def test_two_users_see_their_own_comparisons_alone(
    place: Place, open_page: Callable[..., Page]
) -> None:
    ada = signed_in(open_page(), place, ADA)
    bob = signed_in(open_page(), place, BOB)
    hers = ask(ada, "What did Ada ask?")
    his = ask(bob, "What did Bob ask?")
    sees_alone(ada, "What did Ada ask?")
    sees_alone(bob, "What did Bob ask?")

    again = signed_in(open_page(), place, ADA)
    sees_alone(again, "What did Ada ask?")
    driving.visit(again, hers)
    expect(driving.button(again, "share")).to_be_visible()
    driving.visit(again, his)
    expect(again.get_by_text(THEIRS)).to_be_visible()
    expect(again.locator(".st-key-share")).to_have_count(0)


def test_the_proxys_word_counts_and_not_the_visitors(place: Place, page: Page) -> None:
    asked = ask(signed_in(page, place, ADA), "Whose is it?").partition("?")[2]
    with place.tab(ADA, "bob@lab.org") as she, place.tab(BOB, "ada@lab.org") as he:
        hers, his = she.run(asked), he.run(asked)
    assert "w20" in hers and THEIRS not in hers
    assert "w20" in his and THEIRS in his


@pytest.mark.parametrize("forwarded", [{}, {"X-Forwarded-For": ADDRESS}], ids=["bare", "as it"])
def test_who_goes_around_the_proxy_is_nobody(
    place: Place, open_page: Callable[..., Page], forwarded: dict[str, str]
) -> None:
    said = {HEADER: "ada@lab.org", **forwarded}
    asked = ask(signed_in(open_page(), place, ADA), "What is Ada's alone?")
    around = asked.replace(place.url, place.server.url)

    page = open_page(extra_http_headers=said)
    page.goto(around)
    expect(page.get_by_text(NOBODY)).to_be_visible(timeout=driving.PATIENCE_MS)
    expect(driving.box(page)).to_have_count(0)
    expect(page.get_by_text("Ada's alone")).to_have_count(0)
    for url in (place.server.url, place.server.url.replace("localhost", "127.0.0.1")):
        with Tab(url, headers=said) as tab:
            words = tab.run(around.partition("?")[2])
        assert NOBODY in words and "Ada" not in words and "w20" not in words


def test_who_is_not_signed_in_does_not_get_through_the_proxy(place: Place, page: Page) -> None:
    answer = page.goto(place.url)
    assert answer is not None and answer.status == 401
