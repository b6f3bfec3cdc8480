"""The files to copy are read by the tools that will read them, as far as those are to be had without a cluster."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import kubernetes_validate
import pytest
import yaml

from tests.servers.nginx import configuration, program
from tests.test_layers import ROOT

DEPLOY = ROOT / "deploy"
SECRETS = {"VLLM_KEY": "a", "POSTGRES_PASSWORD": "b", "METRICS_TOKEN": "c"}
MANIFESTS: list[dict[str, Any]] = list(
    yaml.safe_load_all((DEPLOY / "kubernetes.yaml").read_text("utf-8"))
)


def run(*words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """A program beside this Python, or on the path."""
    beside = Path(sys.executable).parent / words[0]
    return subprocess.run(
        [str(beside) if beside.exists() else words[0], *words[1:]],
        capture_output=True,
        text=True,
        env={"PATH": os.environ["PATH"], **environment},
    )


def compose(*words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return run(
        "docker-compose", "--env-file", os.devnull, "-f", str(DEPLOY / "compose.yaml"), *words,
        **environment,
    )  # fmt: skip


@pytest.mark.parametrize("profile", [(), ("--profile", "large")], ids=["one", "large"])
def test_compose_takes_its_file(profile: Sequence[str]) -> None:
    done = compose(*profile, "config", "--quiet", **SECRETS)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("missing", SECRETS)
def test_compose_does_not_start_without_a_secret(missing: str) -> None:
    done = compose("config", "--quiet", **{k: v for k, v in SECRETS.items() if k != missing})
    assert done.returncode != 0 and missing in done.stderr


@pytest.mark.parametrize("prefix", ["", "playground"])
def test_nginx_takes_its_file(prefix: str, tmp_path: Path) -> None:
    conf = configuration(tmp_path, 8080, (8501, 8502), prefix)
    done = run(program(), "-e", "stderr", "-t", "-c", str(conf))
    assert done.returncode == 0 and "warn" not in done.stderr, done.stderr


def test_the_image_has_nothing_that_hadolint_would_change() -> None:
    done = run("hadolint", str(DEPLOY / "Dockerfile"))
    assert (done.returncode, done.stdout) == (0, "")


@pytest.mark.parametrize("manifest", MANIFESTS, ids=lambda one: one["kind"])
def test_kubernetes_takes_each_manifest(manifest: dict[str, Any]) -> None:
    kubernetes_validate.validate(manifest, "1.37", strict=True)


def test_kubernetes_would_not_take_a_word_that_it_does_not_know() -> None:
    wrong = {**MANIFESTS[1], "spec": {**MANIFESTS[1]["spec"], "replica": 2}}
    with pytest.raises(kubernetes_validate.ValidationError, match="replica"):
        kubernetes_validate.validate(wrong, "1.37", strict=True)


def test_prometheus_takes_its_file(tmp_path: Path) -> None:
    token = tmp_path / "token"
    token.write_text("secret")
    words = (DEPLOY / "prometheus.yml").read_text("utf-8")
    file = tmp_path / "prometheus.yml"
    file.write_text(words.replace("/run/secrets/metrics_token", str(token)))
    done = run("promtool", "check", "config", str(file))
    assert done.returncode == 0, done.stderr
