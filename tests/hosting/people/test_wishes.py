"""Where somebody wanted to be is gone to after the sign-in, and nowhere else is, whatever a cookie says."""

from __future__ import annotations

import asyncio
from typing import Any
from urllib.parse import quote

import pytest

from playground.hosting.asgi import Message, Receive, Scope, Send
from playground.hosting.people.wishes import LONGEST, MOST, WISH, Returning, Wishes
from playground.hosting.visitors import COOKIE

BROWSER = "b" * 22
SIGNED = (b"set-cookie", b"_streamlit_user=eyJ.abc; Max-Age=2592000; Path=/")
CLEARED = (b"set-cookie", b'_streamlit_user=""; expires=Thu; Max-Age=0; Path=/')


def passed(
    path: str,
    cookies: dict[str, str],
    *headers: tuple[bytes, bytes],
    query: str = "",
    wishes: Wishes | None = None,
    scheme: str = "http",
) -> dict[str, list[str]]:
    """The headers that come back for a path at which the page itself answers with these."""

    async def page(scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 302, "headers": [*headers]})
        await send({"type": "http.response.body", "body": b""})

    said: list[Message] = []

    async def send(message: Message) -> None:
        said.append(message)

    async def receive() -> Message:
        return {"type": "http.disconnect"}

    held = "; ".join(f"{name}={value}" for name, value in cookies.items())
    scope: dict[str, Any] = {
        "type": "http",
        "scheme": scheme,
        "path": path,
        "query_string": query.encode(),
        "headers": [(b"cookie", held.encode())],
    }
    asyncio.run(Returning(page, wishes or Wishes())(scope, receive, send))
    found: dict[str, list[str]] = {}
    for key, value in said[0]["headers"]:
        found.setdefault(key.decode(), []).append(value.decode())
    return found


def returned(wish: str, *headers: tuple[bytes, bytes], base: bytes = b"/") -> str:
    location = (b"location", base)
    path = base.decode().rstrip("/") + "/oauth2callback"
    told = passed(path, {WISH: quote(wish, safe="")}, location, *headers, query="state=1&code=2")
    assert any(one.startswith(f"{WISH}=; Max-Age=0") for one in told["set-cookie"])
    return told["location"][0]


def test_a_wish_is_carried_by_the_browser_and_fulfilled() -> None:
    wishes = Wishes()
    wishes.remember(BROWSER, "history", {"run": "a b&c", "on": ["E2B", "31B"], "signin": "x"})
    told = passed("/auth/login", {COOKIE: BROWSER}, wishes=wishes, scheme="https")
    cookie = told["set-cookie"][0]
    assert "HttpOnly" in cookie and "SameSite=Lax" in cookie and cookie.endswith("; Secure")
    wish = cookie.partition("=")[2].partition(";")[0]
    told = passed(
        "/oauth2callback", {WISH: wish}, (b"location", b"/"), SIGNED, query="state=1&code=2"
    )
    assert told["location"] == ["/history?run=a+b%26c&on=E2B&on=31B"]
    assert wishes.take(BROWSER) == ""  # once


def test_below_a_path_of_a_proxy_it_leads_below_it() -> None:
    assert returned("engines?a=1", SIGNED, base=b"/play/") == "/play/engines?a=1"
    assert returned("", SIGNED, base=b"/play/") == "/play/"


def test_who_was_refused_comes_back_to_the_same_place_and_is_told() -> None:
    assert returned("?on=E2B") == "/?on=E2B&signin=refused"
    assert returned("?on=E2B", CLEARED) == "/?on=E2B&signin=refused"
    assert returned("?signin=other", SIGNED) == "/"


@pytest.mark.parametrize(
    "wish",
    [
        "//evil.org",
        "https://evil.org",
        "\\\\evil.org",
        "../../evil",
        "evil.org/..",
        "%2F%2Fevil.org",
        "x\r\nSet-Cookie: a=b",
        "",
    ],
)
def test_a_forged_wish_leads_nowhere_else(wish: str) -> None:
    assert returned(wish, SIGNED) == "/"


def test_a_forged_query_can_not_end_the_header() -> None:
    assert (
        returned("?a=1%0d%0aSet-Cookie:x=1\r\nb", SIGNED) == "/?a=1%0D%0ASet-Cookie%3Ax%3D1%0D%0Ab"
    )


def test_who_has_signed_out_is_told_nothing() -> None:
    told = passed("/oauth2callback", {}, (b"location", b"/"), CLEARED)
    assert told["location"] == ["/"]


def test_other_addresses_are_left_alone() -> None:
    assert passed("/auth/logout", {}, (b"location", b"/")) == {"location": ["/"]}


def test_what_is_too_long_for_a_cookie_keeps_its_page_and_many_are_forgotten() -> None:
    wishes = Wishes()
    wishes.remember(BROWSER, "history", {"system": "é" * LONGEST})
    assert wishes.take(BROWSER) == "history"
    for number in range(MOST + 1):
        wishes.remember(str(number), "", {"on": "E2B"})
    assert wishes.take("0") == "" and wishes.take("1") == "?on=E2B"
