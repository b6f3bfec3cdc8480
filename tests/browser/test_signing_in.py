"""Signing in with a real OpenID provider: what one wished for is there afterwards, and who did not succeed is told."""

from __future__ import annotations

import json
import random
import time
import urllib.request
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from streamlit.web.server.starlette.starlette_app_utils import create_signed_value

from components.server import secrets
from playground import config
from tests.browser import driving
from tests.browser.serving import SLOW, Server, free_port, serving
from tests.servers.provider import provider

SECRET = "known to the provider and to us"
ADA = {"name": "Ada Lovelace", "email": "ada@lab.org", "email_verified": True}
CHANCE = random.Random(1)
MANY = {"name": "Many Groups", "groups": [CHANCE.randbytes(20).hex() for _ in range(200)]}
"""More than one cookie holds, and not to be made shorter."""


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Server, str]]:
    """A playground where one signs in to ask, and its provider's address."""
    with provider() as at, pytest.MonkeyPatch.context() as patch:
        port = free_port()
        for name, value in settings(at, port).items():
            patch.setenv(name, value)
        patch.setenv("PLAYGROUND_ARCHIVE", str(tmp_path_factory.mktemp("archive")))
        for name, claims in {"ada": ADA, "many": MANY}.items():
            known(at, name, claims)
        with serving((*SLOW, "--words", "60"), port) as server:
            yield server, at


def settings(at: str, port: int) -> dict[str, str]:
    return {
        "PLAYGROUND_HOSTED": "1",
        "PLAYGROUND_SIGN_IN": "run",
        "PLAYGROUND_SIGN_IN_PROVIDER": at,
        "PLAYGROUND_SIGN_IN_ID": "playground",
        "PLAYGROUND_SIGN_IN_SECRET": SECRET,
        "PLAYGROUND_URL": f"http://localhost:{port}",
        "PLAYGROUND_OPERATORS": "ada@lab.org",
    }


def known(at: str, subject: str, claims: dict[str, Any]) -> None:
    """Have the provider know somebody."""
    request = urllib.request.Request(
        f"{at}/users/{subject}",
        json.dumps(claims).encode(),
        {"Content-Type": "application/json"},
        method="PUT",
    )
    urllib.request.urlopen(request, timeout=10).close()


def sign_in(page: Page, subject: str) -> None:
    """From the button on the page to the page again."""
    driving.button(page, "sign_in").click()
    page.locator("input[name=sub]").fill(subject)
    page.get_by_role("button", name="Authorize").click()
    expect(driving.box(page)).to_be_enabled(timeout=driving.PATIENCE_MS)


def test_the_link_survives_a_refusal_and_the_sign_in(place: tuple[Server, str], page: Page) -> None:
    server, _ = place
    driving.visit(page, f"{server.url}/?on=E2B,31B&temperature=0.5")
    expect(driving.box(page)).to_be_disabled()
    driving.button(page, "sign_in").click()
    page.get_by_role("button", name="Deny").click()
    expect(page.get_by_text("You were not signed in. Sign in to ask.")).to_be_visible()
    assert page.url == f"{server.url}/?on=E2B%2C31B&temperature=0.5"
    sign_in(page, "ada")
    assert page.url == f"{server.url}/?on=E2B%2C31B&temperature=0.5"
    driving.ask(page, "Recite.")
    driving.panes(page, 2)
    driving.wait_until_ended(page)
    mine = page.url
    assert "run=" in mine
    page.get_by_text("Ada Lovelace").click()
    page.get_by_text("Sign out").click()
    page.get_by_role("button", name="End session").click()
    expect(page.get_by_text("Sign in to ask.")).to_be_visible()
    assert page.url == f"{server.url}/"
    assert not [one["name"] for one in page.context.cookies() if "user" in str(one["name"])]

    # The comparison is Ada's; others may look at it, and it is hers again in another browser.
    driving.visit(page, mine)
    expect(page.get_by_text("Somebody else asked this.")).to_be_visible()
    sign_in(page, "ada")
    assert page.url == mine
    expect(page.get_by_text("Somebody else asked this.")).to_have_count(0)
    expect(driving.button(page, "share")).to_be_visible()


def test_another_page_is_come_back_to(place: tuple[Server, str], page: Page) -> None:
    server, _ = place
    driving.visit(page, f"{server.url}/engines")
    page.get_by_role("link", name="Sign in").click()
    page.locator("input[name=sub]").fill("ada")
    page.get_by_role("button", name="Authorize").click()
    expect(page.get_by_role("heading", name="Engines")).to_be_visible()
    assert page.url == f"{server.url}/engines"


def test_large_claims_are_carried(place: tuple[Server, str], page: Page) -> None:
    server, _ = place
    driving.visit(page, f"{server.url}/?on=E2B")
    sign_in(page, "many")
    expect(page.get_by_text("Many Groups")).to_be_visible()
    pieces = [one for one in page.context.cookies() if "_streamlit_user_" in str(one["name"])]
    assert len(pieces) > 2
    driving.ask(page, "Recite.")
    expect(driving.pane(page, 0)).to_contain_text("w60", timeout=driving.PATIENCE_MS)


@pytest.mark.parametrize("how", ["old", "forged", "of another provider's client", "broken"])
def test_a_cookie_that_holds_no_more_says_so_and_signs_nobody_in(
    place: tuple[Server, str], open_page: Callable[..., Page], how: str
) -> None:
    server, at = place
    page = open_page()
    held = config.read(settings(at, 1)).sign_in
    right = secrets.of(held)["auth"]["cookie_secret"]
    claims = {
        "sub": "ada",
        "name": "Ada Lovelace",
        "iat": time.time() - (200 * 3600 if how == "old" else 0),
        "origin": server.url,
        "is_logged_in": True,
        "provider": "default",
    }
    key = {"old": right, "forged": "guessed", "broken": right}.get(how, right[::-1])
    value = create_signed_value(key, "_streamlit_user", json.dumps(claims)).decode()
    page.context.add_cookies(
        [
            {
                "name": "_streamlit_user",
                "value": value[:-3] if how == "broken" else value,
                "url": server.url,
            }
        ]
    )
    driving.visit(page, f"{server.url}/?on=E2B")
    expect(page.get_by_text("Your sign-in has ended. Sign in to ask.")).to_be_visible()
    expect(page.get_by_text("Ada Lovelace")).to_have_count(0)
    expect(driving.box(page)).to_be_disabled()
    sign_in(page, "ada")
    expect(page.get_by_text("Ada Lovelace")).to_be_visible()
