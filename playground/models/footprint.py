"""What a model of a given configuration stores, reads and remembers: numbers in its weights, bytes in its KV cache.

Formulas over a checkpoint's config.json as dictionaries, read off transformers' modules (modeling_gemma4.py and
modeling_gemma4_unified.py, 5.23); the tests build the true configurations without memory and compare to the unit.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import partial
from typing import Any

Config = Mapping[str, Any]

FULL = "full_attention"
MELS = 128
"""Bands of a spectrum; each of the two convolutions in front of the audio encoder halves them."""


@dataclass(frozen=True, slots=True)
class Footprint:
    """Numbers that a model stores, by what becomes of them.

    `embedding` is read whole for each token, as the output's matrix; of `per_layer_embedding` one row is looked up.
    `layers` are the text model's own without `experts`, of which `active` is the share that a token reads. `vision` and
    `audio` are the encoders with what projects them into the text model.
    """

    embedding: int
    per_layer_embedding: int
    layers: int
    experts: int
    active: Fraction
    vision: int
    audio: int

    @property
    def stored(self) -> int:
        """All of them."""
        parts = (self.embedding, self.per_layer_embedding, self.layers, self.experts)
        return sum(parts) + self.vision + self.audio

    @property
    def read_per_token(self) -> int:
        """What the next token of text reads."""
        return self.embedding + self.layers + int(self.experts * self.active)


def footprint(config: Config) -> Footprint:
    """The numbers that a model with this config.json stores.

    Raises KeyError when it is no Gemma 4 configuration, ValueError when it does not say what kind each layer is.
    """
    text = config["text_config"]
    hidden, count = text["hidden_size"], text["num_hidden_layers"]
    if count != len(text["layer_types"]):
        raise ValueError(f"{count} layers, and kinds of {len(text['layer_types'])}")
    extra = text.get("hidden_size_per_layer_input") or 0
    experts = text["num_experts"] if text.get("enable_moe_block") else 0
    layers = sum(layer(text, index) for index in range(count)) + hidden
    table = 0
    if extra:
        table = text["vocab_size_per_layer_input"] * count * extra
        layers += count * extra * hidden + extra
    return Footprint(
        embedding=text["vocab_size"] * hidden,
        per_layer_embedding=table,
        layers=layers,
        experts=count * experts * 3 * (text.get("moe_intermediate_size") or 0) * hidden,
        active=Fraction(text["top_k_experts"], experts) if experts else Fraction(1),
        vision=_vision(config.get("vision_config") or {}, hidden),
        audio=_audio(config.get("audio_config") or {}, hidden),
    )


def kv_bytes(config: Config, tokens: int, width: int = 2) -> int:
    """Bytes of the KV cache after `tokens` tokens, `width` bytes a number.

    Layers that share another's keys and values keep none; sliding layers keep no more than their window.
    """
    text = config["text_config"]
    total = 0
    for index in range(_own(text)):
        heads, size = _key_value(text, index)
        full = text["layer_types"][index] == FULL
        kept = tokens if full else min(tokens, text["sliding_window"])
        total += 2 * heads * size * kept * width
    return total


def kept_bytes(config: Config, width: int = 2) -> int:
    """Bytes that a conversation keeps beside its KV cache so that the next question need not read it again: a copy of
    the sliding layers' windows as they were at the end of a prompt.
    """
    text = config["text_config"]
    own = text["layer_types"][: _own(text)]
    sliding = [index for index, kind in enumerate(own) if kind != FULL]
    numbers = sum(2 * heads * size for heads, size in map(partial(_key_value, text), sliding))
    return int(numbers * text["sliding_window"] * width)


def _own(text: Config) -> int:
    """Layers with keys and values of their own; the last ones share those of others."""
    return int(text["num_hidden_layers"] - (text.get("num_kv_shared_layers") or 0))


def _key_value(text: Config, index: int) -> tuple[int, int]:
    """Key heads of a layer, and numbers in each: as the family publishes them, or as transformers 5 saves them."""
    heads, size = text["num_key_value_heads"], text["head_dim"]
    if "per_layer_config" in text:
        # Keys are layer numbers, filled up with zeros to one length ("02").
        told = {int(layer): own for layer, own in text["per_layer_config"].items()}
        own = told.get(index, {})
        return own.get("num_key_value_heads", heads), own.get("head_dim", size)
    if text["layer_types"][index] != FULL:
        return heads, size
    if text.get("attention_k_eq_v"):
        heads = text.get("num_global_key_value_heads") or heads
    return heads, text["global_head_dim"]


def layer(text: Config, index: int) -> int:
    """The numbers of one layer of the text model without its experts."""
    hidden = text["hidden_size"]
    heads, size = _key_value(text, index)
    own = index < _own(text)
    values = not (text.get("attention_k_eq_v") and text["layer_types"][index] == FULL)
    attention = 2 * text["num_attention_heads"] * size * hidden + size
    if own:
        attention += (1 + values) * heads * size * hidden + size
    wide = 2 if text.get("use_double_wide_mlp") and not own else 1
    feed_forward = 3 * hidden * text["intermediate_size"] * wide
    norms = 4 * hidden
    extra = text.get("hidden_size_per_layer_input") or 0
    per_layer = 2 * extra * hidden + hidden if extra else 0
    router = 0
    if text.get("enable_moe_block"):
        router = hidden + text["num_experts"] * (hidden + 1) + 3 * hidden
    return int(attention + feed_forward + norms + per_layer + router)


def _vision(vision: Config, hidden: int) -> int:
    if "mm_embed_dim" in vision:  # the 12B: a projection of patches, and no encoder
        size = vision["mm_embed_dim"]
        patch = 3 * (vision["patch_size"] * vision["pooling_kernel_size"]) ** 2
        places = 2 * vision["mm_posemb_size"] * size
        return int(places + 2 * patch + (patch + 1) * size + 4 * size + hidden * size)
    if not vision:
        return 0
    size, head = vision["hidden_size"], vision["head_dim"]
    heads = 2 * vision["num_attention_heads"] + 2 * vision["num_key_value_heads"]
    layer = heads * head * size + 2 * head + 3 * size * vision["intermediate_size"] + 4 * size
    front = 2 * vision["position_embedding_size"] * size + 3 * vision["patch_size"] ** 2 * size
    return int(front + vision["num_hidden_layers"] * layer + hidden * size)


def _audio(audio: Config, hidden: int) -> int:
    if "audio_embed_dim" in audio:  # the 12B: raw sound, projected
        return int(hidden * audio["audio_embed_dim"])
    if not audio:
        return 0
    size, (first, second) = audio["hidden_size"], audio["subsampling_conv_channels"]
    front = 9 * first + first + 9 * first * second + second + size * second * MELS // 4
    feed_forward = 2 * (2 * 4 * size * size + 2 * size)
    attention = 5 * size * size + size // audio["num_attention_heads"]
    convolution = 3 * size * size + size * audio["conv_kernel_size"] + 2 * size
    layer = feed_forward + attention + convolution + 3 * size
    out = audio["output_proj_dims"]
    return int(front + audio["num_hidden_layers"] * layer + out * (size + 1) + hidden * out)
