"""The facts in the headers of a checkpoint's two GGUF files, from its config.json and its tokenizer."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import gguf

from playground.models import checkpoint
from playground.models.footprint import FULL
from playground.models.gguf.described import ARCHITECTURE, ENCODERS

SEEN = frozenset(
    {
        "<|channel>",
        "<channel|>",
        "<|tool_call>",
        "<tool_call|>",
        "<|tool_response>",
        "<tool_response|>",
        '<|"|>',
    }
)
"""Control tokens that llama.cpp's reader of answers has to see as text."""


KNOWN_BY = "'<|tool_call>call:'"
"""What a chat template must hold, quotes included, for llama.cpp to read calls the family's way (common/chat.cpp)."""


def text_file(file: Path, directory: Path, config: dict[str, Any], name: str) -> gguf.GGUFWriter:
    """The file of the text model with its facts, and no tensors yet."""
    text = config["text_config"]
    out = gguf.GGUFWriter(file, ARCHITECTURE)
    out.add_type(gguf.GGUFType.MODEL)
    out.add_name(name)
    count = text["num_hidden_layers"]
    sliding = [kind != FULL for kind in text["layer_types"]]
    own = text.get("per_layer_config") or {}
    wide = text.get("global_head_dim") or next(
        (one["head_dim"] for one in own.values() if "head_dim" in one), text["head_dim"]
    )
    shared = text.get("num_kv_shared_layers") or 0
    out.add_block_count(count)
    out.add_context_length(text["max_position_embeddings"])
    out.add_embedding_length(text["hidden_size"])
    factor = [
        1 + (bool(text.get("use_double_wide_mlp")) and i >= count - shared) for i in range(count)
    ]
    out.add_feed_forward_length([text["intermediate_size"] * one for one in factor])
    out.add_head_count(text["num_attention_heads"])
    out.add_head_count_kv(
        [_key_heads(text, i, full=not slides) for i, slides in enumerate(sliding)]
    )
    turns = text["rope_parameters"]
    out.add_rope_freq_base(turns["full_attention"]["rope_theta"])
    out.add_rope_freq_base_swa(turns["sliding_attention"]["rope_theta"])
    out.add_layer_norm_rms_eps(text["rms_norm_eps"])
    out.add_key_length(wide)
    out.add_value_length(wide)
    out.add_key_length_swa(text["head_dim"])
    out.add_value_length_swa(text["head_dim"])
    out.add_rope_dimension_count(wide)
    out.add_rope_dimension_count_swa(text["head_dim"])
    out.add_final_logit_softcapping(text["final_logit_softcapping"])
    out.add_sliding_window(text["sliding_window"])
    out.add_sliding_window_pattern(sliding)
    out.add_shared_kv_layers(shared)
    out.add_embedding_length_per_layer_input(text.get("hidden_size_per_layer_input") or 0)
    if text.get("enable_moe_block"):
        out.add_expert_count(text["num_experts"])
        out.add_expert_used_count(text["top_k_experts"])
        out.add_expert_feed_forward_length(text["moe_intermediate_size"])
    _tokenizer(out, directory, text)
    drawn = checkpoint.settings(directory, "generation_config.json")
    out.add_sampling_temp(drawn.get("temperature", 1.0))
    out.add_sampling_top_p(drawn.get("top_p", 0.95))
    out.add_sampling_top_k(drawn.get("top_k", 64))
    return out


