"""The files around the program agree with one another: version, Pythons, hooks, workflow, commands of make."""

from __future__ import annotations

import os
import re
import subprocess
import tomllib
from typing import Any

import yaml

from playground import __version__
from tests.test_layers import ROOT

MAKEFILE = (ROOT / "Makefile").read_text("utf-8")
PROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
WORKFLOW: dict[str, Any] = yaml.safe_load((ROOT / ".github/workflows/test.yml").read_text("utf-8"))
HOOKS: dict[str, Any] = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text("utf-8"))


def make(*arguments: str, **environment: str) -> list[str]:
    """What make prints, whether or not another make runs this test."""
    outer = {key: value for key, value in os.environ.items() if not key.startswith("MAKE")}
    done = subprocess.run(
        ["make", *arguments],
        cwd=ROOT,
        env={**outer, **environment},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.splitlines()


def recipe(target: str, **environment: str) -> list[str]:
    """The commands of a target, as make would run them."""
    made = ("-o", ".venv/dev.stamp", "-o", ".venv/run.stamp")
    lines = make("--dry-run", *made, target, **environment)
    return [line for line in lines if not line.startswith("echo ")]


def test_there_is_one_version_and_the_changelog_has_it() -> None:
    changes = (ROOT / "CHANGELOG.md").read_text("utf-8")
    assert PROJECT.get("version", __version__) == __version__  # or taken from there
    assert re.findall(r"^## (\S+)", changes, re.MULTILINE)[:2] == ["Unreleased", __version__]


def test_the_workflow_tests_the_oldest_and_the_newest_python() -> None:
    least, beyond = re.fullmatch(r">=3\.(\d+),<3\.(\d+)", PROJECT["requires-python"]).groups()  # type: ignore[union-attr]
    ends = [f"3.{least}", f"3.{int(beyond) - 1}"]
    (job,) = WORKFLOW["jobs"].values()
    assert job["strategy"]["matrix"]["python"] == ends
    assert any(step.get("run", "").startswith("make test") for step in job["steps"])
    assert f"(3, {least}) <= sys.version_info < (3, {beyond})" in MAKEFILE
    assert MAKEFILE.count(" to ".join(f"3.{one}" for one in (least, int(beyond) - 1))) == 2


def test_the_hooks_do_what_make_check_does() -> None:
    (local,) = HOOKS["repos"]
    assert local["repo"] == "local"
    assert [hook["entry"] for hook in local["hooks"]] == recipe("check")
    assert all(hook["language"] == "system" for hook in local["hooks"])


def test_make_help_names_every_target_that_a_person_calls() -> None:
    named = re.findall(r"^make (\S+) +\S", "\n".join(make("help")), re.MULTILINE)
    (phony,) = re.findall(r"^\.PHONY: (.*)", MAKEFILE, re.MULTILINE)
    assert sorted([*named, "programs"]) == sorted(phony.split())


def test_make_takes_the_browser_that_the_environment_names() -> None:
    assert recipe("programs", CHROMIUM="/elsewhere/chromium") == [
        "sh .ci/programs /elsewhere/chromium"
    ]
