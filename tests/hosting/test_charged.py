"""A visitor of a real server moves a slider, reloads and opens tabs: one question is charged."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path

from tests.hosting.test_ending import get, started
from tests.servers.tab import Tab

TIMES = 20


def test_twenty_moves_reloads_and_tabs_are_one_question(tmp_path: Path) -> None:
    server, process = started(tmp_path, 10, 1.0, PLAYGROUND_HOSTED="1")
    try:
        with Tab(server.url) as tab:
            assert "30 of 30 questions left this hour" in tab.run("on=E2B")
            assert "w10" in tab.run("on=E2B", asked="Recite.")
            link = tab.address.removeprefix("?")
            for temperature in range(TIMES):
                said = tab.run(f"{link}&temperature={temperature / 20:g}")
            assert "29 of 30 questions left this hour, all of them again in" in said
            for _ in range(TIMES):
                with Tab(server.url, tab.cookies) as again:
                    again.begin(link)
                    again.hear()
            with ExitStack() as tabs:
                opened = [tabs.enter_context(Tab(server.url, tab.cookies)) for _ in range(TIMES)]
                said = [one.run(link) for one in opened][-1]
            assert "w10" in said and "29 of 30 questions left this hour" in said
        with Tab(server.url) as other:
            assert "30 of 30 questions left this hour" in other.run()
        metrics = get(f"{server.url}/metrics", "secret")[1]
        assert "playground_runs_total 1.0" in metrics
        assert "Traceback" not in server.log(), server.log()
    finally:
        process.kill()
        process.wait()
