"""A file that could not be uploaded: nothing is sent without it, it is said, and the words stay."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.driving import (
    PATIENCE_MS,
    SAMPLES,
    Upload,
    ask,
    attach,
    box,
    button,
    pane,
    send,
    visit,
    wait_until_ended,
)
from tests.browser.serving import Server
from tests.pdf_files import pdf
from tests.servers.proxy import proxy

PICTURE = SAMPLES / "one-shape.png"
LARGE: Upload = {"name": "talk.wav", "mimeType": "audio/wav", "buffer": b"RIFF" + bytes(1_200_000)}


@pytest.fixture(scope="module")
def behind(slow: Server) -> Iterator[str]:
    """The address of a proxy in front of the app that refuses bodies above a megabyte."""
    with proxy(int(slow.url.rpartition(":")[2])) as url:
        yield url


def test_a_refused_upload_holds_the_words_back(behind: str, page: Page) -> None:
    visit(page, behind)
    attach(page, PICTURE, LARGE)
    said = page.locator(".said")
    expect(said).to_contain_text("talk.wav could not be uploaded", timeout=PATIENCE_MS)
    expect(said).to_contain_text("takes nothing that large (413)")
    box(page).fill("Transcribe this.")
    box(page).press("Enter")
    expect(said).to_contain_text("Nothing was sent.")
    send(page)
    expect(box(page)).to_have_value("Transcribe this.")
    expect(pane(page, 0)).to_have_count(0)

    page.get_by_role("button", name="Remove talk.wav").click()
    expect(said).to_be_hidden()
    box(page).press("Enter")
    expect(pane(page, 0)).to_contain_text("w3 ", timeout=PATIENCE_MS)
    expect(page.locator(".st-key-asked")).to_contain_text("one-shape.png")


def test_a_file_that_the_browser_refuses_holds_them_back_too(
    slow: Server, page: Page, tmp_path: Path
) -> None:
    huge = tmp_path / "talk.wav"
    with huge.open("wb") as file:
        file.truncate(101_000_000)
    visit(page, slow.url)
    page.locator(".st-key-composer input[type=file]").first.set_input_files(huge)
    box(page).fill("Transcribe this.")
    box(page).press("Enter")
    said = page.locator(".said")
    expect(said).to_contain_text("talk.wav could not be uploaded: it is larger than 100 MB")
    expect(box(page)).to_have_value("Transcribe this.")
    expect(pane(page, 0)).to_have_count(0)


def test_a_dropped_file_is_looked_at_like_a_chosen_one(behind: str, page: Page) -> None:
    visit(page, behind)
    expect(box(page)).to_be_visible(timeout=PATIENCE_MS)
    box(page).fill("Transcribe this.")
    box(page).evaluate(
        """target => {
            const data = new DataTransfer();
            data.items.add(new File([new Uint8Array(1200000)], 'dropped.wav', {type: 'audio/wav'}));
            const event = kind => new DragEvent(kind, {dataTransfer: data, bubbles: true, cancelable: true});
            target.dispatchEvent(event('dragover'));
            setTimeout(() => {
                const zone = document.querySelector('.st-key-composer').querySelector('input[type=file]').parentElement;
                zone.dispatchEvent(event('drop'));
            }, 300);
        }"""
    )
    expect(page.locator(".said")).to_contain_text(
        "dropped.wav could not be uploaded", timeout=PATIENCE_MS
    )
    box(page).press("Enter")
    expect(box(page)).to_have_value("Transcribe this.")
    expect(pane(page, 0)).to_have_count(0)


def test_what_add_media_lost_is_said_after_its_widget_was_emptied(behind: str, page: Page) -> None:
    visit(page, behind)
    page.get_by_role("button", name="Add media").click()
    uploader = page.get_by_test_id("stFileUploader").locator("input[type=file]")
    good: Upload = {"name": "one.png", "mimeType": "image/png", "buffer": PICTURE.read_bytes()}
    uploader.set_input_files([good, LARGE])
    expect(page.locator(".st-key-tray")).to_contain_text("one.png", timeout=PATIENCE_MS)
    said = page.locator(".said")
    expect(said).to_contain_text("talk.wav could not be uploaded", timeout=PATIENCE_MS)
    said.get_by_role("button", name="Close").click()
    expect(said).to_be_hidden()


def test_a_voice_message_that_could_not_be_uploaded_is_said(behind: str, page: Page) -> None:
    page.route(re.compile("/upload_file/"), lambda route: route.fulfill(status=413))
    visit(page, behind)
    composer = page.locator(".st-key-composer")
    composer.get_by_role("button", name="Start recording").click()
    page.wait_for_timeout(1500)  # the recording itself takes time
    composer.get_by_role("button", name="Submit recording").click()
    expect(page.locator(".said")).to_contain_text(
        "What was recorded could not be uploaded", timeout=PATIENCE_MS
    )
    expect(pane(page, 0)).to_have_count(0)


def test_enter_waits_for_a_file_that_is_on_its_way(slow: Server, page: Page) -> None:
    """The page learns where to upload by its WebSocket; until then nothing of the file is to be seen."""
    visit(page, slow.url)
    box(page).fill("What is this?")
    page.evaluate("() => { WebSocket.prototype.send = () => {} }")  # the question is never answered
    page.locator(".st-key-composer input[type=file]").first.set_input_files(PICTURE)
    box(page).press("Enter")
    expect(page.locator(".said")).to_contain_text("Nothing was sent: a file is still on its way.")
    expect(box(page)).to_have_value("What is this?")


def test_pages_of_a_file_in_the_box_are_chosen_when_its_round_is_edited(
    slow: Server, page: Page
) -> None:
    book: Upload = {
        "name": "book.pdf",
        "mimeType": "application/pdf",
        "buffer": pdf(["one", "two", "three"]),
    }
    visit(page, f"{slow.url}/?on=E2B")
    ask(page, "What is it?", book)
    expect(pane(page, 0)).to_contain_text("w3 ", timeout=PATIENCE_MS)
    button(page, "stop_all").click()
    wait_until_ended(page)
    asked = page.locator(".st-key-asked")
    expect(asked).to_contain_text("3 of 3 pages")
    button(page, "edit").click()
    pages = page.get_by_label("Pages of book.pdf")
    expect(pages).to_be_visible(timeout=PATIENCE_MS)
    tray = page.locator(".st-key-tray")
    expect(tray).to_contain_text("page 1", timeout=PATIENCE_MS)
    pages.fill("2-3")
    pages.press("Enter")
    expect(tray).not_to_contain_text("page 1", timeout=PATIENCE_MS)
    page.wait_for_selector("[data-test-script-state=notRunning]")
    send(page)
    expect(asked).to_contain_text("2 of 3 pages", timeout=PATIENCE_MS)
    button(page, "stop_all").click()
    wait_until_ended(page)
    button(page, "edit").click()
    expect(pages).to_have_value("2-3", timeout=PATIENCE_MS)
