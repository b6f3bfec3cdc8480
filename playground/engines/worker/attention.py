"""Attention of a single row on a CPU in bf16: query heads that share a key head become rows of one query.

torch's kernel takes a loop for each query head otherwise: 0.5 to 12 ms a layer were seen where this takes 0.15 to 1.5
(290 to 1,024 keys). transformers does so itself, but not for heads of up to 256 numbers. In fp32 it is the slower way
(the demo family: 135 instead of 173 tokens/s), so it is for bf16 only.
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
    plain = rows > 1 or query.dtype != torch.bfloat16
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


def use() -> None:
    """Put it in place of transformers' own `sdpa` in this process."""
    AttentionInterface.register("sdpa", attend)
