"""Weights that lie in a mapped file: read in before somebody waits for them, given back when they are wanted no more.

transformers maps safetensors files into memory: what nobody touched yet is not there, and what was touched stays
counted as this process's memory.
"""

from __future__ import annotations

import ctypes
import mmap
import sys
from pathlib import Path

import torch

MAPS = Path("/proc/self/maps")
STATUS = Path("/proc/self/status")
COUNTED = STATUS.exists()
"""Whether the system tells how much of its files a process has touched."""

_given_back = 0
DONTNEED = 4
"""madvise(2): these pages may go; a private mapping reads them from its file again when they are touched."""


def read_in(model: torch.nn.Module) -> None:
    """Touch every page of the weights."""
    for tensor in (*model.parameters(), *model.buffers()):
        if tensor.device.type == "cpu" and tensor.is_contiguous():
            tensor.detach().reshape(-1).view(torch.uint8)[:: mmap.PAGESIZE].sum()


def forget(tensor: torch.Tensor) -> None:
    """Let go of a tensor's pages where they are those of a file: nobody may need what was written to them since."""
    if sys.platform != "linux":
        return
    start = -(-tensor.data_ptr() // mmap.PAGESIZE) * mmap.PAGESIZE
    end = (tensor.data_ptr() + tensor.nbytes) // mmap.PAGESIZE * mmap.PAGESIZE
    if start < end and _of_a_file(start, end):
        global _given_back
        _given_back += end - start
        ctypes.CDLL(None).madvise(ctypes.c_void_p(start), ctypes.c_size_t(end - start), DONTNEED)


def touched() -> int:
    """Bytes of mapped files that this process has touched, those that it gave back since included; 0 where unknown."""
    if not COUNTED:
        return 0
    told = dict(line.split(":", 1) for line in STATUS.read_text().splitlines())
    return int(told["RssFile"].split()[0]) * 1024 + _given_back


def _of_a_file(start: int, end: int) -> bool:
    for line in MAPS.read_text().splitlines():
        bounds, _, _, _, inode, *_ = line.split()
        low, high = (int(bound, 16) for bound in bounds.split("-"))
        if low <= start and end <= high:
            return inode != "0"
    return False
