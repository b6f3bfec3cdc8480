"""Lays a loaded model's matrices out for the precision and the device that it will run on."""

from __future__ import annotations

import platform
from typing import Any

import torch

from playground.engines.worker.weights import encoders
from playground.engines.worker.weights.mapped import forget
from playground.engines.worker.weights.matrices.experts import QuantisedExperts
from playground.engines.worker.weights.matrices.head import Head
from playground.engines.worker.weights.matrices.linears import Halves, Int4, Int8, Packed, Wide
from playground.models.device import slow_bf16


def packs() -> bool:
    """Whether oneDNN has bf16 kernels of its own for this CPU: only then its layout is the quicker one."""
    return bool(
        torch.backends.mkldnn.is_available()  # type: ignore[no-untyped-call]
        and platform.machine().lower() in ("x86_64", "amd64")
        and torch.ops.mkldnn._is_mkldnn_bf16_supported()
    )


def suit_cpu(model: Any) -> None:
    """bf16 on a CPU: linear layers of the text model as its kernels want them. In place."""
    if packs():
        _replace(model, Packed)
        _pack_head(model)
    elif slow_bf16():
        for layer in model.get_decoder().modules():
            if type(layer) is torch.nn.Linear and layer.bias is None:
                layer.__class__ = Wide
        encoders.widen(model)


def quantise(model: Any, precision: str, device: str) -> None:
    """Linear layers and fused experts of the text model in "int8" or "int4", matrix by matrix; in place, on the CPU.

    Encoders run once for each prompt and keep their numbers. So does the embedding; how the output reads it on a CPU is
    head.py's part.
    """
    on_cpu = device == "cpu"
    kind = Int8 if precision == "int8" else Int4 if on_cpu else Halves
    _replace(model, kind)
    for layer in model.get_decoder().layers:
        fused = getattr(layer, "experts", None)
        if fused is None or not kind.takes(fused.gate_up_proj[0]) & kind.takes(fused.down_proj[0]):
            continue
        layer.experts = QuantisedExperts(fused, kind)
        forget(fused.gate_up_proj)
        forget(fused.down_proj)
    if on_cpu and Int8.takes(model.lm_head.weight):
        model.lm_head = Head(model.lm_head.weight.detach())
    if on_cpu and slow_bf16():
        encoders.widen(model)


def _replace(model: Any, kind: type[Packed | Int8 | Int4 | Halves]) -> None:
    text = model.get_decoder()
    homes = [(module, *found) for module in text.modules() for found in module.named_children()]
    for home, name, layer in homes:
        if type(layer) is torch.nn.Linear and layer.bias is None and kind.takes(layer.weight):
            setattr(home, name, kind(layer.weight.detach()))
            forget(layer.weight)


def _pack_head(model: Any) -> None:
    model.lm_head = Packed(model.lm_head.weight.detach())
    forget(model.get_input_embeddings().weight)  # from now on only single rows of it are read
