"""Weights from the terminal when they take a while, and what is left when somebody stops it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from playground.cli.commands import bench, download
from playground.cli.interrupts import Interruption
from playground.models.hub import cache
from tests.cli.conftest import Call
from tests.cli.reciting import ROOT
from tests.servers.hub import REPO, Hub


@pytest.fixture
def hub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Hub]:
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path / "hub"))
    running = Hub()
    yield running
    running.shutdown()
    running.server_close()


def test_ctrl_c_stops_a_download_and_keeps_what_came(hub: Hub) -> None:
    hub.pause_s = 0.2
    program = subprocess.Popen(
        [sys.executable, "-m", "playground", "download", REPO],
        env={**os.environ, "HF_ENDPOINT": hub.url},
        cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, process_group=0,
    )  # fmt: skip
    while not cache.size(REPO):
        assert program.poll() is None
        time.sleep(0.05)
    os.killpg(program.pid, signal.SIGINT)
    out, err = program.communicate(timeout=60)
    assert (program.returncode, out) == (130, b"")
    assert err == b"playground: It was stopped; what came is kept.\n"
    assert cache.size(REPO) > 0


def test_where_nobody_looks_a_long_download_is_told_of_now_and_then(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(download, "SAID_EVERY_S", 0.0)
    ends = iter([False, False, True])

    class Slow:
        repo, words = "a/b", "1 MB of 2 MB"
        ended = property(lambda self: next(ends))

    download._watch(Slow(), Interruption())  # type: ignore[arg-type]
    assert capsys.readouterr().err == "a/b: 1 MB of 2 MB\n" * 2


@pytest.mark.parametrize(
    ("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)], ids=["Ctrl-C", "SIGTERM"]
)
def test_a_bench_that_is_ended_leaves_no_weights(
    number: signal.Signals, code: int, tmp_path: Path, call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    monkeypatch.setattr("playground.models.fit.weights", lambda config, precision: 1000)

    def end(*arguments: Any, **more: Any) -> None:
        assert list(tmp_path.glob("playground-*/*/config.json"))
        os.kill(os.getpid(), number)
        time.sleep(60)

    monkeypatch.setattr(bench.subprocess, "run", end)
    done = call("bench", "--shape", "E2B", "--random-weights", "--layers", "5")
    assert done.exit_code == code and not list(tmp_path.iterdir())


def test_what_a_bench_measured_before_it_was_ended_is_told(
    call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    measured = iter([{"model": "demo:E2B"}])

    def told(*arguments: Any) -> dict[str, str]:
        if (one := next(measured, None)) is None:
            os.kill(os.getpid(), signal.SIGINT)
            time.sleep(60)
            raise AssertionError
        return one

    monkeypatch.setattr(bench, "measure", lambda *arguments: SimpleNamespace())
    monkeypatch.setattr(bench, "_told", told)
    done = call("bench", "--shape", "demo:E2B", "--shape", "demo:E4B", "--json")
    assert done.exit_code == 130
    assert json.loads(done.stdout)["results"] == [{"model": "demo:E2B"}]
