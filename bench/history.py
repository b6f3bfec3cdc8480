"""(n) History in the browser: opened by the menu and searched, with 100 and with 10,000 comparisons.

From the click to the last card of the first page, and from Enter to a list that fits the words, by the tab's own clock;
what a query takes alone, `python -m bench archive` measures.
"""

from __future__ import annotations

import os
import tempfile
import time
from pathlib import Path
from statistics import median

import psutil
from playwright.sync_api import Page, sync_playwright

from bench.archive import fill
from bench.lag import CHROMIUM
from bench.numbers import table
from components.history.listing import A_PAGE
from playground.archive.archive import Archive
from tests.browser.driving import PATIENCE_MS, visit
from tests.browser.serving import SLOW, serving

SIZES = (100, 10_000)
SEARCHES = ("harbour", "สวัส", "window apple", "カタカナ", "river", "i<n", "la")
TIMES = 5

LIST = """
    window.list = () => [...document.querySelectorAll("[class*=st-key-kept_]")]
        .filter(one => !one.closest("[data-stale=true]"))
        .map(one => one.className.match(/st-key-kept_(\\S+)/)[1]).join();
    window.until = true_ => new Promise(done => {
        const look = () => { if (true_()) { watch.disconnect(); done(performance.now()) } };
        const watch = new MutationObserver(look);
        watch.observe(document.body, {childList: true, subtree: true, attributes: true});
        look();
    });
"""
OPENED = """async count => {
    const began = performance.now();
    [...document.querySelectorAll("a")].find(one => one.textContent.includes("History")).click();
    return await until(() => list().split(",").length >= count) - began;
}"""
SEARCHED = """() => {
    const before = list();
    window.took = new Promise(done => addEventListener("keydown", async event => {
        const began = performance.now();
        done(await until(() => list() && list() !== before) - began);
    }, {capture: true, once: true}));
}"""


def main() -> None:
    """Both sizes, each in a program of its own."""
    print(f"(n) History in the browser, medians of {TIMES}; Chromium on the same cores")
    rows: list[tuple[str, ...]] = [
        (
            "comparisons", "opened, ms", "of the page's processor", "searched, ms", "of the page's processor",
            "page's memory",
        )
    ]  # fmt: skip
    for count in SIZES:
        with tempfile.TemporaryDirectory() as folder:
            archive = Archive.within(Path(folder))
            fill(archive, count)
            archive.close()
            os.environ["PLAYGROUND_ARCHIVE"] = folder
            rows.append(_looked_at(count))
            del os.environ["PLAYGROUND_ARCHIVE"]
    table(rows)


def _looked_at(count: int) -> tuple[str, ...]:
    with serving((*SLOW, "--words", "20")) as server, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1440, "height": 900})
        page.set_default_timeout(PATIENCE_MS)
        page.add_init_script(LIST)
        process = psutil.Process(server.pid)
        opened, of_opening = [], []
        for _ in range(TIMES + 1):
            visit(page, server.url)
            time.sleep(1)
            before = _spent(process)
            opened.append(float(page.evaluate(OPENED, A_PAGE)))
            of_opening.append(_spent(process) - before)
        searched, of_searching = [], []
        for words in SEARCHES:
            before = _spent(process)
            searched.append(_search(page, words))
            of_searching.append(_spent(process) - before)
        memory = process.memory_full_info().uss
        browser.close()
    known = [one for one in searched if one is not None]
    return (
        f"{count:,}",
        f"{median(opened[1:]):.0f}",  # the first brings imports along
        f"{1000 * median(of_opening[1:]):.0f} ms",
        f"{median(known):.0f}",
        f"{1000 * median(of_searching):.0f} ms",
        f"{memory / 1e6:.0f} MB",
    )


def _spent(process: psutil.Process) -> float:
    """Seconds of processor time so far: they say more than the clock where others use the cores too."""
    times = process.cpu_times()
    return float(times.user + times.system)


def _search(page: Page, words: str) -> float | None:
    """Milliseconds; None where nothing fits, or the list stays as it is."""
    box = page.get_by_placeholder("Words of a question")
    box.fill(words)
    page.evaluate(SEARCHED)
    box.press("Enter")
    took = page.evaluate("Promise.race([took, new Promise(done => setTimeout(done, 10000))])")
    return None if took is None else float(took)
