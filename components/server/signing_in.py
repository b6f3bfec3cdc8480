"""Streamlit's own settings for signing in, out of the program's."""

from __future__ import annotations

import hashlib
import hmac
from typing import Any

from playground.config import read

CALLBACK = "/oauth2callback"
METADATA = "/.well-known/openid-configuration"


def secrets() -> dict[str, Any]:
    """What `st.login` looks for among the secrets; nothing where nobody signs in with a provider."""
    held = read().sign_in
    if not held.needed or held.header:
        return {}
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
