"""(d) Memory of the page, of the host that forks workers, and of each worker, after an answer of each model."""

from __future__ import annotations

import os

import psutil
from playwright.sync_api import expect, sync_playwright

from bench.numbers import table
from tests.browser.driving import SAMPLES, ask, panes, visit
from tests.browser.serving import Server, serving

CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")


def main() -> None:
    """Start the app, let all four answer, look."""
    print("(d) memory after a picture was put to the four demo models, MB")
    print("    RSS counts what processes share in each of them, USS only what is a process's own")
    with serving() as server, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = browser.new_page()
        visit(page, server.url)
        ask(page, "What do you see?", SAMPLES / "one-shape.png")
        for pane in panes(page, 4):
            expect(pane.get_by_role("button", name="Run again").first).to_be_visible(timeout=60_000)
        table([("process", "RSS", "USS"), *_rows(server)])


def _rows(server: Server) -> list[tuple[str, str, str]]:
    page = psutil.Process(server.pid)
    rows = [_row("page", page)]
    for child in page.children():
        decoder = "playground.prompt.media" in child.cmdline()
        rows.append(_row("media decoder" if decoder else "host", child))
        rows += [_row("worker", worker) for worker in child.children()]
    return rows


def _row(name: str, process: psutil.Process) -> tuple[str, str, str]:
    memory = process.memory_full_info()
    return name, f"{memory.rss / 1e6:.0f}", f"{memory.uss / 1e6:.0f}"
