"""Linear layers for a CPU: weights laid out anew for kernels that read them faster or hold them in fewer bytes.

Decoding one answer multiplies each matrix with a single row, so it waits for memory. oneDNN reads bf16 weights in its
own layout twice as fast as in torch's ordinary one, with results equal to the bit; torch's int8 and int4 kernels read
half and a quarter of the bytes. Only linear layers of the text model are changed: encoders run once for each prompt,
fused experts and embeddings are no linear layers.
"""

from __future__ import annotations

import platform
from typing import Any

import torch
from torch.nn import functional

from playground.engines.worker.mapped import forget

FEW = 16
"""Rows up to which a kernel made for decoding beats a matrix multiplication with the weights made whole again."""

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


class Int8(torch.nn.Module):
    """A byte a number and one scale a row, symmetric."""

    @staticmethod
    def takes(weight: torch.Tensor) -> bool:
        """Any shape will do."""
        return weight.dim() == 2

    def __init__(self, weight: torch.Tensor) -> None:
        super().__init__()
        scale = (weight.abs().amax(dim=1, keepdim=True).float() / 127).clamp(min=1e-12)
        self.weight = (weight / scale).round_().to(torch.int8)
        self.scale = scale[:, 0].to(weight.dtype)
        self.read_bytes = self.weight.nbytes + self.scale.nbytes

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """(..., in) -> (..., out)."""
        rows = x.reshape(-1, x.shape[-1])
        if len(rows) <= FEW:
            out = torch._weight_int8pack_mm(rows, self.weight, self.scale)
        else:
            out = functional.linear(rows, self.weight.to(x.dtype)) * self.scale
        whole: torch.Tensor = out.reshape(*x.shape[:-1], -1)
        return whole


class Int4(torch.nn.Module):
    """Four bits a number and a scale for each group of 32 in a row, symmetric: what Q4_0 holds."""

    @staticmethod
    def takes(weight: torch.Tensor) -> bool:
        """Whole groups in a row, and rows in blocks of the kernel's."""
        return weight.shape[0] % 64 == 0 and weight.shape[1] % GROUP == 0

    def __init__(self, weight: torch.Tensor) -> None:
        super().__init__()
        out, size = weight.shape
        groups = weight.float().reshape(out, size // GROUP, GROUP)
        extreme = groups.gather(2, groups.abs().argmax(dim=2, keepdim=True))
        scale = extreme / -8
        levels = (groups / scale.where(scale != 0, 1)).round_().clamp_(-8, 7) + 8
        self.weight = torch.ops.aten._convert_weight_to_int4pack_for_cpu(
            levels.reshape(out, size).to(torch.int32), 1
        )
        scale = scale[:, :, 0].t().to(weight.dtype)
        # The kernel adds a second number to each group; a symmetric one needs none.
        self.scale = torch.stack((scale, torch.zeros_like(scale)), dim=2).contiguous()
        self.read_bytes = self.weight.nbytes + self.scale.nbytes

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """(..., in) -> (..., out)."""
        rows = x.reshape(-1, x.shape[-1])
        out = torch.ops.aten._weight_int4pack_mm_for_cpu(rows, self.weight, GROUP, self.scale)
        whole: torch.Tensor = out.reshape(*x.shape[:-1], -1)
        return whole


def packs() -> bool:
    """Whether oneDNN has bf16 kernels of its own for this CPU: only then its layout is the quicker one."""
    return bool(
        torch.backends.mkldnn.is_available()  # type: ignore[no-untyped-call]
        and platform.machine().lower() in ("x86_64", "amd64")
        and torch.ops.mkldnn._is_mkldnn_bf16_supported()
    )


KINDS: dict[str, type[Packed | Int8 | Int4]] = {"bfloat16": Packed, "int8": Int8, "int4": Int4}


def lay_out(model: Any, precision: str) -> None:
    """Replace the text model's linear layers by those of a precision, one after another; in place.

    The output's matrix is the embedding too: quantisers leave it as it is, and only its layout changes.
    """
    kind = KINDS[precision]
    text = model.get_decoder()
    homes = [(module, *found) for module in text.modules() for found in module.named_children()]
    for home, name, layer in homes:
        if type(layer) is torch.nn.Linear and layer.bias is None and kind.takes(layer.weight):
            setattr(home, name, kind(layer.weight.detach()))
            forget(layer.weight)
    if packs():
        model.lm_head = Packed(model.lm_head.weight.detach())
        forget(model.get_input_embeddings().weight)  # from now on only single rows of it are read
