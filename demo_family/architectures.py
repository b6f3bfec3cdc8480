"""The four configurations, and the trunk that they grow from. Knows no data and no training.

Each follows its big sister's traits: E2B and E4B have per-layer embeddings, layers that share keys and values, and
encoders for pictures and sound; 26B-A4B is a mixture of experts and 31B dense, both with keys used as values in full
layers, picture tokens that see each other, and pictures only. Two conditions keep other engines happy: with shared
keys and values the last layer that has its own is a full one with a sliding one before it, and the first sound
convolution has 128 channels.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from demo_family.vocabulary import NAMED_TOKENS, Vocabulary

HIDDEN = 128
PATCH = 8
POOL = 2
SOFT_TOKENS = 70

S, F = "sliding_attention", "full_attention"
TRUNK_LAYERS = (S, S, F, S, S, F)


@dataclass(frozen=True, slots=True)
class Architecture:
    """What sets one member apart.

    `grown_from` gives for each layer the trunk's layer that it starts from, None for a new one. `thinking_block` tells
    that an empty thought is put into the prompt when thinking is off, as the larger members of the family want it.
    """

    name: str
    layers: tuple[str, ...]
    grown_from: tuple[int | None, ...]
    intermediate: int
    per_layer_input: int = 0
    shared_layers: int = 0
    key_value_heads: int = 1
    keys_as_values: bool = True
    experts: int = 0
    expert_intermediate: int = 0
    sound: bool = False
    thinking_block: bool = False


TRUNK = Architecture("trunk", TRUNK_LAYERS, tuple(range(6)), intermediate=384, sound=True)

FAMILY: dict[str, Architecture] = {
    "E2B": Architecture(
        "E2B",
        layers=(*TRUNK_LAYERS, S, F),
        grown_from=(0, 1, 2, 3, 4, 5, None, None),
        intermediate=384,
        per_layer_input=16,
        shared_layers=2,
        keys_as_values=False,
        sound=True,
    ),
    "E4B": Architecture(
        "E4B",
        layers=(S, S, F, S, S, F, S, F, S, F),
        grown_from=(0, 1, 2, 3, 4, 5, None, None, None, None),
        intermediate=512,
        per_layer_input=16,
        shared_layers=2,
        key_value_heads=2,
        keys_as_values=False,
        sound=True,
    ),
    "26B-A4B": Architecture(
        "26B-A4B",
        layers=TRUNK_LAYERS,
        grown_from=(0, 1, 2, 3, 4, 5),
        intermediate=384,
        key_value_heads=2,
        experts=8,
        expert_intermediate=160,
        thinking_block=True,
    ),
    "31B": Architecture(
        "31B",
        layers=(S, S, F, S, S, F, S, S, F, S, S, F),
        grown_from=(0, 1, 2, 3, 4, 5, None, None, None, None, None, None),
        intermediate=768,
        key_value_heads=2,
        thinking_block=True,
    ),
}


def text_config(member: Architecture, vocabulary: Vocabulary) -> dict[str, Any]:
    """Values for `Gemma4TextConfig`."""
    return {
        "vocab_size": len(vocabulary),
        "vocab_size_per_layer_input": len(vocabulary),
        "hidden_size": HIDDEN,
        "intermediate_size": member.intermediate,
        "num_hidden_layers": len(member.layers),
        "layer_types": list(member.layers),
        "num_attention_heads": 4,
        "num_key_value_heads": member.key_value_heads,
        "num_global_key_value_heads": 1 if member.keys_as_values else None,
        "head_dim": 32,
        "global_head_dim": 64,
        "hidden_size_per_layer_input": member.per_layer_input,
        "num_kv_shared_layers": member.shared_layers,
        "attention_k_eq_v": member.keys_as_values,
        "use_bidirectional_attention": "vision" if member.thinking_block else None,
        "enable_moe_block": member.experts > 0,
        "num_experts": member.experts or None,
        "top_k_experts": 2 if member.experts else None,
        "moe_intermediate_size": member.expert_intermediate or None,
        "sliding_window": 512,
        "max_position_embeddings": 8192,
        "final_logit_softcapping": 30.0,
        "pad_token_id": vocabulary.id("<pad>"),
        "bos_token_id": vocabulary.id("<bos>"),
        "eos_token_id": vocabulary.id("<eos>"),
    }


def vision_config(member: Architecture) -> dict[str, Any]:
    """Values for `Gemma4VisionConfig`: one tower for all; 64 cells of 16 pixels fit in 70 soft tokens."""
    return {
        "hidden_size": 96,
        "intermediate_size": 288,
        "num_hidden_layers": 4,
        "num_attention_heads": 3,
        "num_key_value_heads": 3,
        "head_dim": 32,
        "patch_size": PATCH,
        "pooling_kernel_size": POOL,
        "position_embedding_size": 512,
        "default_output_length": SOFT_TOKENS,
        "use_clipped_linears": member.sound and member is not TRUNK,
        "standardize": not member.sound,
    }


def audio_config(member: Architecture) -> dict[str, Any] | None:
    """Values for `Gemma4AudioConfig`, None for the members without ears."""
    if not member.sound:
        return None
    return {
        "hidden_size": 96,
        "num_hidden_layers": 4,
        "num_attention_heads": 4,
        "subsampling_conv_channels": [128, 32],
        "output_proj_dims": 128,
        "use_clipped_linears": member is not TRUNK,
    }


def config(member: Architecture, vocabulary: Vocabulary) -> dict[str, Any]:
    """Values for `Gemma4Config`."""
    ids = {key: vocabulary.id(NAMED_TOKENS[name]) for key, name in _TOKEN_IDS.items()}
    return {
        "text_config": text_config(member, vocabulary),
        "vision_config": vision_config(member),
        "audio_config": audio_config(member),
        "video_token_id": vocabulary.id("<|video|>"),
        "eos_token_id": [vocabulary.id("<eos>"), vocabulary.id("<turn|>")],
        **ids,
    }


_TOKEN_IDS = {
    "boi_token_id": "boi_token",
    "eoi_token_id": "eoi_token",
    "image_token_id": "image_token",
    "boa_token_id": "boa_token",
    "eoa_token_index": "eoa_token",
    "audio_token_id": "audio_token",
}
