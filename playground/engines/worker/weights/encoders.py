"""Encoders on a CPU that is slow at bf16: in fp32, while the rest of the model stays in fewer bytes.

They multiply many rows at a time: a picture took 49 s in bf16 where this takes 10 (E2B's true shape, two cores, AVX2).
"""

from __future__ import annotations

from typing import Any

import torch

from playground.engines.worker.weights.mapped import forget


def widen(model: Any) -> None:
    """Compute pictures and sound in fp32; what comes out has the model's own dtype. In place."""
    inner = model.model
    for name in ("vision_tower", "audio_tower"):
        tower = getattr(inner, name, None)
        if tower is not None:
            dtype = tower.dtype
            for parameter in tower.parameters():
                stored = parameter.data
                parameter.data = stored.float()
                forget(stored)
            tower.float()  # its buffers too
            tower.register_forward_pre_hook(_wide, with_kwargs=True)
            tower.register_forward_hook(lambda _, __, out, dtype=dtype: _narrow(out, dtype))


def _wide(_: torch.nn.Module, given: tuple[Any, ...], named: dict[str, Any]) -> Any:
    return tuple(map(_in_fp32, given)), {name: _in_fp32(value) for name, value in named.items()}


def _in_fp32(value: Any) -> Any:
    floating = isinstance(value, torch.Tensor) and value.is_floating_point()
    return value.float() if floating else value


def _narrow(out: Any, dtype: torch.dtype) -> Any:
    out.last_hidden_state = out.last_hidden_state.to(dtype)
    return out
