"""The main job in a real browser, with the demo family."""

from __future__ import annotations

import os
import re
import signal
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.browser.driving import (
    PATIENCE_MS,
    SAMPLES,
    Upload,
    ask,
    box,
    button,
    pane,
    panes,
    send,
    visit,
    wait_until_ended,
)
from tests.browser.serving import Server

PICTURE, RECORDING = SAMPLES / "one-shape.png", SAMPLES / "digits.wav"


def test_a_picture_gets_four_answers_with_figures(server: Server, page: Page) -> None:
    visit(page, server.url)
    ask(page, "What do you see?", PICTURE)
    for one in panes(page, 4):
        expect(one).to_contain_text("TTFT", timeout=PATIENCE_MS)
        expect(one).to_contain_text("tok/s")
        expect(one).to_contain_text("not Gemma 4")
        expect(one.get_by_role("button", name="Run again")).to_be_visible()
    wait_until_ended(page)
    expect(page.locator(".st-key-heads")).to_contain_text("this machine")
    expect(page.get_by_text("All figures").first).to_be_visible()
    assert "run=" in page.url


def test_a_recording_is_heard_by_two_and_refused_by_two(server: Server, page: Page) -> None:
    visit(page, server.url)
    ask(page, "What do you see?", PICTURE, RECORDING)
    found = panes(page, 4)
    for one in found[:2]:
        expect(one).to_contain_text("TTFT", timeout=PATIENCE_MS)
    for one, name in zip(found[2:], ("26B-A4B", "31B"), strict=True):
        expect(one).to_contain_text(f"{name} has no audio encoder.")
        expect(one).to_contain_text("without the sound")
    wait_until_ended(page)

    button(page, "mend_3").click()
    expect(pane(page, 3)).to_contain_text("TTFT", timeout=PATIENCE_MS)
    expect(pane(page, 3)).to_contain_text("without the sound")
    expect(pane(page, 2)).to_contain_text("no audio encoder")


def test_the_pages_process_never_maps_torch(server: Server, page: Page) -> None:
    """After answers were given: libtorch is in the workers' memory and not in the page's."""
    visit(page, server.url)
    ask(page, "Hello!")
    expect(pane(page, 0)).to_contain_text("TTFT", timeout=PATIENCE_MS)
    wait_until_ended(page)
    assert "libtorch" not in Path(f"/proc/{server.pid}/maps").read_text()
    workers = server.workers()
    assert workers
    assert all("libtorch" in Path(f"/proc/{one.pid}/maps").read_text() for one in workers)


def test_a_killed_worker_fails_alone_and_comes_back(server: Server, page: Page) -> None:
    visit(page, f"{server.url}/?temperature=2.0&top_p=1.0&top_k=0&max_tokens=4096")
    ask(page, "Hello!")
    for one in panes(page, 4):  # all four are loaded then
        expect(one.get_by_role("button", name="Run again")).to_be_visible(timeout=PATIENCE_MS)
    for worker in server.workers():
        os.kill(worker.pid, signal.SIGSTOP)  # so that the answer can't end before the blow
    ask(page, "Hello again!")
    expect(pane(page, 0)).to_contain_text("Reading the prompt", timeout=PATIENCE_MS)
    victim, *others = sorted(server.workers(), key=lambda worker: worker.create_time())
    os.kill(victim.pid, signal.SIGKILL)
    for worker in others:
        os.kill(worker.pid, signal.SIGCONT)
    expect(pane(page, 0)).to_contain_text("E2B was killed (signal 9)", timeout=PATIENCE_MS)
    expect(pane(page, 0)).to_contain_text("Run it again")
    wait_until_ended(page)
    for index in (1, 2, 3):  # at this temperature an answer may end before its first word
        expect(pane(page, index)).to_contain_text(re.compile("TTFT|It answered nothing"))

    pane(page, 0).get_by_role("button", name="Run again").click()
    expect(pane(page, 0)).to_contain_text(
        re.compile("TTFT|It answered nothing"), timeout=PATIENCE_MS
    )


def test_a_bad_file_is_one_sentence_and_nothing_else_is_lost(server: Server, page: Page) -> None:
    visit(page, server.url)
    broken: Upload = {
        "name": "holiday.png",
        "mimeType": "image/png",
        "buffer": b"\x89PNG\r\n\x1a\nbroken",
    }
    ask(page, "What do you see?", PICTURE, broken)
    expect(page.get_by_text(re.compile(r"holiday\.png"))).to_be_visible(timeout=PATIENCE_MS)
    expect(box(page)).to_have_value("What do you see?")
    expect(page.locator(".st-key-tray")).to_contain_text("one-shape.png")
    expect(pane(page, 0)).to_have_count(0)

    send(page)
    expect(pane(page, 3)).to_contain_text("TTFT", timeout=PATIENCE_MS)
    wait_until_ended(page)


def test_two_sessions_at_once_both_get_answers(
    server: Server, open_page: Callable[[], Page]
) -> None:
    both = [open_page(), open_page()]
    for page in both:
        visit(page, server.url)
    for page in both:
        ask(page, "What do you see?", PICTURE)
    for page in both:
        for one in panes(page, 4):
            expect(one).to_contain_text("TTFT", timeout=PATIENCE_MS)


def test_a_sample_is_one_click(server: Server, page: Page) -> None:
    visit(page, server.url)
    page.get_by_role("button", name="One shape", exact=True).click()
    for one in panes(page, 4):
        expect(one).to_contain_text("TTFT", timeout=PATIENCE_MS)
    wait_until_ended(page)


def test_a_pasted_picture_is_attached(server: Server, page: Page) -> None:
    visit(page, server.url)
    expect(box(page)).to_be_visible(timeout=PATIENCE_MS)
    box(page).evaluate(
        """(target, bytes) => {
            const file = new File([new Uint8Array(bytes)], 'pasted.png', {type: 'image/png'});
            const data = new DataTransfer();
            data.items.add(file);
            target.dispatchEvent(new ClipboardEvent('paste', {clipboardData: data, bubbles: true}));
        }""",
        list(PICTURE.read_bytes()),
    )
    expect(page.locator(".st-key-composer").get_by_text("pasted.png")).to_be_visible()
    ask(page, "What do you see?")
    expect(pane(page, 0)).to_contain_text("TTFT", timeout=PATIENCE_MS)


def test_a_voice_message_is_sent_to_those_who_hear(server: Server, page: Page) -> None:
    visit(page, server.url)
    expect(box(page)).to_be_visible(timeout=PATIENCE_MS)
    page.locator(".st-key-composer").get_by_role("button", name=re.compile("record", re.I)).click()
    page.wait_for_timeout(2500)  # the recording itself takes time
    page.locator(".st-key-composer").get_by_role(
        "button", name=re.compile("submit|approve|finish|confirm", re.I)
    ).first.click()
    expect(pane(page, 0)).to_contain_text("TTFT", timeout=PATIENCE_MS)
    expect(pane(page, 3)).to_contain_text("no audio encoder")
