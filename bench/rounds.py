"""(m) Ten rounds of four contenders: lag, pauses and memory of the page in the tenth against the first.

Reciters of 50 tokens a second behind the real page in a real browser, as in (b); both rounds in one run.
"""

from __future__ import annotations

import tempfile
import time
from dataclasses import astuple, dataclass
from itertools import pairwise
from pathlib import Path

import psutil
from playwright.sync_api import CDPSession, Page, expect, sync_playwright

from bench.lag import CHROMIUM
from bench.numbers import table
from playground.comparisons.figures import percentile
from tests.browser.driving import PATIENCE_MS, ask, panes, visit, wait_until_ended
from tests.browser.serving import SLOW, Server, serving

ROUNDS, WORDS = 10, 500
ORDER = ("E2B", "E4B", "26B-A4B", "31B")

WATCH = """() => {
    const round = pane => pane.closest('[class*="st-key-round_"]')?.className
    const before = new Set([...document.querySelectorAll('[class*="st-key-round_"]')].map(one => one.className));
    const seen = window.seen = {};
    const look = () => {
        for (const pane of document.querySelectorAll('[class*="st-key-pane_"]')) {
            if (before.has(round(pane))) continue;
            const name = [...pane.classList].find(c => c.startsWith('st-key-pane_'));
            const words = pane.innerText.match(/\\bw\\d+\\b/g) || [];
            const known = seen[name] ||= {};
            const now = Date.now();
            for (let i = words.length - 1; i >= 0 && !(words[i] in known); i--) known[words[i]] = now;
        }
    };
    window.watching?.disconnect();
    let waiting = false; // once a frame: asking for the text lays the page out
    const soon = () => { if (!waiting) { waiting = true; requestAnimationFrame(() => { waiting = false; look(); }); } };
    window.watching = new MutationObserver(soon);
    window.watching.observe(document.body, {childList: true, subtree: true, characterData: true});
}"""
"""When each word of the round that is asked next first shows in its pane."""


@dataclass(frozen=True)
class Seen:
    """What one round was like: times in ms, memory in MB after it."""

    p50: float
    p95: float
    most: float
    pause: float
    tab: float
    process: float
    tokens: float


def main() -> None:
    """Ask ten times, look at the first and the last."""
    print(
        f"(m) {ROUNDS} rounds of four contenders, {WORDS} tokens each at 50 a second, in one page"
    )
    head = ("round", "lag p50 ms", "p95 ms", "max ms", "longest pause ms", "tab MB", "program MB")
    first, last = _measure()
    rows = [
        (str(number), *(f"{value:.0f}" for value in astuple(seen)))
        for number, seen in ((1, first), (ROUNDS, last))
    ]
    ratios = [b / a for a, b in zip(astuple(first), astuple(last), strict=True)]
    print(
        f"    of {4 * WORDS} tokens a round; tab: the browser's heap for scripts, after collection"
    )
    table([(*head, "tokens seen"), *rows, ("ratio", *(f"{ratio:.2f}" for ratio in ratios))])


def _measure() -> tuple[Seen, Seen]:
    with tempfile.NamedTemporaryFile("r", suffix=".stamps") as stamps:
        command = (*SLOW, "--words", str(WORDS), "--stamps", stamps.name)
        with serving(command) as server, sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
            page = browser.new_page(viewport={"width": 1440, "height": 900})
            session = page.context.new_cdp_session(page)
            visit(page, f"{server.url}/?max_tokens=4096")
            page.get_by_text("All at once").click()
            rounds = [
                _round(page, session, server, Path(stamps.name), number)
                for number in range(1, ROUNDS + 1)
            ]
            browser.close()
    return rounds[0], rounds[-1]


def _round(page: Page, session: CDPSession, server: Server, stamps: Path, number: int) -> Seen:
    before = len(stamps.read_text().splitlines())
    page.evaluate(WATCH)
    ask(page, f"Recite number {number}.")
    time.sleep(
        WORDS / 50
    )  # and no look at the page meanwhile: each would have its browser list all that is on it
    asked = page.locator("[class*='st-key-round_']").filter(has_text=f"number {number}.")
    expect(asked).to_be_visible(timeout=PATIENCE_MS)
    panes(page, 4)
    wait_until_ended(page)
    page.wait_for_selector("[data-test-script-state=notRunning]")
    seen: dict[str, dict[str, float]] = page.evaluate("window.seen")
    said: dict[tuple[str, str], float] = {}
    for line in stamps.read_text().splitlines()[before:]:
        variant, word, at = line.split()
        said[variant, word] = 1000 * float(at)
    lags = sorted(
        at - said[ORDER[int(name[-1])], word]
        for name, shown in seen.items()
        for word, at in shown.items()
    )
    pauses = [
        after - earlier
        for shown in seen.values()
        for earlier, after in pairwise(sorted(shown.values()))
    ]
    session.send("HeapProfiler.collectGarbage")
    heap = session.send("Runtime.getHeapUsage")
    return Seen(
        *(percentile(lags, share) for share in (0.5, 0.95, 1.0)),
        max(pauses),
        (heap["usedSize"] + heap.get("embedderHeapUsedSize", 0)) / 1e6,
        psutil.Process(server.pid).memory_full_info().uss / 1e6,
        len(lags),
    )
