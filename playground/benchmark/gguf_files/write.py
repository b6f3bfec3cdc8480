"""Writes a checkpoint's tensors into its two GGUF files, wherever their numbers come from."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import gguf
import numpy as np
from gguf import GGMLQuantizationType as Type
from numpy.typing import NDArray

from playground.benchmark.gguf_files import facts
from playground.benchmark.gguf_files.names import encoder_name, text_name

Numbers = NDArray[np.float32]
Shape = tuple[int, ...]
Encoded = Callable[[str, Shape, Type], NDArray[np.uint8]]
"""The bytes of a checkpoint's tensor as the file stores them: by its name there, its shape in the file, its type."""

UNROTATED = 1e30
"""What the turning of a position is divided by where it must not turn (proportional RoPE)."""

FEW = (
    "norm",
    "scale",
    "conv",
    "bias",
    "_min",
    "_max",
    "position_embd",
    "std_",
    "inp_gate.",
    ".proj.",
)
"""In the names of tensors that stay as exact as they are: small ones, and those that llama.cpp wants so."""


def write(
    directory: Path,
    config: dict[str, Any],
    shapes: Mapping[str, Shape],
    encoded: Encoded,
    kind: Type,
    name: str,
    into: Path,
) -> tuple[Path, Path | None]:
    """The text model's file, its matrices stored as `kind`, and the encoders' file where there are such; both stand in
    `into` and are named after the model.

    `directory` has the tokenizer, `shapes` the checkpoint's tensors.
    """
    text = into / f"{name}-{kind.name}.gguf"
    out = facts.text_file(text, directory, config, name)
    out.add_file_type(FILE_TYPES[kind])
    out.add_quantization_version(gguf.GGML_QUANT_VERSION)
    named = {told: one for one in shapes if (told := text_name(one))}
    _put(
        out,
        named,
        shapes,
        encoded,
        lambda told, shape: _text_type(told, shape, kind),
        turning(config),
    )
    if "vision_config" not in config or "mm_embed_dim" in config["vision_config"]:
        return text, None
    exact = Type.F32 if kind == Type.F32 else Type.BF16
    encoders = into / f"mmproj-{name}-{exact.name}.gguf"
    out = facts.encoders_file(encoders, directory, config, name)
    out.add_file_type(FILE_TYPES[exact])
    named = {told: one for one in shapes if (told := encoder_name(one))}
    _put(out, named, shapes, encoded, lambda told, shape: _encoder_type(told, shape, exact), {})
    return text, encoders


FILE_TYPES = {
    Type.F32: gguf.LlamaFileType.ALL_F32,
    Type.F16: gguf.LlamaFileType.MOSTLY_F16,
    Type.BF16: gguf.LlamaFileType.MOSTLY_BF16,
    Type.Q8_0: gguf.LlamaFileType.MOSTLY_Q8_0,
    Type.Q4_0: gguf.LlamaFileType.MOSTLY_Q4_0,
}
"""The types that a whole model can be written in."""


def turning(config: dict[str, Any]) -> dict[str, Numbers]:
    """A tensor of no checkpoint: which dimensions of the full layers' heads turn with the position."""
    text = config["text_config"]
    own = (text.get("per_layer_config") or {}).values()
    size = text.get("global_head_dim") or next(
        (one["head_dim"] for one in own if "head_dim" in one), text["head_dim"]
    )
    turned = int(size * text["rope_parameters"]["full_attention"]["partial_rotary_factor"] / 2)
    factors = [1.0] * turned + [UNROTATED] * (size // 2 - turned)
    return {"rope_freqs.weight": np.array(factors, np.float32)}


def laid_out(name: str, numbers: Numbers) -> Numbers:
    """The numbers of a checkpoint's tensor in the order and shape that llama.cpp wants them in."""
    if not numbers.ndim:
        return numbers.reshape(1)
    if name.endswith("self_attn.per_dim_scale") and ".audio_tower." in name:
        return np.logaddexp(numbers, np.float32(0)).astype(np.float32)  # softplus
    if name.endswith("depthwise_conv1d.weight"):
        return numbers[:, 0, :]
    if name.endswith("patch_embedder.input_proj.weight"):
        side = round((numbers.shape[1] / 3) ** 0.5)
        return np.ascontiguousarray(numbers.reshape(-1, side, side, 3).transpose(0, 3, 1, 2))
    return numbers


def shape_in_file(name: str, shape: Shape) -> Shape:
    """The shape that `laid_out` gives a tensor of that shape."""
    return laid_out(
        name, np.lib.stride_tricks.as_strided(np.zeros(1, np.float32), shape, (0,) * len(shape))
    ).shape


def _text_type(told: str, shape: Shape, kind: Type) -> Type:
    if len(shape) < 2 or "ffn_gate_inp" in told or any(word in told for word in FEW):
        return Type.F32
    if kind == Type.Q4_0 and told == "token_embd.weight":
        kind = Type.Q6_K  # it is the output's matrix too
    block = gguf.GGML_QUANT_SIZES[kind][0]
    return kind if shape[-1] % block == 0 else Type.F16


def _encoder_type(told: str, shape: Shape, kind: Type) -> Type:
    return Type.F32 if len(shape) != 2 or any(word in told for word in FEW) else kind


def _put(
    out: gguf.GGUFWriter,
    named: Mapping[str, str],
    shapes: Mapping[str, Shape],
    encoded: Encoded,
    type_of: Callable[[str, Shape], Type],
    more: Mapping[str, Numbers],
) -> None:
    """All tensors' descriptions, then their numbers one after the other: none but one is in memory at a time."""
    planned = []
    for told, numbers in more.items():
        out.add_tensor_info(told, numbers.shape, numbers.dtype, numbers.nbytes)
    for told, one in named.items():
        shape = shape_in_file(one, shapes[one])
        stored = type_of(told, shape)
        sides = gguf.quant_shape_to_byte_shape(shape, stored)
        out.add_tensor_info(told, sides, np.dtype(np.uint8), int(np.prod(sides)), raw_dtype=stored)
        planned.append((one, shape, stored))
    out.write_header_to_file()
    out.write_kv_data_to_file()
    out.write_ti_data_to_file()
    for numbers in more.values():
        out.write_tensor_data(numbers)
    for one, shape, stored in planned:
        out.write_tensor_data(encoded(one, shape, stored))
    out.close()
