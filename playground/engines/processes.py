"""Processes that hold a model, as the operating system sees them: whether they live, what they hold, how they ended."""

from __future__ import annotations

import contextlib
from pathlib import Path

import psutil


def alive(pid: int) -> bool:
    """Whether a process runs; one that ended and was not taken note of does not."""
    try:
        return bool(psutil.Process(pid).status() != psutil.STATUS_ZOMBIE)
    except psutil.Error:
        return False


def held_bytes(pid: int) -> int:
    """What only that process holds (unique set size), pages of mapped files among them; 0 when it is gone."""
    try:
        return int(psutil.Process(pid).memory_full_info().uss)
    except psutil.Error:
        return 0


def forget_peak(pid: int) -> None:
    """Begin a new measurement of a child's peak, where the system can (Linux)."""
    with contextlib.suppress(OSError):
        Path(f"/proc/{pid}/clear_refs").write_text("5")


def peak_bytes(pid: int) -> int | None:
    """The most that a process held since; None where nobody counts it."""
    with contextlib.suppress(OSError):
        for line in Path(f"/proc/{pid}/status").read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) * 1024
    return None


def how_it_ended(status: int | None) -> str:
    """By its exit code, or minus the signal, as the end of a sentence: "was killed (signal 9), which ..."."""
    if status == -9:
        return "was killed (signal 9), which often means that memory ran out"
    if status is not None and status < 0:
        return f"crashed (signal {-status})"
    return "ended unexpectedly" if status is None else f"ended unexpectedly (exit code {status})"
