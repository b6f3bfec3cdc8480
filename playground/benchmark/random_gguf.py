"""`python -m playground.benchmark.random_gguf DIRECTORY TYPE`: random weights for the config.json that lies there, as a
GGUF file whose matrices are of that type (Q4_0, Q8_0, BF16, F16), and its encoders' file beside it.

Drawn as `random_weights` draws them: about a standard deviation of 0.02 in matrices, ones in vectors. Prints the names
of the files.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import gguf
import numpy as np
import torch
import transformers
from gguf import GGMLQuantizationType as Type
from numpy.typing import NDArray

from playground.benchmark.gguf_files.write import FILE_TYPES, Shape, write

BLOCKS = 1 << 18
"""Blocks of a type drawn once and laid out again and again: speed does not depend on what they are."""

SPREAD = 0.02


def main() -> None:
    """Write both files."""
    parser = argparse.ArgumentParser(prog="python -m playground.benchmark.random_gguf")
    parser.add_argument("directory", type=Path, help="with a config.json and a tokenizer")
    parser.add_argument("type", choices=[one.name for one in FILE_TYPES], type=str.upper)
    options = parser.parse_args()
    where, kind = options.directory, Type[options.type]
    config = json.loads((where / "config.json").read_text("utf-8"))
    for file in filter(
        None, write(where, config, shapes(config), Drawn().encoded, kind, "random", where)
    ):
        print(file.name)


def shapes(config: dict[str, object]) -> dict[str, Shape]:
    """The names and shapes of a checkpoint's tensors, as transformers saves them."""
    told = transformers.CONFIG_MAPPING[config["model_type"]](
        **{key: value for key, value in config.items() if key != "model_type"}
    )
    with torch.device("meta"):
        model = transformers.AutoModelForMultimodalLM.from_config(told)
    names = {name: tuple(tensor.shape) for name, tensor in model.state_dict().items()}
    return {name: shape for name, shape in names.items() if name != "lm_head.weight"}


class Drawn:
    """Draws tensors block by block of what their type stores."""

    def __init__(self) -> None:
        self._draw = np.random.default_rng(0)
        self._drawn: dict[Type, NDArray[np.uint8]] = {}

    def encoded(self, name: str, shape: Shape, stored: Type) -> NDArray[np.uint8]:
        """The bytes of a tensor of that shape."""
        if len(shape) < 2:
            return np.ones(shape, np.float32).view(np.uint8)
        numbers, size = gguf.GGML_QUANT_SIZES[stored]
        blocks = int(np.prod(shape)) // numbers
        if stored not in self._drawn:
            self._drawn[stored] = self._block(stored, numbers, size)
        drawn = self._drawn[stored]
        whole = np.resize(drawn, (blocks, size))
        return whole.reshape(gguf.quant_shape_to_byte_shape(shape, stored))

    def _block(self, stored: Type, numbers: int, size: int) -> NDArray[np.uint8]:
        if numbers == 1:
            plain = self._draw.normal(0, SPREAD, (BLOCKS, 1)).astype(np.float32)
            return np.ascontiguousarray(gguf.quantize(plain, stored)).view(np.uint8)
        made = self._draw.integers(0, 256, (BLOCKS, size), np.uint8)
        at, scale = SCALES[stored]
        made[:, at : at + 2] = np.array([scale * SPREAD], np.float16).view(np.uint8)
        if stored == Type.Q6_K:
            made[:, 192:208] = 1  # the scales of its 16 parts
        return made


SCALES = {Type.Q4_0: (0, 1 / 4.6), Type.Q8_0: (0, 1 / 74), Type.Q6_K: (208, 1 / 18.5)}
"""Where a block's scale stands, and one over the spread of what random bytes mean there (ggml-common.h)."""


if __name__ == "__main__":
    main()
