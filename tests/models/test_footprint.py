"""The formulas against the true configurations, built without memory, and against the caches of real models."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from playground.models.catalog import variants
from playground.models.fit import shapes
from playground.models.footprint import footprint, kv_bytes

ROOT = Path(__file__).parents[2]

BUILD = """
import json, sys, torch
from transformers.models.gemma4 import Gemma4Config, Gemma4ForConditionalGeneration
from transformers.models.gemma4_unified import Gemma4UnifiedConfig, Gemma4UnifiedForConditionalGeneration
built = {}
for name, given in json.load(sys.stdin).items():
    unified = given.pop("model_type") == "gemma4_unified"
    config = (Gemma4UnifiedConfig if unified else Gemma4Config)(**given)
    with torch.device("meta"):
        model = (Gemma4UnifiedForConditionalGeneration if unified else Gemma4ForConditionalGeneration)(config)
    inner = model.model
    parts = {"stored": model, "embedding": inner.language_model.embed_tokens}
    vision = [getattr(inner, part, None) for part in ("vision_tower", "embed_vision")]
    audio = [getattr(inner, part, None) for part in ("audio_tower", "embed_audio")]
    count = lambda *modules: sum(p.numel() for m in modules if m is not None for p in m.parameters())
    built[name] = {key: count(part) for key, part in parts.items()}
    built[name] |= {"vision": count(*vision), "audio": count(*audio)}
    built[name]["experts"] = sum(p.numel() for n, p in model.named_parameters() if ".experts." in n)
print(json.dumps(built))
"""

CACHES = """
import json, sys, torch
from transformers import AutoModelForMultimodalLM
told = {}
for path in sys.argv[2:]:
    model = AutoModelForMultimodalLM.from_pretrained(path, dtype=torch.float32)
    ids = torch.full((1, int(sys.argv[1])), 40)
    cache = model(input_ids=ids, use_cache=True).past_key_values
    told[path] = sum(t.nbytes for layer in cache.layers for t in (layer.keys, layer.values) if t is not None)
print(json.dumps(told))
"""


def run(script: str, *arguments: str, given: str = "") -> dict[str, dict[str, int]]:
    """In a process of its own, which may import torch."""
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", script, *arguments],
        input=given, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    told: dict[str, dict[str, int]] = json.loads(done.stdout)
    return told


def test_every_number_of_the_true_configurations_is_counted() -> None:
    built = run(BUILD, given=json.dumps(shapes()))
    for name, config in shapes().items():
        counted = footprint(config)
        assert {key: getattr(counted, key) for key in built[name]} == built[name], name


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


def test_the_cache_of_real_models_has_so_many_bytes() -> None:
    """The demo family: shared keys and values, keys as values, sliding and full layers, more key heads than one."""
    paths = [ROOT / "assets" / "demo" / name for name in ("e2b", "e4b", "26b-a4b", "31b")]
    for tokens in (7, 300):
        told = run(CACHES, str(tokens), *map(str, paths))
        for path in paths:
            config = json.loads((path / "config.json").read_text())
            assert kv_bytes(config, tokens, width=4) == told[str(path)], (path.name, tokens)
