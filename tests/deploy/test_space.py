"""`make space` lays out what a Hugging Face Space needs, and what it lays out runs."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from tests.browser.serving import APP, Server, free_port, wait_for
from tests.deploy.test_by_their_tools import run
from tests.hosting.test_ending import get
from tests.test_layers import ROOT

LARGEST = 10 * 2**20
"""The hub takes no larger file without Git LFS."""


@pytest.fixture(scope="module")
def space(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("spaces") / "mine"
    subprocess.run(
        ["make", "space", f"DIR={folder}"], cwd=ROOT, check=True, stdout=subprocess.DEVNULL
    )
    return folder


def test_its_readme_says_what_the_hub_wants_to_know(space: Path) -> None:
    head = yaml.safe_load((space / "README.md").read_text("utf-8").split("---\n")[1])
    assert (head["sdk"], head["app_port"], head["hf_oauth"]) == ("docker", 7860, True)
    assert head["title"] and head["emoji"] and len(head["short_description"]) <= 60
    colours = {"red", "yellow", "green", "blue", "indigo", "purple", "pink", "gray"}
    assert {head["colorFrom"], head["colorTo"]} <= colours


def test_its_image_is_the_same_on_another_port_and_in_the_hubs_frame(space: Path) -> None:
    image, ours = (one / "Dockerfile" for one in (space, ROOT / "deploy"))
    made = image.read_text("utf-8")
    assert made.startswith(ours.read_text("utf-8").replace("8501", "7860"))
    assert "PLAYGROUND_FRAMED_BY=https://huggingface.co" in made and "8501" not in made
    done = run("hadolint", str(image))
    assert (done.returncode, done.stdout) == (0, "")


def test_the_hub_takes_every_file_and_no_secret_is_among_them(space: Path) -> None:
    files = [path for path in space.rglob("*") if path.is_file()]
    assert all(path.stat().st_size < LARGEST for path in files)
    assert not {"servers.toml", "secrets.toml", ".env"} & {path.name for path in files}
    assert not {"tests", "bench", "docs", "demo_family"} & {path.name for path in space.iterdir()}


def test_what_it_lays_out_is_all_that_the_program_needs(space: Path, tmp_path: Path) -> None:
    port, log = free_port(), tmp_path / "log"
    told = re.findall(
        r"(?m)^(?:ENV| )+ ?([A-Z_]+)=(\S+)", (space / "Dockerfile").read_text("utf-8")
    )
    settings = {name: value for name, value in told if not value.startswith("/")}
    assert settings["PLAYGROUND_HOSTED"] == "1" and "FORWARDED_ALLOW_IPS" in settings
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, *APP, "--server.port", str(port)],
            cwd=space,
            stdout=output,
            stderr=subprocess.STDOUT,
            env={**os.environ, **settings, "PYTHONDONTWRITEBYTECODE": "1"},
        )
    server = Server(f"http://localhost:{port}", process.pid, log)
    try:
        wait_for(server, process)
        status, said = get(f"{server.url}/readyz")
        assert status == 200 and json.loads(said)["ready"]
        assert "Traceback" not in server.log()
    finally:
        process.terminate()
        process.wait(30)
