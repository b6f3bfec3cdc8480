"""What Streamlit looks for among its secrets in order to sign visitors in, out of the program's own settings."""

from __future__ import annotations

import hashlib
import hmac
from typing import Any

from websockets import http11

from playground.config import SignIn, read

CALLBACK = "/oauth2callback"
METADATA = "/.well-known/openid-configuration"

COOKIES = 65_536
"""Bytes of all cookies together, which are one line of a request: who has many groups brings 30,000 of them."""


def secrets() -> dict[str, Any]:
    """What `st.login` looks for among the secrets; nothing where nobody signs in with a provider."""
    held = read().sign_in
    # By itself it takes 8,192, and the page of somebody who brings more would never connect.
    http11.MAX_LINE_LENGTH = COOKIES
    return of(held) if held.needed and not held.header else {}


def of(held: SignIn) -> dict[str, Any]:
    """The same for these settings."""
    # All replicas have the same, and it holds as long as the client's secret does.
    signs = hmac.new(held.client_secret.encode(), b"gemma4-playground cookies", hashlib.sha256)
    metadata = held.provider if held.provider.endswith(METADATA) else held.provider + METADATA
    return {
        "auth": {
            "redirect_uri": f"{held.url}{CALLBACK}",
            "cookie_secret": signs.hexdigest(),
            "client_id": held.client_id,
            "client_secret": held.client_secret,
            "server_metadata_url": metadata,
            "client_kwargs": {"scope": held.scopes},
        }
    }
