"""Visitors whom the program leaves in mid-answer: by SIGTERM, by kill -9; it starts anew, and they go on."""

from __future__ import annotations

import re
import signal
import threading
import time
from contextlib import ExitStack
from pathlib import Path

import pytest
from websockets.exceptions import ConnectionClosed

from tests.hosting.test_ending import heard, started
from tests.servers.tab import Tab

VISITORS = 6
WORDS = 400
MAY_BE_LOST_S = 0.5
STOPPED = "Interrupted, for the program ended; what came so far is kept."


class Watching(threading.Thread):
    """Listens to a tab until it is cut off; `last` is the last word that was seen, each with its time."""

    def __init__(self, tab: Tab) -> None:
        super().__init__(daemon=True)
        self.tab = tab
        self.last: list[tuple[float, int]] = [(0.0, 0)]

    def run(self) -> None:
        """Note what comes."""
        try:
            while True:
                said = re.findall(r"\bw(\d+)", heard(self.tab.hear()))
                if said and int(said[-1]) > self.last[-1][1]:
                    self.last.append((time.monotonic(), int(said[-1])))
        except ConnectionClosed:
            return

    def seen(self, before: float) -> int:
        """The number of the last word that stood there at that moment."""
        return [word for at, word in self.last if at <= before][-1]


@pytest.mark.parametrize("cause", [signal.SIGTERM, signal.SIGKILL], ids=lambda one: one.name)
def test_what_visitors_saw_is_there_again_and_they_go_on(tmp_path: Path, cause: int) -> None:
    server, process = started(tmp_path, WORDS, 1.0)
    try:
        with ExitStack() as open_:
            tabs = [open_.enter_context(Tab(server.url)) for _ in range(VISITORS)]
            for number, tab in enumerate(tabs):
                tab.run()
                tab.begin("on=E2B", asked=f"Recite, {number}.")
            watching = [Watching(tab) for tab in tabs]
            for one in watching:
                one.start()
            while max(one.last[-1][1] for one in watching) < 20:
                time.sleep(0.05)
            time.sleep(2 * MAY_BE_LOST_S)
            process.send_signal(cause)
            ended = time.monotonic()
            process.wait(60)
            for one in watching:
                one.join(30)
                assert not one.is_alive(), "nobody is left hanging"
        server, process = started(tmp_path, WORDS, 1.0)
        for number, one in enumerate(watching):
            link = "run=" + one.tab.address.partition("run=")[2].split("&")[0]
            assert link != "run=", "it was not acknowledged"
            with Tab(server.url, one.tab.cookies) as back:
                said = back.run(link)
                assert f"Recite, {number}." in said
                sure = one.seen(ended - (MAY_BE_LOST_S if cause == signal.SIGKILL else 0.0))
                assert all(f"w{word}" in said for word in range(1, sure + 1))
                assert said.count("Interrupted, for the program ended") == 1
                assert f"w{WORDS}" not in said
                if sure:
                    assert STOPPED in said
        with Tab(server.url, watching[0].tab.cookies) as back:
            back.run("on=E2B")
            assert f"w{WORDS}" in back.run("on=E2B", asked="Once more.")
        assert "Traceback" not in server.log(), server.log()
    finally:
        process.kill()
        process.wait()
