"""What each new token has to read, and how fast this device reads: together the limit of decoding one answer.

Single-stream decoding reads all active weights once a token, so memory bandwidth / bytes read per token bounds tokens a
second (the KV cache comes on top and is not counted here).
"""

from __future__ import annotations

import time
from typing import Any

import torch

BUFFER = 1 << 28
"""Bytes copied at a time: more than any cache holds."""

TIMES = 5


def bytes_per_token(model: Any) -> int:
    """Bytes of weights that the next token of text reads, in the precision in which they lie in memory.

    All layers of the text model, of fused experts the chosen ones, and the output's matrix; of the embeddings, one row
    each, nothing.
    """
    text = model.config.get_text_config()
    total = sum(map(_bytes, model.lm_head.modules()))
    for name, module in model.get_decoder().named_modules():
        if name.startswith("embed_tokens"):
            continue
        share = text.top_k_experts / text.num_experts if "experts" in name.split(".") else 1
        total += int(_bytes(module) * share)
    return total


def _bytes(module: torch.nn.Module) -> int:
    """Of the weights that lie in the module itself."""
    return int(getattr(module, "read_bytes", 0)) + sum(
        tensor.nbytes for tensor in module.parameters(recurse=False)
    )


def copy_bandwidth(device: str) -> float:
    """Bytes a second, read and written, of the best of some copies of a large buffer."""
    source = torch.ones(BUFFER, dtype=torch.uint8, device=device)
    target = torch.empty_like(source)
    best = min(_timed(source, target, device) for _ in range(TIMES))
    return 2 * BUFFER / best


def _timed(source: torch.Tensor, target: torch.Tensor, device: str) -> float:
    _wait(device)
    began = time.perf_counter()
    target.copy_(source)
    _wait(device)
    return time.perf_counter() - began


def _wait(device: str) -> None:
    if device == "cuda":
        torch.cuda.synchronize()
    elif device == "mps":
        torch.mps.synchronize()
