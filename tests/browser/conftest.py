"""The browser, shared by all tests of this folder, and a page that fails its test when a script error happens."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.browser.serving import SLOW, Server, serving

expect.set_options(timeout=30_000)
"""Milliseconds; a machine with much to do is slow, not wrong."""

CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
FLAGS = [
    "--no-sandbox",
    "--disable-dev-shm-usage",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
]


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield started
        started.close()


@pytest.fixture
def open_page(browser: Browser) -> Iterator[Callable[..., Page]]:
    """Opens pages, each in a session of its own; what it is given makes another kind of browser of it."""
    contexts = []
    errors: list[str] = []

    def open_one(**kind: Any) -> Page:
        usual = {"viewport": {"width": 1440, "height": 900}, "permissions": ["microphone"]}
        context = browser.new_context(**{**usual, **kind})
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: errors.append(str(error)))
        return page

    yield open_one
    for context in contexts:
        context.close()
    assert not errors


@pytest.fixture
def page(open_page: Callable[..., Page]) -> Page:
    return open_page()


@pytest.fixture(scope="package")
def server() -> Iterator[Server]:
    """The app with the demo family."""
    with serving() as started:
        yield started


@pytest.fixture(scope="package")
def slow() -> Iterator[Server]:
    """The app with four models that recite 400 words at 50 a second."""
    with serving(SLOW) as started:
        yield started
