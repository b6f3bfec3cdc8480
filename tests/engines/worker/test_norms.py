"""Norms in one call: the numbers of transformers' own, to the bit, in every norm of every model."""

from __future__ import annotations

import copy

import pytest
import torch
from transformers.models.gemma4.modeling_gemma4 import Gemma4RMSNorm
from transformers.models.gemma4_unified.modeling_gemma4_unified import Gemma4UnifiedRMSNorm

from playground.engines.roster.demo_files import DEMO
from playground.engines.worker import processor
from playground.engines.worker.weights import norms
from playground.engines.worker.weights.checkpoint import load
from playground.engines.worker.weights.norms import STOCK, Norm


@pytest.mark.parametrize("kind", STOCK)
@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
@pytest.mark.parametrize("shape", [(1, 1, 1536), (2, 70, 96), (1, 7, 8, 256)])
@pytest.mark.parametrize("scaled", [True, False])
def test_each_number_is_the_same(
    kind: type[torch.nn.Module], dtype: torch.dtype, shape: tuple[int, ...], scaled: bool
) -> None:
    drawn = torch.Generator().manual_seed(7)
    stock = kind(shape[-1], with_scale=scaled).to(dtype).requires_grad_(False)
    for weight in stock.parameters():
        weight.copy_(torch.randn(shape[-1], generator=drawn))
    short = copy.deepcopy(stock)
    norms.shorten(short)
    x = torch.randn(shape, generator=drawn).to(dtype) * 3
    assert type(short) is Norm and torch.equal(short(x), stock(x))


def test_no_norm_of_a_loaded_model_is_left_out() -> None:
    processor.prepare()
    kinds = [type(module) for module in load(str(DEMO / "e2b"), "int8").model.modules()]
    assert Norm in kinds
    assert Gemma4RMSNorm not in kinds and Gemma4UnifiedRMSNorm not in kinds
