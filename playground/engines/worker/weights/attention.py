"""Attention of a single row, where transformers' own takes the long way.

On a CPU in bf16, query heads that share a key head become rows of one query: torch's kernel takes a loop for each query
head otherwise, and 0.5 to 12 ms a layer were seen where this takes 0.15 to 1.5 (290 to 1,024 keys). transformers does
so itself, but not for heads of up to 256 numbers. In fp32 it is the slower way (the demo family: 135 instead of 173
tokens/s), so it is for bf16 only.

In a compiled step (compiled.py) transformers would write out keys and values once for each query head, all of a long
cache, for each token. Products and sums that the compiler fuses need no copy.
"""

from __future__ import annotations

from typing import Any

import torch
from torch.nn import functional
from transformers import AttentionInterface
from transformers.integrations.sdpa_attention import sdpa_attention_forward


def attend(
    module: torch.nn.Module,
    query: torch.Tensor,
    key: torch.Tensor,
    value: torch.Tensor,
    attention_mask: torch.Tensor | None,
    scaling: float | None = None,
    **options: Any,
) -> tuple[torch.Tensor, None]:
    """query (batch, heads, rows, size), key and value (batch, key heads, keys, size) -> (batch, rows, heads, size)."""
    batch, heads, rows, size = query.shape
    if rows == 1 and torch.compiler.is_compiling():
        return _in_sums(query, key, value, attention_mask, scaling), None
    plain = query.device.type != "cpu" or rows > 1 or query.dtype != torch.bfloat16
    if plain or (attention_mask is not None and attention_mask.shape[1] > 1):
        stock: tuple[torch.Tensor, None] = sdpa_attention_forward(
            module, query, key, value, attention_mask, scaling=scaling, **options
        )
        return stock
    together = query.reshape(batch, key.shape[1], -1, size)
    out = functional.scaled_dot_product_attention(
        together, key, value, attn_mask=attention_mask, scale=scaling
    )
    return out.reshape(batch, rows, heads, -1), None


def _in_sums(
    query: torch.Tensor,
    key: torch.Tensor,
    value: torch.Tensor,
    mask: torch.Tensor | None,
    scaling: float | None,
) -> torch.Tensor:
    """As attend() for a single row, added up in fp32 as torch's own kernels do."""
    batch, heads, _, size = query.shape
    together = query.reshape(batch, key.shape[1], -1, 1, size).float()
    scores = (together * key.unsqueeze(2).float()).sum(-1) * (scaling or size**-0.5)
    if mask is not None:
        scores = scores.masked_fill(~mask, -torch.inf)
    shares = torch.softmax(scores, dim=-1)
    out = (shares.unsqueeze(-1) * value.unsqueeze(2).float()).sum(-2)
    return out.to(query.dtype).reshape(batch, 1, heads, -1)


def use() -> None:
    """Put it in place of transformers' own `sdpa` in this process."""
    AttentionInterface.register("sdpa", attend)
