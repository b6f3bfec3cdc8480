"""(k) Replay: how far from its recorded moment each word stands in the browser, four panes of 50 tokens a second.

The page's own clock notes when a numbered word first shows in its pane; it is compared with the moment in the archive's
record, counted from the press on "From the start" and divided by the speed.
"""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from playwright.sync_api import Page, sync_playwright

from bench.lag import CHROMIUM
from bench.numbers import table
from playground.archive import record
from playground.archive.archive import Archive
from playground.archive.replay import Replay
from playground.comparisons.figures import percentile
from tests.browser.driving import ask, button, panes, visit, wait_until_ended
from tests.browser.serving import SLOW, serving

WORDS = 200
SPEEDS = (1, 2, 5, 10)

WATCH = """() => {
    const host = document.querySelector('[class*=st-key-replay_]');
    const find = (node) => node.querySelector?.('.panes') ?? [...(node.querySelectorAll?.('*') ?? [])]
        .map((one) => one.shadowRoot && find(one.shadowRoot)).find(Boolean);
    const place = find(host);
    window.seen = [];
    const look = () => {
        const now = performance.now();
        [...place.children].forEach((pane, number) => {
            const words = pane.querySelector('.answer').textContent.match(/\\bw\\d+\\b/g) || [];
            const seen = window.seen[number] ||= {};
            for (let i = words.length - 1; i >= 0 && !(words[i] in seen); i--) seen[words[i]] = now;
        });
    };
    new MutationObserver(look).observe(place, {childList: true, subtree: true, characterData: true});
    place.parentNode.querySelector('.again').addEventListener('click', () => {
        window.pressed = performance.now(); window.seen = [];
    }, {capture: true});
}"""


def main() -> None:
    """Ask once, replay at each speed."""
    print(
        f"(k) replay: recorded moment -> seen, four panes of {WORDS} words, Chromium on the same cores"
    )
    with tempfile.TemporaryDirectory() as folder:
        os.environ["PLAYGROUND_ARCHIVE"] = folder
        command = (*SLOW, "--words", str(WORDS))
        with serving(command) as server, sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
            page = browser.new_page(viewport={"width": 1440, "height": 900})
            visit(page, f"{server.url}/?max_tokens=4096")
            ask(page, "Recite.")
            panes(page, 4)
            wait_until_ended(page)
            time.sleep(1)
            (id,) = parse_qs(urlsplit(page.url).query)["run"]
            archive = Archive.within(Path(folder))
            kept = archive.record(id)
            archive.close()
            assert kept is not None
            button(page, "replay").click()
            page.get_by_role("button", name="From the start").wait_for(timeout=30_000)
            page.evaluate(WATCH)
            rows = [("speed", "apart p50 ms", "p95 ms", "max ms", "words seen")]
            rows += [_replayed(page, kept.rounds[-1], speed) for speed in SPEEDS]
        table(rows)
        del os.environ["PLAYGROUND_ARCHIVE"]


def _replayed(page: Page, round: record.Round, speed: int) -> tuple[str, ...]:
    page.get_by_role("button", name=f"×{speed}", exact=True).click()
    page.get_by_role("button", name="From the start").click()
    replay = Replay(round.answers)
    time.sleep(replay.seconds / speed + 1)
    began, seen = page.evaluate("[window.pressed, window.seen]")
    apart = sorted(
        abs(shown[word] - began - 1000 * at / speed)
        for track, shown in zip(replay.tracks(), seen, strict=True)
        for word, at in _words(track["pieces"])
        if word in shown
    )
    figures = [percentile(apart, share) for share in (0.5, 0.95, 1.0)]
    return (
        f"x{speed}",
        *(f"{one:.0f}" for one in figures),
        f"{len(apart)} of {len(seen) * WORDS}",
    )


def _words(pieces: list[list[object]]) -> Iterator[tuple[str, float]]:
    for at, _, text in pieces:
        for word in str(text).split():
            yield word, float(str(at))
