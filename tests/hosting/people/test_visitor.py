"""Who a visitor is, and what they may, by what is known of them."""

from __future__ import annotations

import time
from typing import Any

import pytest

from playground import config
from playground.comparisons.witnesses.witness import TooMany
from playground.hosting.people.gate import Gate
from playground.hosting.people.visitor import (
    Visitor,
    proxied,
    recognise,
    stranger,
    token_holder,
)
from playground.prompt.conversation import Conversation

BROWSER = "b" * 22
ASKED = Conversation.ask("Say it.")
ADA = {"iss": "https://id.lab.org", "sub": "ada", "name": "Ada Lovelace"}
VERIFIED = {**ADA, "email": "Ada@Lab.org", "email_verified": True}


def held(**said: str) -> config.Config:
    settings = {
        "PLAYGROUND_HOSTED": "1",
        "PLAYGROUND_SIGN_IN": "run",
        "PLAYGROUND_OPERATORS": "ada@lab.org, group:admins",
        **said,
    }
    return config.read(settings)


def of(claims: dict[str, Any], **said: str) -> Visitor:
    return recognise(BROWSER, claims, held(**said))


def test_on_ones_own_machine_everybody_is_its_operator() -> None:
    own = config.read({})
    assert recognise(BROWSER, VERIFIED, own) == stranger(BROWSER, own)
    assert stranger(BROWSER, own) == Visitor(BROWSER, operator=True)


@pytest.mark.parametrize(
    ("needed", "looks", "asks"), [("off", True, True), ("run", True, False), ("all", False, False)]
)
def test_a_stranger_may_what_needs_no_sign_in(needed: str, looks: bool, asks: bool) -> None:
    one = of({}, PLAYGROUND_SIGN_IN=needed)
    assert (one.key, one.name, one.operator) == (BROWSER, "", False)
    assert (one.looks, one.asks, one.signed_in) == (looks, asks, False)


def test_who_signed_in_is_the_same_in_every_browser_and_another_at_another_provider() -> None:
    one = of(ADA, PLAYGROUND_SIGN_IN="all")
    assert one.signed_in and one.looks and one.asks and one.name == "Ada Lovelace"
    assert recognise("another", ADA, held()).key == one.key
    assert of({**ADA, "iss": "https://elsewhere.org"}).key != one.key
    assert of({**ADA, "sub": "bob"}).key != one.key
    assert "ada" not in one.key and len(one.key) < 64  # it stands in the archive


@pytest.mark.parametrize(
    "claims",
    [
        VERIFIED,
        {**ADA, "groups": ["staff", "admins"]},
        {**ADA, "groups": "admins"},
        {**ADA, "groups": ["/admins"]},
        {**ADA, "groups": [{"preferred_username": "admins"}]},
        proxied("ada@lab.org"),
    ],
)
def test_operators_are_named_by_address_or_group(claims: dict[str, Any]) -> None:
    assert of(claims).operator


@pytest.mark.parametrize(
    "claims",
    [
        ADA,
        {**ADA, "email": "ada@lab.org"},
        {**VERIFIED, "email_verified": False},
        {**VERIFIED, "email": "ada@lab.org.evil.com"},
        {**VERIFIED, "email": "group:admins"},
        {**ADA, "name": "ada@lab.org"},
        {**ADA, "groups": ["admins2", None, 7, {"x": "admins"}]},
        proxied(""),
    ],
)
def test_nobody_else_is_an_operator(claims: dict[str, Any]) -> None:
    assert not of(claims).operator


def test_only_members_are_let_in_and_others_are_told() -> None:
    closed = {"PLAYGROUND_MEMBERS": "*@lab.org, group:guests", "PLAYGROUND_SIGN_IN": "all"}
    assert of(VERIFIED, **closed).looks
    assert of({**ADA, "groups": ["guests"]}, **closed).looks
    other = of({**VERIFIED, "email": "eve@evil.org"}, **closed)
    assert not other.looks and not other.signed_in
    assert other.why_not == "This account may not use this playground."


def test_a_sign_in_ends() -> None:
    old = {**ADA, "iat": time.time() - 3 * 3600}
    assert of(old).signed_in
    ended = of(old, PLAYGROUND_SIGN_IN_HOURS="2")
    assert not ended.signed_in and ended.why_not == "Your sign-in has ended."


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("Ada\r\nSet-Cookie: x\x00\u202e", "Ada Set-Cookie: x"),
        ("A" * 500, "A" * 80 + "…"),
        ("", "ada"),
        ({"a": 1}, "{'a': 1}"),
    ],
)
def test_a_name_is_one_short_line_whatever_a_provider_says(said: Any, shown: str) -> None:
    assert of({**ADA, "name": said}).name == shown


def test_a_tokens_holder_asks_as_its_maker_and_operates_nothing() -> None:
    ada = of(VERIFIED)
    holder = token_holder(ada.key, ada.name, held())
    assert (holder.key, holder.asks, holder.operator) == (ada.key, True, False)
    assert not token_holder(BROWSER, "", held()).asks


def test_a_question_of_a_stranger_is_held_back_in_the_core_too() -> None:
    gate = Gate()
    gate.admit(of(ADA).key, (), ASKED)
    for owner in (BROWSER, "", "user", "x" * 36):
        with pytest.raises(TooMany, match=r"^Sign in to ask\.$"):
            gate.admit(owner, (), ASKED)
