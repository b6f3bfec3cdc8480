"""The output's matrix in four bits: the likeliest tokens' logits are those of the whole matrix."""

from __future__ import annotations

import torch
from torch.nn import functional

from playground.engines.worker.weights.matrices import head
from playground.engines.worker.weights.matrices.head import CANDIDATES, Head


def drawn(*shape: int) -> torch.Tensor:
    return torch.randn(shape, generator=torch.Generator().manual_seed(7)).bfloat16()


def test_the_likeliest_tokens_are_exact_and_the_others_are_near() -> None:
    weight, x = drawn(8192, 96), drawn(2, 3, 96)
    got, whole = Head(weight)(x), functional.linear(x, weight)
    assert got.shape == whole.shape and got.dtype == torch.bfloat16
    likely = whole.topk(64, dim=-1).indices
    assert torch.equal(got.gather(-1, likely), whole.gather(-1, likely))
    assert torch.equal(got.argmax(-1), whole.argmax(-1))
    assert 0 < (got - whole).abs().max() < 0.5 * whole.std()


def test_a_vocabulary_that_four_bits_do_not_take_is_read_in_eight() -> None:
    weight, x = drawn(CANDIDATES * 2 + 1, 40), drawn(1, 40)
    whole = functional.linear(x, weight)
    assert (Head(weight)(x) - whole).abs().max() < 0.05 * whole.std()


def test_of_a_small_vocabulary_every_logit_is_exact() -> None:
    weight, x = drawn(CANDIDATES - 1, 32), drawn(1, 32)
    assert torch.equal(Head(weight)(x), functional.linear(x, weight))


def test_the_matrix_itself_is_no_second_weight_of_the_module() -> None:
    made = Head(drawn(CANDIDATES * 2, 64))
    assert not list(made.parameters())
    assert made.read_bytes == CANDIDATES * 64 * 2
    assert head.Int4(drawn(128, 64)).read_bytes == 128 * 64 // 2 + 128 * 2 * 4
