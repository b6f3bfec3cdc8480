"""Writes a member of the family as an ordinary checkpoint directory: what `google/gemma-4-*-it` holds, in small.

Knows models and files, not how they were trained.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import torch
from transformers import GenerationConfig
from transformers.models.gemma4 import (
    Gemma4AudioFeatureExtractor,
    Gemma4Config,
    Gemma4ForConditionalGeneration,
    Gemma4ImageProcessorPil,
)

from demo_family.architectures import FAMILY, PATCH, POOL, SOFT_TOKENS, Architecture, config
from demo_family.tokenizer import template, tokenizer
from demo_family.vocabulary import MEDIA_TOKENS, vocabulary

SHARPNESS = 3.0
"""What the logits are multiplied with: at the family's recommended temperature of 1 a small model's long tail of
unlikely tokens is noise, so its first choice is made plainer. Greedy answers stay what they are."""

TEMPERATURE = 0.2
"""At Gemma 4's own 1.0 the members say one shape too many or too few (`python -m demo_family.check --samples`)."""

ASSETS = Path(__file__).resolve().parents[1] / "assets" / "demo"


def directory(name: str) -> Path:
    """Where a member's checkpoint lives."""
    return ASSETS / name.lower()


def build(member: Architecture) -> Gemma4ForConditionalGeneration:
    """A member with fresh weights in float32."""
    return Gemma4ForConditionalGeneration(Gemma4Config(**config(member, vocabulary())))


def generation_config() -> GenerationConfig:
    """The sampling that suits the family, the tokens that end an answer, and no media tokens in answers."""
    words = vocabulary()
    return GenerationConfig(
        do_sample=True,
        temperature=TEMPERATURE,
        top_p=0.95,
        top_k=64,
        pad_token_id=words.id("<pad>"),
        bos_token_id=words.id("<bos>"),
        eos_token_id=[words.id(token) for token in ("<eos>", "<turn|>", "<|tool_response>")],
        suppress_tokens=[words.id(token) for token in MEDIA_TOKENS],
    )


def export(model: Gemma4ForConditionalGeneration, member: Architecture, where: Path) -> None:
    """Write weights in bfloat16, configuration, tokenizer, chat template and processor."""
    where.mkdir(parents=True, exist_ok=True)
    kept = {name: tensor.clone() for name, tensor in model.state_dict().items()}
    with torch.no_grad():
        model.model.language_model.norm.weight.mul_(SHARPNESS)
    model.to(torch.bfloat16)
    model.generation_config = generation_config()
    model.save_pretrained(where)
    model.to(torch.float32).load_state_dict(kept)
    made = tokenizer()
    made.chat_template = template(member.thinking_block)
    made.save_pretrained(where)
    _write(where / "processor_config.json", processor_config())


def processor_config() -> dict[str, Any]:
    """What a stock `Gemma4Processor` saves, written without one so that it is the same with and without torchvision."""
    pictures = Gemma4ImageProcessorPil(
        patch_size=PATCH, pooling_kernel_size=POOL, max_soft_tokens=SOFT_TOKENS
    )
    parts = {
        "image_processor": pictures.to_dict(),
        "feature_extractor": Gemma4AudioFeatureExtractor().to_dict(),
    }
    parts["image_processor"]["image_processor_type"] = "Gemma4ImageProcessor"
    parts["video_processor"] = {
        "video_processor_type": "Gemma4VideoProcessor",
        "patch_size": PATCH,
        "pooling_kernel_size": POOL,
        "max_soft_tokens": SOFT_TOKENS,
    }
    return {
        "processor_class": "Gemma4Processor",
        "image_seq_length": SOFT_TOKENS,
        "audio_seq_length": 750,
        "audio_ms_per_token": 40,
        **parts,
    }


def _write(path: Path, content: dict[str, Any]) -> None:
    path.write_text(
        json.dumps(content, indent=2, sort_keys=True, default=_plain) + "\n", encoding="utf-8"
    )


def _plain(value: Any) -> Any:
    return (
        value.item() if hasattr(value, "item") and not hasattr(value, "tolist") else value.tolist()
    )


def export_untrained() -> None:
    """The four directories with fresh weights, so that others can build against them."""
    for name, member in FAMILY.items():
        torch.manual_seed(0)
        export(build(member), member, directory(name))
