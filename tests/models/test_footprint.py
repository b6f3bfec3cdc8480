"""The formulas against the true configurations, built without memory, and against the caches of real models."""

from __future__ import annotations

import json
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
import torch

from playground.models.catalog import variants
from playground.models.fit import shapes
from playground.models.footprint import footprint, kv_bytes

ROOT = Path(__file__).parents[2]

PARTS = {
    "vision": ("vision_tower", "embed_vision"),
    "audio": ("audio_tower", "embed_audio"),
}


def built(config: dict[str, Any]) -> dict[str, int]:
    """The numbers of a model of that configuration, built by transformers without memory."""
    from transformers.models.gemma4 import Gemma4Config, Gemma4ForConditionalGeneration
    from transformers.models.gemma4_unified import (
        Gemma4UnifiedConfig,
        Gemma4UnifiedForConditionalGeneration,
    )

    given = deepcopy({key: value for key, value in config.items() if key != "model_type"})
    with torch.device("meta"):
        model = (
            Gemma4UnifiedForConditionalGeneration(Gemma4UnifiedConfig(**given))
            if config["model_type"] == "gemma4_unified"
            else Gemma4ForConditionalGeneration(Gemma4Config(**given))
        )
    inner = model.model
    found = {"stored": _numbers(model), "embedding": _numbers(inner.language_model.embed_tokens)}
    for name, parts in PARTS.items():
        found[name] = sum(_numbers(getattr(inner, part, None)) for part in parts)
    experts = (one.numel() for name, one in model.named_parameters() if ".experts." in name)
    return {**found, "experts": sum(experts)}


def _numbers(module: torch.nn.Module | None) -> int:
    return sum(one.numel() for one in module.parameters()) if module is not None else 0


@pytest.mark.parametrize("name", list(shapes()))
def test_every_number_of_the_true_configurations_is_counted(name: str) -> None:
    config = shapes()[name]
    there, counted = built(config), footprint(config)
    assert {key: getattr(counted, key) for key in there} == there


@pytest.mark.parametrize("variant", variants(), ids=lambda one: one.name)
def test_the_catalogue_says_the_same(variant: object) -> None:
    from playground.models.catalog import Variant

    assert isinstance(variant, Variant)
    config = shapes()[variant.name]
    counted = footprint(config)
    assert counted.stored == variant.parameters.stored
    assert kv_bytes(config, 100_001) - kv_bytes(config, 100_000) == variant.shape.kv_bytes_per_token
    sliding = kv_bytes(config, 100_000) - 100_000 * variant.shape.kv_bytes_per_token
    assert sliding == variant.shape.kv_sliding_mib * 2**20
    assert counted.read_per_token == variant.parameters.read_per_token
    parts = variant.parts
    for name in ("embedding", "per_layer_embedding", "layers", "experts", "vision", "audio"):
        assert getattr(counted, name) == getattr(parts, name), name
    if variant.parameters.effective:
        assert counted.read_per_token == pytest.approx(variant.parameters.effective, rel=0.04)
    if variant.parameters.active:
        assert counted.read_per_token == pytest.approx(variant.parameters.active, rel=0.02)


@pytest.mark.parametrize("name", ["e2b", "e4b", "26b-a4b", "31b"])
def test_the_cache_of_real_models_has_so_many_bytes(name: str) -> None:
    """The demo family: shared keys and values, keys as values, sliding and full layers, more key heads than one."""
    from transformers import AutoModelForMultimodalLM

    path = ROOT / "assets" / "demo" / name
    config = json.loads((path / "config.json").read_text())
    model = AutoModelForMultimodalLM.from_pretrained(path, dtype=torch.float32)
    for tokens in (7, 300):
        with torch.inference_mode():
            cache = model(input_ids=torch.full((1, tokens), 40), use_cache=True).past_key_values
        held = [one for layer in cache.layers for one in (layer.keys, layer.values)]
        kept = sum(one.nbytes for one in held if one is not None)
        assert kept == kv_bytes(config, tokens, width=4), tokens
