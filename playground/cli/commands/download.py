"""`download`: weights from the hub into this machine's cache."""

from __future__ import annotations

import threading
import time

from playground.cli import interrupts, options
from playground.cli.display import output
from playground.cli.display.notes import Line, fault, on_terminal, say
from playground.cli.repository import repository
from playground.models.hub.downloads import Download
from playground.models.sizes import size

TICK_S = 0.2
SAID_EVERY_S = 10.0
"""Where nobody looks on: often enough to tell that it is alive."""


def download(model: options.Weights) -> int:
    """Fetch a model's weights from the hub.

    Ctrl-C stops it; what came is kept, and the same call goes on.
    """
    one = Download(repository(model))
    with interrupts.noticed() as interruption:
        threading.Thread(target=one.run, daemon=True).start()
        _watch(one, interruption)
    if one.state == "done":
        output.write(f"{one.repo} is here, {size(one.total)}, every checksum right.\n")
        return 0
    words = one.reason or "It was stopped; what came is kept."
    fault(f"{words} {one.remedy}")
    return interruption.code or 1


def _watch(one: Download, interruption: interrupts.Interruption) -> None:
    """Tell how far it is until it has ended."""
    line = Line()
    due = time.monotonic() + SAID_EVERY_S
    while not one.ended:
        if interruption.code:
            one.cancel()
        words = f"{one.repo}: {one.words}"
        if on_terminal():
            line.show(words)
        elif time.monotonic() > due:
            say(words)
            due += SAID_EVERY_S
        time.sleep(TICK_S)
    line.clear()
