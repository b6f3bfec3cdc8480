"""Fused experts taken apart and quantised, matrix by matrix, so that a mixture shrinks like other models.

Most of a mixture's weights are experts, and quantisers that change linear layers only leave them as they are: the
26B-A4B would still take 50 GB in four bits.
"""

from __future__ import annotations

from typing import Any

import torch

from playground.engines.worker.weights.matrices.linears import Halves, Int4, Int8


class QuantisedExperts(torch.nn.Module):
    """The experts of one layer; computes those that a token has chosen, one after another."""

    def __init__(self, fused: Any, kind: type[Int8 | Int4 | Halves]) -> None:
        """From transformers' module, with `gate_up_proj` (experts, 2 * inner, hidden) and `down_proj` (experts, hidden,
        inner).
        """
        super().__init__()
        self._act = fused.act_fn
        self.gate_up = torch.nn.ModuleList(kind(each) for each in fused.gate_up_proj.detach())
        self.down = torch.nn.ModuleList(kind(each) for each in fused.down_proj.detach())

    def forward(
        self, hidden: torch.Tensor, chosen: torch.Tensor, shares: torch.Tensor
    ) -> torch.Tensor:
        """hidden (tokens, hidden), chosen and shares (tokens, experts a token) -> (tokens, hidden)."""
        out = torch.zeros_like(hidden)
        if len(hidden) == 1:
            for expert, share in zip(chosen[0].tolist(), shares[0], strict=True):
                out += (self._one(expert, hidden) * share).to(out.dtype)
            return out
        for expert in sorted(set(chosen.flatten().tolist())):
            rows, choices = torch.where(chosen == expert)
            answers = self._one(expert, hidden[rows]) * shares[rows, choices, None]
            out.index_add_(0, rows, answers.to(out.dtype))
        return out

    def _one(self, expert: int, hidden: torch.Tensor) -> torch.Tensor:
        gate, up = self.gate_up[expert](hidden).chunk(2, dim=-1)
        answer: torch.Tensor = self.down[expert](self._act(gate) * up)
        return answer
