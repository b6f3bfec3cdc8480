"""Starts real servers in processes of their own and waits until they answer."""

from __future__ import annotations

import os
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.browser.serving import free_port
from tests.waiting import come_up

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
DEMO = ROOT / "assets" / "demo"


@contextmanager
def llama_cpp() -> Iterator[str]:
    """llama.cpp's server with the tiny model of random weights; gives its address."""
    with _running("llama_cpp.py", "/health", {}) as url:
        yield url


@contextmanager
def transformers_serve(home: Path) -> Iterator[str]:
    """`transformers serve`, with an empty cache in `home`; models are named by their directory."""
    (home / "hub").mkdir(parents=True, exist_ok=True)
    environment = {"HF_HOME": str(home), "HF_HUB_OFFLINE": "1", "PYTHONPATH": str(ROOT)}
    with _running("transformers_serve.py", "/health", environment) as url:
        yield url


@contextmanager
def _running(script: str, health: str, environment: dict[str, str]) -> Iterator[str]:
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, str(HERE / script), str(port)],
        env={**os.environ, "OMP_WAIT_POLICY": "PASSIVE", **environment},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    url = f"http://127.0.0.1:{port}"
    try:
        come_up(
            process,
            lambda: urllib.request.urlopen(url + health, timeout=2),
            lambda: f"{script} ended with {process.returncode}",
            90,
        )
        yield url
    finally:
        process.kill()
        process.wait()