def encoders_file(
    file: Path, directory: Path, config: dict[str, Any], name: str
) -> gguf.GGUFWriter:
    """The file of the encoders with its facts, and no tensors yet."""
    vision, audio = config["vision_config"], config.get("audio_config")
    hidden = config["text_config"]["hidden_size"]
    out = gguf.GGUFWriter(file, ENCODERS)
    out.add_type(gguf.GGUFType.MMPROJ)
    out.add_name(name)
    out.add_clip_has_vision_encoder(True)
    out.add_clip_vision_projector_type("gemma4v")
    out.add_vision_projection_dim(hidden)
    out.add_vision_image_size(224)  # unused there, and yet asked for
    processor = checkpoint.settings(directory, "processor_config.json").get("image_processor") or {}
    side = vision["patch_size"] * vision["pooling_kernel_size"]
    out.add_vision_max_pixels(int(processor.get("max_soft_tokens", 280)) * side**2)
    out.add_vision_patch_size(vision["patch_size"])
    out.add_vision_projector_scale_factor(vision["pooling_kernel_size"])
    out.add_vision_embedding_length(vision["hidden_size"])
    out.add_vision_feed_forward_length(vision["intermediate_size"])
    out.add_vision_block_count(vision["num_hidden_layers"])
    out.add_vision_head_count(vision["num_attention_heads"])
    out.add_vision_attention_layernorm_eps(1e-6)
    out.add_vision_image_mean([0.0, 0.0, 0.0])
    out.add_vision_image_std([1.0, 1.0, 1.0])
    if audio:
        out.add_clip_has_audio_encoder(True)
        out.add_clip_audio_projector_type("gemma4a")
        out.add_audio_projection_dim(hidden)
        out.add_audio_embedding_length(audio["hidden_size"])
        out.add_audio_feed_forward_length(audio["hidden_size"] * 4)
        out.add_audio_block_count(audio["num_hidden_layers"])
        out.add_audio_head_count(audio["num_attention_heads"])
        out.add_audio_num_mel_bins(128)
        out.add_audio_attention_layernorm_eps(1e-6)
    return out


def _key_heads(text: dict[str, Any], index: int, full: bool) -> int:
    """Key heads of a layer: as the family publishes them, or as transformers 5 saves them."""
    heads = text["num_key_value_heads"]
    if "per_layer_config" in text:
        told = {int(layer): own for layer, own in text["per_layer_config"].items()}
        return int(told.get(index, {}).get("num_key_value_heads", heads))
    wider = text.get("num_global_key_value_heads") if text.get("attention_k_eq_v") else None
    return int((wider if full else None) or heads)


def _tokenizer(out: gguf.GGUFWriter, directory: Path, text: dict[str, Any]) -> None:
    """Its tokens by id, what each is, its merges and its chat template."""
    told = json.loads((directory / "tokenizer.json").read_text("utf-8"))
    ids = {id: token for token, id in told["model"]["vocab"].items()}
    added = {one["id"]: one for one in told["added_tokens"]}
    ids |= {id: one["content"] for id, one in added.items()}
    tokens = [ids.get(id, f"<unused{id}>") for id in range(text["vocab_size"])]
    out.add_tokenizer_model(ARCHITECTURE)
    out.add_token_list(tokens)
    out.add_token_scores([-1000.0] * len(tokens))
    out.add_token_types([_kind(id, token, added) for id, token in enumerate(tokens)])
    merges = told["model"]["merges"]
    out.add_token_merges([one if isinstance(one, str) else " ".join(one) for one in merges])
    out.add_bos_token_id(text["bos_token_id"])
    out.add_eos_token_id(text["eos_token_id"])
    out.add_unk_token_id(tokens.index("<unk>"))
    out.add_pad_token_id(text["pad_token_id"])
    template = checkpoint.chat_template(directory)
    out.add_chat_template(template if KNOWN_BY in template else f"{{#- {KNOWN_BY} -#}}{template}")
    out.add_add_space_prefix(False)
    out.add_add_bos_token(True)


def _kind(id: int, token: str, added: dict[int, Any]) -> int:
    # llama.cpp splits text at line ends before it merges: a token across one is only found as a whole.
    if token in SEEN or (token.strip("\n") and "\n" in token):
        return int(gguf.TokenType.USER_DEFINED)
    if id in added:
        special = added[id].get("special")
        return int(gguf.TokenType.CONTROL if special else gguf.TokenType.USER_DEFINED)
    byte = len(token) == 6 and token.startswith("<0x") and token.endswith(">")
    return int(gguf.TokenType.BYTE if byte else gguf.TokenType.NORMAL)
