"""Fused experts in fewer bytes: what transformers' own give, as far as the bytes allow."""

from __future__ import annotations

import pytest
import torch
from transformers import Gemma4TextConfig
from transformers.models.gemma4.modeling_gemma4 import Gemma4TextExperts

from playground.engines.worker.weights.matrices.experts import QuantisedExperts
from playground.engines.worker.weights.matrices.linears import Halves, Int4, Int8

EXPERTS, HIDDEN, INNER, CHOSEN = 8, 128, 64, 3


@pytest.fixture
def fused() -> Gemma4TextExperts:
    config = Gemma4TextConfig(
        hidden_size=HIDDEN, moe_intermediate_size=INNER, num_experts=EXPERTS, enable_moe_block=True
    )
    config._experts_implementation = "eager"
    experts = Gemma4TextExperts(config).bfloat16()
    random = torch.Generator().manual_seed(4)
    with torch.no_grad():
        for weight in experts.parameters():
            weight.copy_(torch.randn(weight.shape, generator=random) * 0.1)
    return experts


@pytest.mark.parametrize(("kind", "near"), [(Int8, 0.03), (Int4, 0.25), (Halves, 0.25)])
@pytest.mark.parametrize("tokens", [1, 2, 40])
@torch.inference_mode()
def test_chosen_experts_answer_with_their_shares(
    tokens: int, kind: type[Int8 | Int4 | Halves], near: float, fused: Gemma4TextExperts
) -> None:
    random = torch.Generator().manual_seed(tokens)
    hidden = torch.randn((tokens, HIDDEN), generator=random).bfloat16()
    shares, chosen = torch.rand((tokens, EXPERTS), generator=random).topk(CHOSEN)
    want = fused(hidden, chosen, shares)
    got = QuantisedExperts(fused, kind)(hidden, chosen, shares)
    assert got.shape == want.shape and got.dtype == want.dtype
    assert (got - want).norm() < near * want.norm()
