"""What Streamlit looks for among its secrets in order to sign visitors in, out of the program's own settings."""

from __future__ import annotations

import hashlib
import hmac
from typing import Any

from playground.config import SignIn, read

CALLBACK = "/oauth2callback"
METADATA = "/.well-known/openid-configuration"


def secrets() -> dict[str, Any]:
    """What `st.login` looks for among the secrets; nothing where nobody signs in with a provider."""
    held = read().sign_in
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
