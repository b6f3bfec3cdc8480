"""What a person does on the Compare page, for the tests: ask, attach, wait, look."""

from __future__ import annotations

import mimetypes
from collections.abc import Callable
from pathlib import Path
from typing import TypedDict

from playwright.sync_api import Locator, Page, expect

from tests.browser.serving import Server

SAMPLES = Path(__file__).parents[2] / "assets" / "samples"
READY = "[data-testid=stApp][data-test-connection-state=CONNECTED]"
PATIENCE_MS = 60_000


class Upload(TypedDict):
    """A file in memory, in Playwright's words."""

    name: str
    mimeType: str
    buffer: bytes


WATCH = """
    window.seen = [];
    document.addEventListener("securitypolicyviolation", event => seen.push(event.blockedURI));
    new MutationObserver(changes => {
        for (const change of changes) {
            if (change.target.matches("link[rel~=icon]")) seen.push(change.oldValue, change.target.href);
        }
    }).observe(document, {subtree: true, attributes: true, attributeFilter: ["href"], attributeOldValue: true});
"""
"""Playwright tells of no icon that a tab asks for, and of nothing that the page's own policy held back."""


def watched(page: Page) -> Callable[[], list[str]]:
    """Watches a page from its beginning; returns what tells all that it asked for, or would have, since."""
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.add_init_script(WATCH)
    return lambda: [*asked, *page.evaluate("seen")]


def is_own(url: str, server: Server) -> bool:
    """Whether an address is the server's, or none that anybody is asked at."""
    return url.startswith((server.url, server.url.replace("http", "ws"), "data:", "blob:", "./"))


def visit(page: Page, url: str) -> None:
    """Open an address and wait until the page is drawn."""
    page.goto(url)
    page.wait_for_selector(READY, timeout=PATIENCE_MS)
    expect(page.get_by_role("link", name="Variants")).to_be_attached(timeout=PATIENCE_MS)


def box(page: Page) -> Locator:
    """The box in which a prompt is written."""
    return page.locator(".st-key-composer textarea")


def attach(page: Page, *files: Path | Upload) -> None:
    """Put files into the box, as the paper clip does."""
    uploads = [upload(file) if isinstance(file, Path) else file for file in files]
    page.locator(".st-key-composer input[type=file]").first.set_input_files(uploads)
    for one in uploads:
        shown = page.locator(".st-key-composer").get_by_text(one["name"][:12])
        expect(shown.first).to_be_visible(timeout=PATIENCE_MS)


def upload(file: Path) -> Upload:
    """A file as the browser sends it."""
    return {
        "name": file.name,
        "mimeType": mimetypes.guess_type(file.name)[0] or "application/octet-stream",
        "buffer": file.read_bytes(),
    }


def ask(page: Page, prompt: str, *files: Path | Upload) -> None:
    """Write, attach and send."""
    expect(box(page)).to_be_visible(timeout=PATIENCE_MS)
    if files:
        attach(page, *files)
    box(page).fill(prompt)
    send(page)


def send(page: Page) -> None:
    """Send what stands in the box, once its files are uploaded."""
    arrow = page.locator(".st-key-composer").get_by_role("button", name="Send message")
    expect(arrow).to_be_enabled(timeout=PATIENCE_MS)
    arrow.click()


def pane(page: Page, index: int) -> Locator:
    """One contender's pane."""
    return page.locator(f".st-key-pane_{index}")


def panes(page: Page, count: int) -> list[Locator]:
    """The panes, once they are there."""
    found = [pane(page, index) for index in range(count)]
    for one in found:
        expect(one).to_be_visible(timeout=PATIENCE_MS)
    return found


def button(page: Page, key: str) -> Locator:
    """The button with that key (Streamlit draws a second, hidden one beside those with a tooltip)."""
    return page.locator(f".st-key-{key} button:visible").first


def wait_until_ended(page: Page) -> None:
    """Until nothing can be stopped any more."""
    expect(page.locator(".st-key-stop_all")).to_have_count(0, timeout=PATIENCE_MS)


def words(one: Locator) -> list[int]:
    """The numbers of the recited words that a pane shows."""
    text = one.inner_text()
    return [int(word[1:]) for word in text.split() if word[:1] == "w" and word[1:].isdigit()]
