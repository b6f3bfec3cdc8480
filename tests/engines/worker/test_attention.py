"""Attention of one row against transformers' own: heads that share keys, masks, and rows that are left to it."""

from __future__ import annotations

import pytest
import torch
from transformers.integrations.sdpa_attention import sdpa_attention_forward

from playground.engines.worker.weights.attention import attend

KEYS = 40


class Layer(torch.nn.Module):
    """What transformers asks a layer for."""

    def __init__(self, groups: int) -> None:
        super().__init__()
        self.num_key_value_groups = groups
        self.is_causal = True


@pytest.mark.parametrize("masked", [False, True])
@pytest.mark.parametrize(("heads", "key_heads"), [(8, 1), (8, 2), (4, 4)])
@pytest.mark.parametrize("rows", [1, 5])
def test_it_gives_what_the_stock_one_gives(
    rows: int, heads: int, key_heads: int, masked: bool
) -> None:
    random = torch.Generator().manual_seed(heads * rows)
    query = torch.randn(1, heads, rows, 16, generator=random)
    key, value = (torch.randn(1, key_heads, KEYS, 16, generator=random) for _ in range(2))
    mask = torch.rand(1, 1, rows, KEYS, generator=random) > 0.3 if masked else None
    layer = Layer(heads // key_heads)
    want, _ = sdpa_attention_forward(layer, query, key, value, mask, scaling=0.25)
    for dtype, near in ((torch.float32, 1e-5), (torch.bfloat16, 0.05)):
        parts = (part.to(dtype) for part in (query, key, value))
        got, _ = attend(layer, *parts, mask, scaling=0.25)
        assert got.shape == want.shape == (1, rows, heads, 16)
        assert torch.allclose(got.float(), want, atol=near)
