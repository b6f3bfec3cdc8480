"""The output's matrix, read in four bits, and what may be chosen of its rows once more in full.

Every token is compared with the whole vocabulary: in bf16 that is 41 % of what E2B reads for a token in int4. Four bits
say well enough which tokens are out of the question.
"""

from __future__ import annotations

import torch

from playground.engines.worker.weights.matrices.linears import Int4, Int8

CANDIDATES = 256
"""Tokens whose logits are exact: four times as many as the family's own top-k leaves to be drawn from."""


class Head(torch.nn.Module):
    """The logits of the likeliest tokens as the full matrix gives them, of all others as far as four bits know them."""

    def __init__(self, weight: torch.Tensor) -> None:
        """From the matrix (vocabulary, in), which stays where it is: it is the embedding too."""
        super().__init__()
        self._exact = (weight,)  # in a tuple, or it would count as weights of this module's own
        self._rough = Int4(weight) if Int4.takes(weight) else Int8(weight)
        self._count = min(CANDIDATES, len(weight))
        self.read_bytes = self._count * weight[0].nbytes

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """(..., in) -> (..., vocabulary)."""
        (weight,) = self._exact
        logits: torch.Tensor = self._rough(x)
        likely = logits.topk(self._count, dim=-1).indices
        exact = (weight[likely].float() @ x.unsqueeze(-1).float()).squeeze(-1)
        return logits.scatter_(-1, likely, exact.to(logits.dtype))
