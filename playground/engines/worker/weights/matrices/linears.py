"""Linear layers with their weights laid out anew: for kernels that read them faster, or in fewer bytes.

Decoding one answer multiplies each matrix with a single row, so it waits for memory. On a CPU oneDNN reads bf16 weights
in its own layout twice as fast as in torch's ordinary one, with results equal to the bit, and torch's int8 and int4
kernels read half and a quarter of the bytes. On an accelerator quantised weights are made whole again for each product,
or added up as they are in a compiled step.
"""

from __future__ import annotations

import torch
from torch.nn import functional

from playground.models.device import slow_bf16

FEW = 16
"""Rows up to which a kernel made for decoding beats a matrix multiplication with the weights made whole again."""

BLOCK = 1024
"""Rows of a matrix that are made fp32 at a time: few enough to stay in a cache."""

GROUP = 32
"""Numbers that share a scale in int4, as in the family's own Q4_0 checkpoints."""


class Packed(torch.nn.Module):
    """bf16 in oneDNN's own layout."""

    @staticmethod
    def takes(weight: torch.Tensor) -> bool:
        """Any shape will do."""
        return weight.dim() == 2

    def __init__(self, weight: torch.Tensor) -> None:
        super().__init__()
        self.read_bytes = weight.nbytes
        self.weight = torch.ops.mkldnn._reorder_linear_weight(weight, 1)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """(..., in) -> (..., out)."""
        out: torch.Tensor = torch.ops.mkldnn._linear_pointwise(x, self.weight, None, "none", [], "")
        return out


class Wide(torch.nn.Linear):
    """bf16 as it lies, for a CPU that is slow at it: many rows are multiplied in fp32."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """(..., in) -> (..., out)."""
        if x.numel() // x.shape[-1] <= FEW:
            return super().forward(x)
        return _in_fp32(x, self.weight)


def _in_fp32(x: torch.Tensor, weight: torch.Tensor) -> torch.Tensor:
    """(..., in) times (out, in) in fp32, block after block: making a whole fp32 copy takes longer than the product."""
    wide = x.float()
    parts = [functional.linear(wide, block.float()) for block in torch.split(weight, BLOCK)]
    return torch.cat(parts, dim=-1).to(x.dtype)


class Int8(torch.nn.Module):
    """A byte a number and one scale a row, symmetric."""

    @staticmethod
    def takes(weight: torch.Tensor) -> bool:
        """Rows of whole eights: the kernel for CPUs reads past the end of others."""
        return weight.dim() == 2 and weight.shape[1] % 8 == 0

    def __init__(self, weight: torch.Tensor) -> None:
        super().__init__()
        scale = (weight.abs().amax(dim=1, keepdim=True).float() / 127).clamp(min=1e-12)
        self.weight = torch.nn.Buffer((weight / scale).round_().to(torch.int8))
        self.scale = torch.nn.Buffer(scale[:, 0].to(weight.dtype))
        self.read_bytes = self.weight.nbytes + self.scale.nbytes

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """(..., in) -> (..., out)."""
        rows = x.reshape(-1, x.shape[-1])
        if torch.compiler.is_compiling() and len(rows) == 1:
            out = (rows * self.weight).sum(dim=1)[None] * self.scale
        elif rows.device.type == "cpu" and len(rows) <= FEW:
            out = torch._weight_int8pack_mm(rows, self.weight, self.scale)
        else:
            out = self._whole(rows) * self.scale
        whole: torch.Tensor = out.reshape(*x.shape[:-1], -1)
        return whole

    def _whole(self, rows: torch.Tensor) -> torch.Tensor:
        if rows.device.type == "cpu" and slow_bf16():
            return _in_fp32(rows, self.weight)
        return functional.linear(rows, self.weight.to(rows.dtype))


def _levels(weight: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """(out, in) -> levels of 0 to 15 in the same shape, and fp32 scales (out, groups): what Q4_0 holds."""
    out, size = weight.shape
    groups = weight.to(torch.float32, copy=True).reshape(out, size // GROUP, GROUP)
    most, least = groups.amax(dim=2, keepdim=True), groups.amin(dim=2, keepdim=True)
    scale = torch.where(most > -least, most, least) / -8
    levels = groups.div_(scale.where(scale != 0, 1)).round_().clamp_(-8, 7).add_(8)
    return levels.reshape(out, size), scale[:, :, 0]


class Int4(torch.nn.Module):
    """Four bits a number and a scale for each group of 32 in a row, symmetric, as torch's kernel for CPUs wants it."""

    @staticmethod
    def takes(weight: torch.Tensor) -> bool:
        """Whole groups in a row, and rows in blocks of the kernel's."""
        return weight.shape[0] % 64 == 0 and weight.shape[1] % GROUP == 0

    def __init__(self, weight: torch.Tensor) -> None:
        super().__init__()
        levels, scales = _levels(weight)
        self.weight = torch.ops.aten._convert_weight_to_int4pack_for_cpu(levels.to(torch.int32), 1)
        scale = scales.t().to(weight.dtype)
        # The kernel adds a second number to each group; a symmetric one needs none.
        self.scale = torch.stack((scale, torch.zeros_like(scale)), dim=2).contiguous()
        self.read_bytes = self.weight.nbytes + self.scale.nbytes

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """(..., in) -> (..., out)."""
        rows = x.reshape(-1, x.shape[-1])
        out = torch.ops.aten._weight_int4pack_mm_for_cpu(rows, self.weight, GROUP, self.scale)
        whole: torch.Tensor = out.reshape(*x.shape[:-1], -1)
        return whole


class Halves(torch.nn.Module):
    """The same numbers for any device: a byte holds one of a row's first half and its fellow of the second."""

    @staticmethod
    def takes(weight: torch.Tensor) -> bool:
        """Whole groups in half a row."""
        return weight.dim() == 2 and weight.shape[1] % (2 * GROUP) == 0

    def __init__(self, weight: torch.Tensor) -> None:
        super().__init__()
        levels, scales = _levels(weight)
        first, second = levels.to(torch.uint8).chunk(2, dim=1)
        self.weight = torch.nn.Buffer(first | second << 4)
        self.scale = torch.nn.Buffer(scales)
        self.read_bytes = self.weight.nbytes + self.scale.nbytes

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """(..., in) -> (..., out)."""
        rows = x.reshape(-1, x.shape[-1])
        in_sums = torch.compiler.is_compiling() and len(rows) == 1
        first, second = self._whole(torch.float32 if in_sums else x.dtype)
        if in_sums:
            one, other = rows.float().chunk(2, dim=1)
            out = (first * one + second * other).sum(dim=1)[None].to(x.dtype)
        else:
            out = functional.linear(rows, torch.cat((first, second), dim=1))
        whole: torch.Tensor = out.reshape(*x.shape[:-1], -1)
        return whole

    def _whole(self, dtype: torch.dtype) -> list[torch.Tensor]:
        """The first half of each row, and the second."""
        levels = (self.weight & 15, self.weight >> 4)
        scales = self.scale.to(dtype).chunk(2, dim=1)
        return [
            ((level.to(dtype) - 8).view(len(level), -1, GROUP) * scale.unsqueeze(2)).flatten(1)
            for level, scale in zip(levels, scales, strict=True)
        ]
