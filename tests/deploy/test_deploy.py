"""The files to copy agree with each other and with the program."""

from __future__ import annotations

import json
import math
import os
import re
import subprocess
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import yaml

from playground.engines.recital import EVERYTHING
from playground.engines.server.looking.served import variant_of
from playground.models.capabilities import IMAGE_BUDGETS
from playground.models.catalog import variants
from playground.models.servers import configured
from playground.prompt.limits import LIMITS
from playground.prompt.media.clips import USUAL_FRAMES

DEPLOY = Path(__file__).parents[2] / "deploy"
COMPOSE: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yaml").read_text())
SERVERS = configured({"PLAYGROUND_SERVERS": str(DEPLOY / "servers.toml"), "VLLM_KEY": "secret"})
VLLM = {
    name: one
    for name, one in COMPOSE["services"].items()
    if one["image"].startswith("vllm/vllm-openai:")
}
DEPLOYED = sorted(path for path in DEPLOY.rglob("*") if path.is_file() and path.name != ".env")
DOCKERFILE = [
    tuple(line.split(maxsplit=1))
    for line in re.sub(r"(?m)\\\n|^#.*\n", "", (DEPLOY / "Dockerfile").read_text()).splitlines()
    if line.strip()
]
"""Each instruction with its argument, in order; a continued line is one."""


def told(instruction: str) -> list[str]:
    """The arguments of every such instruction."""
    return [argument for name, argument in DOCKERFILE if name == instruction]


def test_every_server_is_a_service_and_every_service_a_server() -> None:
    assert {urlsplit(server.url).hostname for server in SERVERS} == set(VLLM)
    assert all(server.key.reveal() == "secret" and server.kind == "vllm" for server in SERVERS)


@pytest.mark.parametrize("name", VLLM)
def test_each_service_serves_the_variant_that_it_is_called_after(name: str) -> None:
    repo, *flags = VLLM[name]["command"]
    variant = next(one for one in variants() if one.name.lower() == name)
    assert repo == variant.weights.instruct and variant_of(repo) == variant.name
    limits = json.loads(next(f for f in flags if f.startswith("--limit-mm")).partition("=")[2])
    assert ("audio" in limits) == variant.hears
    for flag in (
        "--reasoning-parser=gemma4",
        "--tool-call-parser=gemma4",
        "--trust-request-mm-kwargs",
        "--enable-prompt-tokens-details",
    ):
        assert flag in flags


@pytest.mark.parametrize("name", VLLM)
def test_each_service_takes_the_most_that_the_program_sends(name: str) -> None:
    """A clip goes as pictures, a recording in pieces of what a model hears; a context full of either is enough."""
    flags = dict(flag.partition("=")[::2] for flag in VLLM[name]["command"][1:])
    limits, context = json.loads(flags["--limit-mm-per-prompt"]), int(flags["--max-model-len"])
    assert limits["image"] >= LIMITS.files * USUAL_FRAMES
    assert limits["image"] >= context // IMAGE_BUDGETS[0]
    if "audio" in limits:
        pieces = math.ceil(LIMITS.audio_seconds / EVERYTHING.audio_seconds)
        assert limits["audio"] >= LIMITS.files * pieces
    assert limits["video"] == 0, "no clip is sent as one"


def test_gpus_are_not_given_twice() -> None:
    given = []
    for service in VLLM.values():
        (device,) = service["deploy"]["resources"]["reservations"]["devices"]
        given += device["device_ids"]
        sizes = [f for f in service["command"] if f.startswith("--tensor-parallel-size=")]
        assert len(device["device_ids"]) == int(sizes[0].partition("=")[2] if sizes else 1)
    assert len(given) == len(set(given))


def test_every_service_has_a_health_check_and_a_memory_limit() -> None:
    assert told("HEALTHCHECK"), "which the playground's services have"
    for service in COMPOSE["services"].values():
        assert "build" in service or service["healthcheck"]["test"]
        assert service["mem_limit"]


def test_no_secret_is_written_down() -> None:
    for path in DEPLOYED:
        said = path.read_text("utf-8").replace("hf_oauth", "")
        assert "sk-" not in said and "hf_" not in said


def test_the_image_says_how_it_is_and_ends_what_it_began() -> None:
    (health,) = told("HEALTHCHECK")
    (port,) = told("EXPOSE")
    assert "['STREAMLIT_SERVER_PORT']}/healthz" in health
    assert f"STREAMLIT_SERVER_PORT={port}" in told("ENV")[0].split()
    assert told("ENTRYPOINT") == ['["tini", "--"]']
    (command,) = map(json.loads, told("CMD"))
    assert command == ["streamlit", "run", "app.py"]
    assert (DEPLOY.parent / "app.py").is_file()


def test_the_image_is_for_strangers_and_writes_into_its_volumes_alone() -> None:
    settings = dict(pair.split("=") for said in told("ENV") for pair in said.split())
    (volumes,) = (told_.split() for told_ in told("VOLUME"))
    folders = {value for value in settings.values() if value.startswith("/")}
    assert settings["PLAYGROUND_HOSTED"] == "1"
    assert {f"/{folder.split('/')[1]}" for folder in folders} == set(volumes)
    assert {"HF_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME", "NUMBA_CACHE_DIR"} < set(settings)
    names = [name for name, _ in DOCKERFILE]
    (made,) = [run for run in told("RUN") if all(volume in run for volume in volumes)]
    (user,) = told("USER")
    assert f"--owner={user}" in made and f"--uid {user}" in made
    assert names.index("USER") < names.index("VOLUME")
    assert names.index("VOLUME") > len(names) - 1 - names[::-1].index("RUN"), "else it is lost"


@pytest.mark.parametrize(("device", "cuda"), [("cpu", False), ("cuda", True)])
def test_cuda_comes_into_the_image_only_when_it_is_wanted(
    device: str, cuda: bool, tmp_path: Path
) -> None:
    """Runs the image's own steps with programs that only say what they were asked."""
    for name in ("pip", "apt-get", "rm"):
        program = tmp_path / name
        program.write_text(f'#!/bin/sh\necho {name} "$@"\n')
        program.chmod(0o755)
    assert told("ARG") == ["DEVICE=cpu"]
    steps = [run for run in told("RUN") if "pip" in run or "apt-get" in run]
    environment = {"PATH": f"{tmp_path}:{os.defpath}", "DEVICE": device}
    done = [
        subprocess.run(
            ["sh", "-ec", step], env=environment, capture_output=True, text=True, check=True
        ).stdout
        for step in steps
    ]
    asked = "".join(done)
    assert ("--extra-index-url https://download.pytorch.org/whl/cpu" in asked) is not cuda
    assert ("gcc" in asked) is cuda
    assert "pip install --no-cache-dir -r requirements.txt" in asked and "tini" in asked
