"""The limits that a container or a service is held to: memory and processor time, by the kernel's control groups.

Version 1 and 2, the group's ancestors included: the tightest counts. Other systems have none, nor do most desktops.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

UNLIMITED = 1 << 60
"""Version 1 writes a number near 2^63 where there is no limit."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What this process may take: bytes of memory, those that are left of them, and processors; None: no limit."""

    memory: int | None = None
    memory_left: int | None = None
    processors: float | None = None


def limits(root: Path = Path("/")) -> Limits:
    """The limits now. `root` is where /proc and /sys are to be found."""
    memory: int | None = None
    left: int | None = None
    processors: float | None = None
    for group in _groups(root):
        if (most := _memory(group)) is not None:
            memory = most if memory is None else min(memory, most)
            rest = max(0, most - _used(group))
            left = rest if left is None else min(left, rest)
        if (quota := _quota(group)) is not None:
            processors = quota if processors is None else min(processors, quota)
    return Limits(memory, left, processors)


def _groups(root: Path) -> Iterator[Path]:
    """The folders of this process's groups and of their ancestors, of every hierarchy."""
    try:
        lines = (root / "proc/self/cgroup").read_text().splitlines()
    except OSError:
        return
    mounted = root / "sys/fs/cgroup"
    for line in lines:
        _, controllers, place = (*line.split(":", 2), "", "")[:3]
        tops = [controllers, *controllers.split(",")] if controllers else ["", "unified"]
        for top in tops:
            group = PurePosixPath(place.lstrip("/"))
            # In a container the hierarchy begins at its own group: what is above it can't be seen, and need not exist.
            for one in (group, *group.parents):
                if ".." not in one.parts and (mounted / top / one).is_dir():
                    yield mounted / top / one


def _memory(group: Path) -> int | None:
    """The most bytes that a group may hold."""
    said = [
        _number(group / name) for name in ("memory.max", "memory.high", "memory.limit_in_bytes")
    ]
    said.append(_stat(group).get("hierarchical_memory_limit"))
    found = [most for most in said if most is not None and 0 < most < UNLIMITED]
    return min(found, default=None)


def _used(group: Path) -> int:
    """Bytes that a group holds and that are not merely files kept in case somebody reads them again."""
    held = _number(group / "memory.current") or _number(group / "memory.usage_in_bytes") or 0
    stat = _stat(group)
    # Version 1 counts the groups below only under names of their own.
    total = "total_" if "total_inactive_file" in stat else ""
    return held - sum(stat.get(f"{total}{kind}_file", 0) for kind in ("inactive", "active"))


def _quota(group: Path) -> float | None:
    """Processors' worth of time that a group may take."""
    quota, period = _number(group / "cpu.cfs_quota_us"), _number(group / "cpu.cfs_period_us")
    if (words := _words(group / "cpu.max")) and len(words) == 2:
        quota, period = _whole(words[0]), _whole(words[1])
    return quota / period if quota and period and quota > 0 and period > 0 else None


def _stat(group: Path) -> dict[str, int]:
    words = _words(group / "memory.stat")
    pairs = zip(words[::2], words[1::2], strict=False)
    return {name: number for name, said in pairs if (number := _whole(said)) is not None}


def _number(file: Path) -> int | None:
    words = _words(file)
    return _whole(words[0]) if len(words) == 1 else None


def _whole(said: str) -> int | None:
    try:
        return int(said)
    except ValueError:  # "max"
        return None


def _words(file: Path) -> list[str]:
    try:
        return file.read_text().split()
    except (OSError, ValueError):
        return []
