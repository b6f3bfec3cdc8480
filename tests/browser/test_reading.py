"""A file that takes long to read: what is seen meanwhile, and what is left when somebody does not wait for it."""

from __future__ import annotations

import signal
import time
from collections.abc import Callable, Iterator

import psutil
import pytest
from playwright.sync_api import Page, expect

from tests.browser.driving import PATIENCE_MS, Upload, attach, box, send, visit
from tests.browser.serving import Server, serving
from tests.media_files import clip

TALK: Upload = {"name": "talk.mp4", "mimeType": "video/mp4", "buffer": clip()}


@pytest.fixture(scope="module")
def slow_reader() -> Iterator[Server]:
    with serving() as started:
        yield started


def halted(server: Server) -> psutil.Process:
    """The process that decodes, stopped as soon as it runs."""
    until = time.monotonic() + PATIENCE_MS / 1000
    while time.monotonic() < until:
        for child in psutil.Process(server.pid).children():
            if "playground.prompt.media" in child.cmdline():
                child.send_signal(signal.SIGSTOP)
                return child
        time.sleep(0.005)
    raise AssertionError("nothing was decoded")


def begin(page: Page, server: Server) -> psutil.Process:
    """Send a clip and some words; the clip is never read."""
    visit(page, server.url)
    attach(page, TALK)
    box(page).fill("What happens here?")
    send(page)
    process = halted(server)
    expect(page.get_by_text("Reading talk.mp4")).to_be_visible(timeout=PATIENCE_MS)
    return process


def test_whoever_closes_the_page_ends_the_reading(
    open_page: Callable[[], Page], slow_reader: Server
) -> None:
    page = open_page()
    process = begin(page, slow_reader)
    page.close()
    process.wait(PATIENCE_MS / 1000)
    assert not process.is_running()


def test_whoever_does_something_else_keeps_the_words(page: Page, slow_reader: Server) -> None:
    process = begin(page, slow_reader)
    page.get_by_text("All at once").click()
    expect(page.get_by_text("talk.mp4 was not read to its end")).to_be_visible(timeout=PATIENCE_MS)
    expect(box(page)).to_have_value("What happens here?")
    process.wait(PATIENCE_MS / 1000)
