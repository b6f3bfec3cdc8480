"""(c) From the start of the process to the first page drawn: this app against a one-line Streamlit app, in turns."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from bench.numbers import spread, table
from tests.browser.serving import ROOT, free_port

CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
PAIRS = 7
ONE_LINE = 'import streamlit as st; st.write("Hello")\n'


def main() -> None:
    """Measure both in alternating order and print the ratio."""
    print(f"(c) process started -> first page drawn, {PAIRS} pairs in turns")
    ours, theirs = [], []
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        smallest = Path(folder)
        (smallest / "app.py").write_text(ONE_LINE)
        shutil.copytree(ROOT / ".streamlit", smallest / ".streamlit")
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        for number in range(PAIRS + 1):
            one = _first_page(browser, ROOT, "One prompt, the whole family")
            other = _first_page(browser, smallest, "Hello")
            if number:  # the first pair fills the disk's caches
                ours.append(one)
                theirs.append(other)
    ratios = [one / other for one, other in zip(ours, theirs, strict=True)]
    rows = [
        ("", "seconds"),
        ("this app", spread(ours)),
        ("one line", spread(theirs)),
        ("ratio", spread(ratios)),
    ]
    table(rows)


def _first_page(browser: Browser, folder: Path, words: str) -> float:
    port = free_port()
    began = time.perf_counter()
    command = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.port", str(port)]
    process = subprocess.Popen(
        command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    page = browser.new_page()
    try:
        while True:
            try:
                page.goto(f"http://localhost:{port}/")
                break
            except Exception:
                time.sleep(0.05)
                assert time.perf_counter() - began < 60
        page.get_by_text(words).first.wait_for(timeout=60_000)
        return time.perf_counter() - began
    finally:
        page.close()
        process.terminate()
        process.wait()
