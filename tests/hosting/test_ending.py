"""A real server in a process of its own, told to end while it answers: what the archive holds afterwards."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.exceptions import ConnectionClosed

from playground.archive import keeping
from playground.archive.archive import Archive
from tests.browser.serving import ROOT, SLOW, Server, free_port, wait_for
from tests.servers.tab import Tab


def get(url: str, token: str = "") -> tuple[int, str]:
    request = urllib.request.Request(url, headers={"Authorization": f"Bearer {token}"})
    try:
        with urllib.request.urlopen(request, timeout=10) as reply:
            return reply.status, reply.read().decode()
    except urllib.error.HTTPError as refused:
        return refused.code, refused.read().decode()


def started(
    folder: Path, words: int, limit_s: float, **settings: str
) -> tuple[Server, subprocess.Popen[bytes]]:
    port = free_port()
    log = folder / "log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, *SLOW, "--words", str(words), "--server.port", str(port)],
            cwd=ROOT,
            stdout=output,
            stderr=subprocess.STDOUT,
            env={
                **os.environ,
                "PLAYGROUND_ARCHIVE": str(folder / "kept"),
                "PLAYGROUND_END_S": str(limit_s),
                "PLAYGROUND_METRICS_TOKEN": "secret",
                **settings,
            },
        )
    prefix = settings.get("STREAMLIT_SERVER_BASE_URL_PATH", "")
    place = f"http://localhost:{port}{prefix and f'/{prefix}'}"
    server = Server(place, process.pid, log)
    wait_for(server, process)
    return server, process


@pytest.mark.parametrize(("words", "limit_s", "whole"), [(400, 60.0, True), (5000, 1.0, False)])
def test_asked_to_end_it_lets_answers_finish_or_keeps_what_came(
    tmp_path: Path, words: int, limit_s: float, whole: bool
) -> None:
    server, process = started(tmp_path, words, limit_s)
    try:
        assert get(f"{server.url}/healthz") == (200, "ok")
        status, said = get(f"{server.url}/readyz")
        fine = {"ready": True, "archive": "ok", "engines": "ok", "questions": "ok"}
        assert (status, json.loads(said)) == (200, fine)
        with Tab(server.url) as tab, Tab(server.url) as late:
            tab.run()
            late.run()
            tab.begin("on=E2B", asked="Recite.")
            while "w9" not in heard(tab.hear()):
                pass
            assert "playground_runs_total 1.0" in get(f"{server.url}/metrics", "secret")[1]
            assert get(f"{server.url}/metrics")[0] == 404
            assert get(f"{server.url}/_stcore/metrics")[0] == 404
            process.send_signal(signal.SIGTERM)
            time.sleep(0.3)
            if whole:
                with contextlib.suppress(OSError, ConnectionClosed):  # it may have ended by now
                    while (
                        get(f"{server.url}/readyz")[0] != 503
                    ):  # what was found is told for a while
                        time.sleep(0.2)
                    late.run("on=E4B", asked="Me too.")
            process.wait(90)
        archive = Archive.within(tmp_path / "kept")
        comparison = archive.find(tab.address.removeprefix("?").partition("run=")[2].split("&")[0])
        with archive.reading() as connection:
            assert keeping.own(connection, None) == 1, "nobody began while it ended"
        archive.close()
        assert comparison is not None
        (answer,) = comparison.answers
        said_words = answer.text.split()
        assert said_words == [f"w{n}" for n in range(1, len(said_words) + 1)]
        if whole:
            assert (answer.state, answer.interrupted, len(said_words)) == ("done", False, words)
        else:
            assert (answer.state, answer.interrupted) == ("stopped", True)
            assert 9 <= len(said_words) < words
        assert "Traceback" not in server.log(), server.log()
    finally:
        process.kill()
        process.wait()


def heard(message: ForwardMsg) -> str:
    if message.WhichOneof("type") != "delta":
        return ""
    return message.delta.new_element.markdown.body
