"""The files to copy agree with each other and with the program."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import yaml

from playground.engines.server.served import variant_of
from playground.models.catalog import variants
from playground.models.servers import configured

DEPLOY = Path(__file__).parents[2] / "deploy"
COMPOSE: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yaml").read_text())
SERVERS = configured({"PLAYGROUND_SERVERS": str(DEPLOY / "servers.toml"), "VLLM_KEY": "secret"})
VLLM = {name: one for name, one in COMPOSE["services"].items() if name != "playground"}


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
    ):
        assert flag in flags


def test_gpus_are_not_given_twice() -> None:
    given = []
    for service in VLLM.values():
        (device,) = service["deploy"]["resources"]["reservations"]["devices"]
        given += device["device_ids"]
        sizes = [f for f in service["command"] if f.startswith("--tensor-parallel-size=")]
        assert len(device["device_ids"]) == int(sizes[0].partition("=")[2] if sizes else 1)
    assert len(given) == len(set(given))


def test_every_service_has_a_health_check_and_a_memory_limit() -> None:
    for service in COMPOSE["services"].values():
        assert service["healthcheck"]["test"] and service["mem_limit"]


def test_no_secret_is_written_down() -> None:
    for path in DEPLOY.iterdir():
        assert "sk-" not in path.read_text() and "hf_" not in path.read_text().replace("hf_hub", "")
