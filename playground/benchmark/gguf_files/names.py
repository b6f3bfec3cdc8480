"""What a tensor of a checkpoint is called in a GGUF file, and which of the two files it belongs to."""

from __future__ import annotations

import re

LANGUAGE, VISION, AUDIO = "model.language_model.", "model.vision_tower.", "model.audio_tower."

TEXT = {
    "embed_tokens.weight": "token_embd.weight",
    "embed_tokens_per_layer.weight": "per_layer_token_embd.weight",
    "per_layer_model_projection.weight": "per_layer_model_proj.weight",
    "per_layer_projection_norm.weight": "per_layer_proj_norm.weight",
    "norm.weight": "output_norm.weight",
}
TEXT_LAYER = {
    "input_layernorm.weight": "attn_norm.weight",
    "self_attn.q_proj.weight": "attn_q.weight",
    "self_attn.k_proj.weight": "attn_k.weight",
    "self_attn.v_proj.weight": "attn_v.weight",
    "self_attn.o_proj.weight": "attn_output.weight",
    "self_attn.q_norm.weight": "attn_q_norm.weight",
    "self_attn.k_norm.weight": "attn_k_norm.weight",
    "post_attention_layernorm.weight": "post_attention_norm.weight",
    "pre_feedforward_layernorm.weight": "ffn_norm.weight",
    "pre_feedforward_layernorm_2.weight": "pre_ffw_norm_2.weight",
    "post_feedforward_layernorm.weight": "post_ffw_norm.weight",
    "post_feedforward_layernorm_1.weight": "post_ffw_norm_1.weight",
    "post_feedforward_layernorm_2.weight": "post_ffw_norm_2.weight",
    "mlp.gate_proj.weight": "ffn_gate.weight",
    "mlp.up_proj.weight": "ffn_up.weight",
    "mlp.down_proj.weight": "ffn_down.weight",
    "experts.gate_up_proj": "ffn_gate_up_exps.weight",
    "experts.down_proj": "ffn_down_exps.weight",
    "router.proj.weight": "ffn_gate_inp.weight",
    "router.scale": "ffn_gate_inp.scale",
    "router.per_expert_scale": "ffn_down_exps.scale",
    "per_layer_input_gate.weight": "inp_gate.weight",
    "per_layer_projection.weight": "proj.weight",
    "post_per_layer_input_norm.weight": "post_norm.weight",
    "layer_scalar": "layer_output_scale.weight",
}
ENCODER = {
    "model.embed_vision.embedding_projection": "mm.input_projection",
    "model.embed_audio.embedding_projection": "mm.a.input_projection",
    VISION + "patch_embedder.input_proj": "v.patch_embd",
    VISION + "patch_embedder.position_embedding_table": "v.position_embd.weight",
    VISION + "std_bias": "v.std_bias",
    VISION + "std_scale": "v.std_scale",
    AUDIO + "output_proj": "a.pre_encode.out",
    AUDIO + "subsample_conv_projection.input_proj_linear": "a.input_projection",
    AUDIO + "subsample_conv_projection.layer0.conv": "a.conv1d.0",
    AUDIO + "subsample_conv_projection.layer0.norm": "a.conv1d.0.norm",
    AUDIO + "subsample_conv_projection.layer1.conv": "a.conv1d.1",
    AUDIO + "subsample_conv_projection.layer1.norm": "a.conv1d.1.norm",
}
VISION_LAYER = {
    "input_layernorm": "ln1",
    "post_attention_layernorm": "attn_post_norm",
    "pre_feedforward_layernorm": "ln2",
    "post_feedforward_layernorm": "ffn_post_norm",
    "mlp.gate_proj": "ffn_gate",
    "mlp.up_proj": "ffn_up",
    "mlp.down_proj": "ffn_down",
    "self_attn.q_proj": "attn_q",
    "self_attn.k_proj": "attn_k",
    "self_attn.v_proj": "attn_v",
    "self_attn.o_proj": "attn_out",
    "self_attn.q_norm": "attn_q_norm",
    "self_attn.k_norm": "attn_k_norm",
}
AUDIO_LAYER = {
    "feed_forward1.ffw_layer_1": "ffn_up",
    "feed_forward1.ffw_layer_2": "ffn_down",
    "feed_forward1.pre_layer_norm": "ffn_norm",
    "feed_forward1.post_layer_norm": "ffn_post_norm",
    "feed_forward2.ffw_layer_1": "ffn_up_1",
    "feed_forward2.ffw_layer_2": "ffn_down_1",
    "feed_forward2.pre_layer_norm": "ffn_norm_1",
    "feed_forward2.post_layer_norm": "ffn_post_norm_1",
    "lconv1d.pre_layer_norm": "conv_norm",
    "lconv1d.linear_start": "conv_pw1",
    "lconv1d.depthwise_conv1d": "conv_dw",
    "lconv1d.conv_norm": "norm_conv",
    "lconv1d.linear_end": "conv_pw2",
    "norm_pre_attn": "attn_pre_norm",
    "norm_post_attn": "attn_post_norm",
    "norm_out": "ln2",
    "self_attn.q_proj": "attn_q",
    "self_attn.k_proj": "attn_k",
    "self_attn.v_proj": "attn_v",
    "self_attn.post": "attn_out",
    "self_attn.relative_k_proj": "attn_k_rel",
    "self_attn.per_dim_scale": "per_dim_scale.weight",
}
PARTS = re.compile(r"(.*?)(\.weight|\.bias|\.(?:in|out)put_(?:min|max))?$")


def text_name(name: str) -> str:
    """In the file of the text model; empty for what does not belong there. Raises KeyError for an unknown tensor."""
    if not name.startswith(LANGUAGE):
        return ""
    layer, rest = _layer(name.removeprefix(LANGUAGE))
    return TEXT[rest] if layer is None else f"blk.{layer}.{TEXT_LAYER[rest]}"


def encoder_name(name: str) -> str:
    """In the file of the encoders; empty for what does not belong there. Raises KeyError for an unknown tensor."""
    if name.startswith(LANGUAGE) or name == "lm_head.weight":
        return ""
    whole = PARTS.fullmatch(name.replace(".linear.", "."))
    assert whole is not None
    stem, kind = whole[1], whole[2] or ""
    for begin, letter, known in (
        (VISION + "encoder.", "v", VISION_LAYER),
        (AUDIO, "a", AUDIO_LAYER),
    ):
        layer, rest = _layer(stem.removeprefix(begin))
        if stem.startswith(begin) and layer is not None:
            return f"{letter}.blk.{layer}.{known[rest]}{kind}"
    return ENCODER[stem] + kind


def _layer(name: str) -> tuple[int | None, str]:
    found = re.match(r"layers\.(\d+)\.(.*)", name)
    return (int(found[1]), found[2]) if found else (None, name)
