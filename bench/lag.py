"""(b) From a token made to a token seen: four reciters of 50 tokens a second behind the real page in a real browser.

The reciters write down when they said each numbered word; the page's own clock notes when it first shows in its pane.
Both are the machine's wall clock. Then how long a click on Stop takes to be seen, while answering and in prefill.
"""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Callable, Sequence
from itertools import pairwise
from pathlib import Path

import psutil
from playwright.sync_api import Browser, Page, expect, sync_playwright

from bench.numbers import table
from playground.comparisons.figures import percentile
from tests.browser.driving import ask, button, panes, visit, wait_until_ended
from tests.browser.serving import SLOW, serving

CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
LENGTHS = (400, 1500)
STOPS = 5

WATCH = """() => {
    window.seen = {};
    document.addEventListener('click', () => { window.sent = Date.now(); }, {capture: true});
    const look = () => {
        for (const pane of document.querySelectorAll('[class*="st-key-pane_"]')) {
            const name = [...pane.classList].find(c => c.startsWith('st-key-pane_'));
            const words = pane.innerText.match(/\\bw\\d+\\b/g) || [];
            const seen = window.seen[name] ||= {};
            const now = Date.now();
            for (let i = words.length - 1; i >= 0 && !(words[i] in seen); i--) seen[words[i]] = now;
        }
    };
    new MutationObserver(look).observe(document.body, {childList: true, subtree: true, characterData: true});
}"""


def main() -> None:
    """Two lengths of answers, then Stop."""
    print(
        "(b) token made -> token seen: four streams of 50 tokens/s in one page, Chromium on the same cores"
    )
    rows: list[tuple[str, ...]] = [
        (
            "tokens", "lag p50 ms", "p95 ms", "max ms", "longest pause ms", "tokens seen", "first word ms", "KB sent",
            "page's memory",
        )
    ]  # fmt: skip
    rows += [_lag(words) for words in LENGTHS]
    table(rows)
    print(f"\n    Stop clicked -> all four panes say so, ms, {STOPS} times")
    table([("while", "each time"), _stops("answering", 0.3), _stops("in prefill", 60.0)])


def _lag(words: int) -> tuple[str, ...]:
    with tempfile.NamedTemporaryFile("r", suffix=".stamps") as stamps:
        command = (*SLOW, "--words", str(words), "--stamps", stamps.name)
        with serving(command) as server, sync_playwright() as playwright:
            received: list[int] = []
            page = _open(
                playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"]),
                server.url,
                lambda frame: received.append(len(frame)),
            )
            page.evaluate(WATCH)
            received.clear()
            ask(page, "Recite.")
            panes(page, 4)
            time.sleep(words / 50)
            wait_until_ended(page)
            time.sleep(0.5)
            seen: dict[str, dict[str, float]] = page.evaluate("window.seen")
            first = min(map(min, map(dict.values, seen.values()))) - page.evaluate("window.sent")
            memory = psutil.Process(server.pid).memory_full_info().uss
        said: dict[tuple[str, str], float] = {}
        for line in Path(stamps.name).read_text().splitlines():
            variant, word, at = line.split()
            said[variant, word] = float(at)
    order = ("E2B", "E4B", "26B-A4B", "31B")
    lags = sorted(
        at - 1000 * said[order[int(name[-1])], word]
        for name, shown in seen.items()
        for word, at in shown.items()
    )
    pauses = [_longest(sorted(shown.values())) for shown in seen.values()]
    figures = [percentile(lags, share) for share in (0.5, 0.95, 1.0)]
    return (
        str(words),
        *(f"{figure:.0f}" for figure in figures),
        f"{max(pauses):.0f}",
        f"{len(lags)} of {4 * words}",
        f"{first:.0f}",
        f"{sum(received) / 1000:.0f}",
        f"{memory / 1e6:.0f} MB",
    )


def _longest(times: Sequence[float]) -> float:
    return max(after - before for before, after in pairwise(times))


def _stops(name: str, prefill: float) -> tuple[str, str]:
    took = []
    with serving((*SLOW, "--prefill", str(prefill))) as server, sync_playwright() as playwright:
        page = _open(
            playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"]), server.url
        )
        for _ in range(STOPS):
            ask(page, "Recite.")
            last = panes(page, 4)[-1]
            expect(last).to_contain_text("w20 " if prefill < 1 else "Reading", timeout=30_000)
            time.sleep(0.7)
            took.append(_stop(page))
    return name, ", ".join(f"{milliseconds:.0f}" for milliseconds in took)


def _stop(page: Page) -> float:
    """Milliseconds, by the page's own clock, from the click to the fourth "Stopped"."""
    page.evaluate(
        """() => {
            window.stopped = null;
            const look = () => {
                const panes = [...document.querySelectorAll('[class*="st-key-pane_"]')];
                if (panes.length == 4 && panes.every(pane => /Stopped/.test(pane.innerText)))
                    window.stopped ??= performance.now();
            };
            new MutationObserver(look).observe(document.body, {childList: true, subtree: true, characterData: true});
            const click = () => { window.clicked = performance.now(); };
            document.addEventListener('click', click, {capture: true, once: true});
        }"""
    )
    button(page, "stop_all").click()
    page.wait_for_function("window.stopped !== null", timeout=30_000)
    wait_until_ended(page)
    return float(page.evaluate("window.stopped - window.clicked"))


def _open(browser: Browser, url: str, hear: Callable[[bytes], object] = lambda frame: None) -> Page:
    """The page, all at once chosen; `hear` is told of every message that the server sends."""
    page = browser.new_page(viewport={"width": 1440, "height": 900})
    page.on("websocket", lambda socket: socket.on("framereceived", hear))
    visit(page, f"{url}/?max_tokens=4096")
    page.get_by_text("All at once").click()
    return page
