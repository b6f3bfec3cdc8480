"""Weights in mapped files: letting go of their pages loses nothing, and takes nothing that is not a file's."""

from __future__ import annotations

import sys
from pathlib import Path

import psutil
import pytest
import torch
from safetensors.torch import load_file, save_file

from playground.engines.worker.weights.mapped import forget, read_in

linux = pytest.mark.skipif(sys.platform != "linux", reason="only Linux is told to let go of pages")


def held() -> int:
    return int(psutil.Process().memory_info().shared)


@linux
def test_pages_of_a_file_go_and_come_back(tmp_path: Path) -> None:
    size = 16_000_000
    save_file({"w": torch.arange(size, dtype=torch.int32)}, tmp_path / "w.safetensors")
    module = torch.nn.Module()
    module.register_buffer("w", load_file(tmp_path / "w.safetensors")["w"])
    read_in(module)
    tensor = module.get_buffer("w")
    before = held()
    forget(tensor)
    if before - held() < 3 * size:
        pytest.fail("the pages are still counted as this process's memory")
    assert int(tensor[0]) == 0 and int(tensor[-1]) == size - 1


@linux
def test_what_is_in_no_file_is_kept() -> None:
    tensor = torch.ones(4_000_000)
    forget(tensor)
    assert bool((tensor == 1).all())
