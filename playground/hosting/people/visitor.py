"""Who a visitor is, and what they may: the one place that says so, for the page and for the API.

Knows what a provider or a proxy said of them, and nothing of how it came here.
"""

from __future__ import annotations

import base64
import hashlib
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

from playground.config import Config, SignIn

USER = "user:"
"""What the key of somebody who signed in begins with; no cookie and no session looks like that."""

GROUP = "group:"

LONGEST_NAME = 80


@dataclass(frozen=True, slots=True)
class Visitor:
    """Somebody at the page or the API. What is theirs (comparisons, uploads, use of limits) stands under `key`: a
    browser's where nobody signed in. `name` is empty then. `why_not` says in a sentence why somebody who did sign in is
    not let in.
    """

    key: str
    name: str = ""
    operator: bool = False
    looks: bool = True
    asks: bool = True
    why_not: str = ""

    @property
    def signed_in(self) -> bool:
        """Whether it is known who they are, and not only which browser they use."""
        return self.key.startswith(USER)


def stranger(browser: str, held: Config, why_not: str = "") -> Visitor:
    """Who did not sign in, or is not let in; on one's own machine that is its operator."""
    needed = held.sign_in.needed
    return Visitor(
        browser,
        operator=not held.hosted,
        looks=needed != "all",
        asks=not needed,
        why_not=why_not,
    )


def recognise(browser: str, claims: Mapping[str, Any], held: Config) -> Visitor:
    """The visitor of whom a provider or a trusted proxy says this; a stranger where it says too little, what it says is
    too old, or they are none of the members.
    """
    said = held.sign_in
    subject = str(claims.get("sub") or "")
    if not held.hosted or not subject:
        return stranger(browser, held)
    if _age_s(claims) > said.hours * 3600:
        return stranger(browser, held, "Your sign-in has ended.")
    if said.members and not _one_of(said.members, claims, said):
        return stranger(browser, held, "This account may not use this playground.")
    return user(
        f"{claims.get('iss') or ''}\0{subject}",
        _name(claims),
        _one_of(said.operators, claims, said),
    )


def user(subject: str, name: str, operator: bool = False) -> Visitor:
    """Who signed in; `subject` is the provider's own name for them, which no two have."""
    digest = hashlib.sha256(subject.encode()).digest()[:18]
    return Visitor(f"{USER}{base64.urlsafe_b64encode(digest).decode()}", name, operator)


def proxied(said: str) -> dict[str, Any]:
    """What a trusted proxy says of who comes, as a provider would; nothing where it says nothing."""
    return {"iss": "proxy", "sub": said, "email": said, "email_verified": True} if said else {}


def token_holder(key: str, name: str, held: Config) -> Visitor:
    """Who sends a token that the owner of `key` made: they ask as them, and operate nothing."""
    allowed = not held.sign_in.needed or key.startswith(USER)
    return Visitor(key, name, operator=not held.hosted, looks=allowed, asks=allowed)


def _age_s(claims: Mapping[str, Any]) -> float:
    """Seconds since the provider said it; a proxy says it with every request."""
    at = claims.get("iat")
    return time.time() - float(at) if isinstance(at, int | float) else 0.0


def _name(claims: Mapping[str, Any]) -> str:
    """What to call them: one line, and nobody's life story."""
    for claim in ("name", "preferred_username", "nickname", "email", "sub"):
        words = "".join(
            letter if letter.isprintable() else " " for letter in str(claims.get(claim) or "")
        )
        if name := " ".join(words.split()):
            return name if len(name) <= LONGEST_NAME else f"{name[:LONGEST_NAME]}…"
    return ""


def _one_of(patterns: tuple[str, ...], claims: Mapping[str, Any], said: SignIn) -> bool:
    """Whether somebody's e-mail address, which the provider has verified, or a group of theirs is meant."""
    email = str(claims.get("email") or "").casefold()
    verified = bool(email) and claims.get("email_verified") in (True, "true")
    groups = {*_groups(claims.get(said.groups))}
    for one in patterns:
        if one.startswith(GROUP):
            if one.removeprefix(GROUP) in groups:
                return True
        elif verified and fnmatchcase(email, one.casefold()):
            return True
    return False


def _groups(claim: Any) -> Iterator[str]:
    """The names of groups as providers write them: words, paths (Keycloak), or objects (Hugging Face)."""
    for one in claim if isinstance(claim, list | tuple) else (claim,):
        name = one.get("preferred_username") if isinstance(one, Mapping) else one
        if isinstance(name, str) and name:
            yield name.removeprefix("/")
