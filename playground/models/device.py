"""What models run on here: the first accelerator there is, else the CPU; its memory and what it computes well.

Asks the system, its drivers and the limits that this process is held to, never torch: the page's process does without
it. The worker decides by torch itself.
"""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
import sys
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

import psutil

from playground.models.cgroup import limits

CPU_INFO = Path("/proc/cpuinfo")
MIB = 1 << 20
HELPFUL = {"amx_bf16", "avx512_bf16", "avx_ne_convert", "avx512bw", "bf16"}
"""Instructions for bf16, and those with which oneDNN makes up for them."""


Kind = Literal["cpu", "cuda", "mps"]


@dataclass(frozen=True, slots=True)
class Device:
    """Where models compute: "cuda", "mps" (which shares the machine's memory) or "cpu"; bytes of its memory."""

    kind: Kind
    name: str
    total: int


@cache
def device() -> Device:
    """The device of this machine."""
    if found := _nvidia("name,memory.total"):
        name, total = found
        return Device("cuda", name, int(total) * MIB)
    apple = sys.platform == "darwin" and platform.machine() == "arm64"
    memory = _least(psutil.virtual_memory().total, limits().memory)
    return Device("mps", "Apple GPU", memory) if apple else Device("cpu", "CPU", memory)


def free() -> int:
    """Bytes of the device's memory that nobody holds now."""
    if device().kind == "cuda" and (found := _nvidia("name,memory.free")):
        return int(found[1]) * MIB
    return free_host()


def free_host() -> int:
    """Bytes of the machine's own memory that nobody holds now and that this process may take."""
    return _least(psutil.virtual_memory().available, limits().memory_left)


def threads() -> int | None:
    """Threads that may compute at a time where less processor time is given than there are processors; else None."""
    given, there = limits().processors, os.cpu_count() or 1
    if hasattr(os, "sched_getaffinity"):
        there = len(os.sched_getaffinity(0))
    return max(1, int(given)) if given is not None and given < there else None


def _least(there: int, limit: int | None) -> int:
    return there if limit is None else min(there, limit)


@cache
def slow_bf16() -> bool:
    """Whether many rows take several times as long in bf16 as in fp32: six times were seen with AVX2 alone.

    False where the system does not tell.
    """
    flags = _flags()
    return bool(flags) and not flags & HELPFUL


def _nvidia(wanted: str) -> list[str] | None:
    """Two fields that NVIDIA's driver tells of its first device; None where there is none."""
    command = shutil.which("nvidia-smi")
    if command is None:
        return None
    asked = (command, f"--query-gpu={wanted}", "--format=csv,noheader,nounits")
    try:
        done = subprocess.run(asked, capture_output=True, text=True, timeout=10, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return None
    fields = [field.strip() for field in done.stdout.partition("\n")[0].split(",")]
    good = done.returncode == 0 and len(fields) == 2 and fields[1].isdecimal()
    return fields if good else None


def _flags() -> set[str]:
    """What the CPU can do, in the words of the system; empty when it is not known."""
    if sys.platform == "darwin":
        asked = ("sysctl", "-n", "hw.optional.arm.FEAT_BF16")
        said = subprocess.run(asked, capture_output=True, text=True, check=False).stdout.strip()
        return {"bf16"} if said == "1" else {"none"}
    try:
        lines = CPU_INFO.read_text().splitlines()
    except OSError:
        return set()
    told = [line for line in lines if line.partition(":")[0].strip() in ("flags", "Features")]
    return set(told[0].partition(":")[2].split()) if told else set()
