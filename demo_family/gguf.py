"""`python -m demo_family.gguf DIRECTORY [TYPE]`: the demo family as GGUF files, for llama.cpp.

Beside its safetensors nobody needs them: they are written for tests and for looking at both engines side by side.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import gguf
import numpy as np
import torch
from gguf import GGMLQuantizationType as Type
from numpy.typing import NDArray
from safetensors import safe_open

from demo_family.architectures import FAMILY
from demo_family.export import directory
from playground.benchmark.gguf_files.write import Shape, laid_out, write


def as_gguf(member: str, into: Path, kind: Type = Type.F32) -> tuple[Path, Path | None]:
    """A member's text model and its encoders as files in `into`, its matrices stored as `kind`."""
    where = directory(member)
    config = json.loads((where / "config.json").read_text("utf-8"))
    with safe_open(where / "model.safetensors", "pt") as weights:
        shapes = {name: tuple(weights.get_slice(name).get_shape()) for name in weights.keys()}  # noqa: SIM118

        def encoded(name: str, shape: Shape, stored: Type) -> NDArray[np.uint8]:
            numbers = laid_out(name, weights.get_tensor(name).to(torch.float32).numpy())
            return np.ascontiguousarray(gguf.quantize(numbers, stored)).view(np.uint8)

        return write(where, config, shapes, encoded, kind, f"demo-{member}", into)


def main() -> None:
    """Write every member."""
    into, kind = Path(sys.argv[1]), Type[(sys.argv[2:] or ["F32"])[0].upper()]
    for member in FAMILY:
        (into / member).mkdir(parents=True, exist_ok=True)
        for file in filter(None, as_gguf(member, into / member, kind)):
            print(file)


if __name__ == "__main__":
    main()
