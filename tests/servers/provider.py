"""A real OpenID provider in a process of its own: `oidc-provider-mock`, which lets one sign in as whoever one says."""

from __future__ import annotations

import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager

from tests.browser.serving import free_port
from tests.waiting import come_up


@contextmanager
def provider() -> Iterator[str]:
    """Its address, while it runs."""
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "-m", "oidc_provider_mock", "--port", str(port)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    url = f"http://localhost:{port}"
    try:
        known = f"{url}/.well-known/openid-configuration"
        come_up(
            process, lambda: urllib.request.urlopen(known, timeout=1), lambda: "no provider came up"
        )
        yield url
    finally:
        process.terminate()
        process.wait(30)
