"""Grows a member from the trunk without changing what it computes: training goes on from where the trunk stopped.

What is new starts silent: new layers, experts and per-layer embeddings end in a norm whose weights begin at zero, and
wider layers begin with zero columns. Where keys served as values, the new value projection begins as a copy.
"""

from __future__ import annotations

import torch
from torch import Tensor
from transformers.models.gemma4 import Gemma4ForConditionalGeneration

from demo_family.architectures import Architecture
from demo_family.export import build
from demo_family.training.seeing import prepare

_TEXT = "model.language_model."
_SILENT_IN_NEW_LAYERS = ("post_attention_layernorm.weight", "post_feedforward_layernorm.weight")
_SILENT_EVERYWHERE = ("post_per_layer_input_norm.weight", "post_feedforward_layernorm_2.weight")


def grow(
    member: Architecture, trunk: dict[str, Tensor], seed: int
) -> Gemma4ForConditionalGeneration:
    """A member that answers as the trunk does, with room to learn. `trunk` is the trunk's state."""
    torch.manual_seed(seed)
    model = build(member)
    prepare(model)
    state = model.state_dict()
    with torch.no_grad():
        for name, value in state.items():
            layer = _layer(name)
            source = member.grown_from[layer] if layer is not None else None
            new = layer is not None and source is None
            if name.endswith(_SILENT_EVERYWHERE) or (new and name.endswith(_SILENT_IN_NEW_LAYERS)):
                value.zero_()
            elif not new:
                _inherit(name, _renamed(name, layer, source), value, trunk)
    return model


def _layer(name: str) -> int | None:
    parts = name.removeprefix(_TEXT).split(".")
    return int(parts[1]) if name.startswith(_TEXT) and parts[0] == "layers" else None


def _renamed(name: str, layer: int | None, source: int | None) -> str:
    return name.replace(f"{_TEXT}layers.{layer}.", f"{_TEXT}layers.{source}.", 1)


def _inherit(name: str, origin: str, value: Tensor, trunk: dict[str, Tensor]) -> None:
    if origin not in trunk:
        origin = origin.replace(".v_proj.", ".k_proj.")
    if origin not in trunk:
        return
    old = trunk[origin]
    if old.shape == value.shape:
        value.copy_(old)
    elif name.endswith(("k_proj.weight", "v_proj.weight")):
        # More key heads: each query group keeps the head that it had.
        value.copy_(old.repeat(value.shape[0] // old.shape[0], 1))
    elif name.endswith(("gate_proj.weight", "up_proj.weight")):
        value[: old.shape[0]].copy_(old)
    elif name.endswith("down_proj.weight"):
        value.zero_()
        value[:, : old.shape[1]].copy_(old)
    else:
        raise ValueError(
            f"{name}: the trunk has shape {tuple(old.shape)}, the member {tuple(value.shape)}"
        )
