"""The most memory that the model's process held during one answer, as the operating system and the
device count it.
"""

from __future__ import annotations

import contextlib
import sys
from pathlib import Path

import psutil
import torch

from playground.models.device import free_host

STATUS = Path("/proc/self/status")
CLEAR = Path("/proc/self/clear_refs")


SHORT = 0.05
"""Of the device's memory: with less of it free, nothing is kept that one can do without."""


def short(device: str) -> bool:
    """Whether the device's memory runs out."""
    if device == "cuda":
        left, total = torch.cuda.mem_get_info()
    else:
        left, total = free_host(), psutil.virtual_memory().total
    return bool(left < SHORT * total)


def forget_peak(device: str) -> None:
    """Begin a new measurement."""
    with contextlib.suppress(OSError):
        CLEAR.write_text("5")  # Linux: resets the peak of the resident set
    if device == "cuda":
        torch.cuda.reset_peak_memory_stats()


def peak(device: str) -> tuple[int | None, int | None]:
    """Bytes at the peak: of the process, and of the device; None where nobody counts them."""
    on_device = int(torch.cuda.max_memory_allocated()) if device == "cuda" else None
    with contextlib.suppress(OSError):
        for line in STATUS.read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) * 1024, on_device
    if sys.platform == "win32":
        return None, on_device
    import resource

    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit, on_device
