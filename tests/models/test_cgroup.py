"""Limits of containers: trees of files as Docker, systemd and Kubernetes make them, of both versions."""

from __future__ import annotations

from pathlib import Path

import pytest

from playground.models.cgroup import Limits, limits

GB = 10**9
NONE_V1 = "9223372036854771712"
"""What version 1 says where there is no limit."""


def machine(root: Path, groups: str, files: dict[str, str | int]) -> Limits:
    """The limits on a machine whose /proc/self/cgroup says `groups`, with these files below /sys/fs/cgroup."""
    (root / "proc/self").mkdir(parents=True)
    (root / "proc/self/cgroup").write_text(groups)
    for name, content in files.items():
        file = root / "sys/fs/cgroup" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(f"{content}\n")
    return limits(root)


def test_a_container_of_version_2(tmp_path: Path) -> None:
    files: dict[str, str | int] = {
        "memory.max": 3 * GB,
        "memory.current": 2 * GB,
        "memory.stat": f"anon {GB}\ninactive_file {GB // 2}\nactive_file {GB // 4}\nshmem 0",
        "cpu.max": "100000 100000",
    }
    found = machine(tmp_path, "0::/\n", files)
    assert found == Limits(3 * GB, 3 * GB - (2 * GB - GB * 3 // 4), 1.0)


def test_a_service_whose_slice_is_tighter(tmp_path: Path) -> None:
    files: dict[str, str | int] = {
        "system.slice/memory.max": 2 * GB,
        "system.slice/memory.current": GB,
        "system.slice/cpu.max": "50000 100000",
        "system.slice/app.service/memory.max": 4 * GB,
        "system.slice/app.service/memory.current": 0,
        "system.slice/app.service/cpu.max": "max 100000",
    }
    found = machine(tmp_path, "0::/system.slice/app.service\n", files)
    assert found == Limits(2 * GB, GB, 0.5)


def test_a_slice_that_has_no_limit_leaves_the_services_own(tmp_path: Path) -> None:
    files: dict[str, str | int] = {
        "a.slice/memory.max": "max",
        "a.slice/memory.high": "max",
        "a.slice/b.service/memory.max": "max",
        "a.slice/b.service/memory.high": GB,
        "a.slice/b.service/cpu.max": "250000 100000",
    }
    assert machine(tmp_path, "0::/a.slice/b.service\n", files) == Limits(GB, GB, 2.5)


def test_a_container_of_version_1(tmp_path: Path) -> None:
    """Its own group stands at the top of what it sees, under another name than /proc says."""
    groups = (
        "5:cpu,cpuacct:/docker/4d7a\n4:memory:/docker/4d7a\n1:name=systemd:/docker/4d7a\n0::/\n"
    )
    files: dict[str, str | int] = {
        "memory/memory.limit_in_bytes": 3 * GB,
        "memory/memory.usage_in_bytes": GB,
        "memory/memory.stat": f"inactive_file 1\ntotal_inactive_file {GB // 2}",
        "cpu,cpuacct/cpu.cfs_quota_us": 150_000,
        "cpu,cpuacct/cpu.cfs_period_us": 100_000,
    }
    assert machine(tmp_path, groups, files) == Limits(3 * GB, 3 * GB - GB // 2, 1.5)


def test_an_ancestor_that_only_the_statistics_tell(tmp_path: Path) -> None:
    files: dict[str, str | int] = {
        "memory/memory.limit_in_bytes": NONE_V1,
        "memory/memory.usage_in_bytes": 0,
        "memory/memory.stat": f"hierarchical_memory_limit {GB}",
    }
    assert machine(tmp_path, "4:memory:/kubepods/pod7\n", files) == Limits(GB, GB, None)


@pytest.mark.parametrize(
    ("groups", "files"),
    [
        ("", {}),
        ("0::/\n", {}),
        ("no sense\n\n::\n", {"memory.max": "much", "cpu.max": "1 2 3"}),
        ("0::/../../other\n", {"memory.max": "max", "cpu.max": "max 100000"}),
        ("0::/\n", {"memory.max": "-1", "cpu.max": "0 0"}),
        ("4:memory:/a\n2:cpu:/a\n", {"memory/memory.limit_in_bytes": NONE_V1}),
        ("2:cpu:/\n", {"cpu/cpu.cfs_quota_us": -1, "cpu/cpu.cfs_period_us": 100_000}),
    ],
)
def test_no_limit_is_none(tmp_path: Path, groups: str, files: dict[str, str | int]) -> None:
    assert machine(tmp_path, groups, files) == Limits()


def test_a_system_without_groups(tmp_path: Path) -> None:
    assert limits(tmp_path) == Limits()


def test_more_in_use_than_allowed_leaves_nothing(tmp_path: Path) -> None:
    found = machine(tmp_path, "0::/\n", {"memory.max": GB, "memory.current": 2 * GB})
    assert found == Limits(GB, 0, None)
