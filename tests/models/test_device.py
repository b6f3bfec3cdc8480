"""What models run on: the driver's word where there is one, the system's else."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from playground.config import MEMORY_SHARE as SHARE
from playground.engines.workers import environment
from playground.models import device
from playground.models.budget import memory_budget
from playground.models.cgroup import Limits
from playground.models.precision import PRECISIONS

Driver = Callable[[str], None]


@pytest.fixture
def driver(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Driver]:
    """Puts a driver's command on the path that runs the given lines of shell."""

    def install(script: str) -> None:
        command = tmp_path / "nvidia-smi"
        command.write_text(f"#!/bin/sh\n{script}\n")
        command.chmod(0o755)
        monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
        device.device.cache_clear()

    yield install
    device.device.cache_clear()


def test_an_accelerator_is_what_its_driver_says(driver: Driver) -> None:
    driver(
        'case "$1" in *total*) echo "NVIDIA H200, 143771";; *) echo "NVIDIA H200, 143000";; esac'
    )
    assert device.device() == device.Device("cuda", "NVIDIA H200", 143771 * 2**20)
    assert device.free() == 143000 * 2**20


@pytest.mark.parametrize("script", ["exit 9", "echo No devices were found", "echo a, b, c", ":"])
def test_a_driver_without_a_device_is_no_accelerator(script: str, driver: Driver) -> None:
    driver(script)
    assert device.device().kind != "cuda"
    assert 0 < device.free() <= device.device().total == psutil.virtual_memory().total


@pytest.mark.parametrize(
    ("told", "slow"),
    [
        ("flags\t\t: fpu avx2 avx512f avx512_bf16", False),
        ("flags\t\t: fpu avx2 amx_bf16", False),
        ("flags\t\t: fpu sse avx2 avx512f avx512bw", False),
        ("flags\t\t: fpu sse avx2 avx_ne_convert", False),
        ("flags\t\t: fpu sse avx2", True),
        ("Features\t: fp asimd bf16", False),
        ("Features\t: fp asimd", True),
        ("", False),
    ],
)
def test_bf16_is_slow_without_instructions_that_help(
    told: str, slow: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(device.sys, "platform", "linux")
    monkeypatch.setattr(device, "CPU_INFO", tmp_path / "cpuinfo")
    (tmp_path / "cpuinfo").write_text(f"processor\t: 0\n{told}\n")
    device.slow_bf16.cache_clear()
    assert device.slow_bf16() is slow
    device.slow_bf16.cache_clear()


def test_a_containers_memory_is_the_machines(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(device, "limits", lambda: Limits(memory=3 * 10**9, memory_left=10**9))
    monkeypatch.setenv("PATH", "")
    device.device.cache_clear()
    assert device.device().total == 3 * 10**9
    assert device.free() == device.free_host() == 10**9
    monkeypatch.delenv("PLAYGROUND_MEMORY_GB", raising=False)
    assert memory_budget() == int(3 * 10**9 * SHARE)
    monkeypatch.setenv("PLAYGROUND_MEMORY_GB", "16")
    assert memory_budget() == 16 * 10**9, "the operator has the last word"
    monkeypatch.setattr(device, "limits", Limits)
    assert 10**9 < device.free_host() <= psutil.virtual_memory().total
    device.device.cache_clear()


@pytest.mark.parametrize(
    ("quota", "there", "threads"),
    [(1.0, 2, 1), (0.5, 8, 1), (2.5, 8, 2), (8.0, 8, None), (64.0, 8, None), (None, 8, None)],
)
def test_threads_are_as_many_as_the_quota_allows(
    quota: float | None, there: int, threads: int | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(device, "limits", lambda: Limits(processors=quota))
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: set(range(there)))
    assert device.threads() == threads
    monkeypatch.delenv("OMP_NUM_THREADS", raising=False)
    assert environment().get("OMP_NUM_THREADS") == (threads and str(threads))
    monkeypatch.setenv("OMP_NUM_THREADS", "3")
    assert environment()["OMP_NUM_THREADS"] == "3", "whoever says so wants it so"


def test_every_precision_has_a_name_for_the_worker() -> None:
    assert [one.dtype for one in PRECISIONS.values()] == ["float32", "bfloat16", "int8", "int4"]
