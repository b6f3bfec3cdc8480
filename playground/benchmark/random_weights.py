"""`python -m playground.benchmark.random_weights DIRECTORY`: random weights for the config.json that lies there.

In bf16, as the family is published. Matrices are drawn with a standard deviation of 0.02, vectors (norms and scales)
are ones, so that activations stay in the range that trained weights give them.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import torch
import transformers

BLOCK = (1 << 24) + 1
"""Numbers drawn once and laid out again and again: speed does not depend on what they are.

An odd count, for with a power of two every row of the vocabulary's matrix would have twins, and which of equally likely
tokens is chosen is chance.
"""


def main() -> None:
    """Build the model in memory and save it."""
    parser = argparse.ArgumentParser(prog="python -m playground.benchmark.random_weights")
    parser.add_argument("directory", type=Path, help="with a config.json")
    where = parser.parse_args().directory
    given = json.loads((where / "config.json").read_text("utf-8"))
    config = transformers.CONFIG_MAPPING[given.pop("model_type")](**given)
    torch.manual_seed(0)
    with torch.device("meta"):
        model = transformers.AutoModelForMultimodalLM.from_config(config, dtype=torch.bfloat16)
    model = model.to_empty(device="cpu")
    model.tie_weights()
    block = torch.randn(BLOCK, dtype=torch.bfloat16) * 0.02
    with torch.no_grad():
        for tensor in (*model.parameters(), *model.buffers()):
            if tensor.dim() < 2:
                tensor.fill_(1)
                continue
            flat = tensor.view(-1)
            for start in range(0, flat.numel(), BLOCK):
                part = flat[start : start + BLOCK]
                part.copy_(block[: part.numel()])
    model.generation_config = transformers.GenerationConfig.from_pretrained(where)
    model.save_pretrained(where)


if __name__ == "__main__":
    main()
