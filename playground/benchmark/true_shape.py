"""A checkpoint directory of a member's true configuration, all but its weights: those are random_weights' part.

The demo family lends its tokenizer, filled up to the true vocabulary, so that nothing has to be downloaded. Text,
pictures and sound have the true shapes; what such a model says means nothing.
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

from playground.engines.roster.demo_files import DEMO
from playground.models.fit import shapes
from playground.models.footprint import FULL

LENT = DEMO / "e2b"

PICTURES = {
    "do_convert_rgb": True,
    "do_normalize": False,
    "do_rescale": True,
    "do_resize": True,
    "max_soft_tokens": 280,
    "patch_size": 16,
    "pooling_kernel_size": 3,
    "resample": 3,
    "rescale_factor": 1 / 255,
}


def prepare(where: Path, variant: str, layers: int | None = None) -> dict[str, Any]:
    """Write everything but the weights into a directory; returns the configuration.

    `layers` keeps only the first ones. Raises ValueError when that is not possible, KeyError for no such variant.
    """
    config = configuration(variant, layers)
    where.mkdir(parents=True, exist_ok=True)
    _write(where / "config.json", config)
    _write(where / "processor_config.json", processor(config["model_type"]))
    for name in ("chat_template.jinja", "tokenizer_config.json", "generation_config.json"):
        shutil.copy(LENT / name, where)
    tokenizer = _read(LENT / "tokenizer.json")
    known = tokenizer["model"]["vocab"]
    for id in range(len(known), config["text_config"]["vocab_size"]):
        known[f"▁w{id}"] = id
    _write(where / "tokenizer.json", tokenizer)
    return config


def configuration(variant: str, layers: int | None = None) -> dict[str, Any]:
    """The true configuration with the ids of the lent tokenizer's control tokens."""
    config = json.loads(json.dumps(shapes()[variant]))
    lent = _read(LENT / "config.json")
    text = config["text_config"]
    if layers is not None:
        _shorten(text, variant, layers)
    ids = ("pad_token_id", "bos_token_id", "eos_token_id")
    text |= {key: lent["text_config"][key] for key in ids}
    config |= {
        key: value for key, value in lent.items() if key.endswith(("_token_id", "_token_index"))
    }
    kind = "Gemma4Unified" if config["model_type"] == "gemma4_unified" else "Gemma4"
    config["architectures"] = [f"{kind}ForConditionalGeneration"]
    return dict(config)


def _shorten(text: dict[str, Any], variant: str, layers: int) -> None:
    """Keep whole groups of sliding layers with their global one, and about the share that reuses keys and values."""
    types, most = text["layer_types"], text["num_hidden_layers"]
    group = types.index(FULL) + 1
    if layers % group or not 0 < layers <= most:
        raise ValueError(
            f"{variant}'s {most} layers come in groups of {group}: take a multiple of {group}, or all."
        )
    sharing = (text.get("num_kv_shared_layers") or 0) * layers // most
    text["num_hidden_layers"] = layers
    text["layer_types"] = types[:layers]
    text["num_kv_shared_layers"] = min(sharing, layers - group)


def processor(model_type: str) -> dict[str, Any]:
    """What the family's own processor_config.json says; the 12B takes patches and raw sound as they are."""
    if model_type != "gemma4_unified":
        lent = _read(LENT / "processor_config.json")
        lent["image_processor"] |= PICTURES
        return {**lent, "image_seq_length": PICTURES["max_soft_tokens"]}
    return {
        "processor_class": "Gemma4UnifiedProcessor",
        "audio_ms_per_token": 40,
        "feature_extractor": {
            "feature_extractor_type": "Gemma4UnifiedAudioFeatureExtractor",
            "feature_size": 640,
            "sampling_rate": 16000,
            "padding_value": 0.0,
        },
        "image_processor": {"image_processor_type": "Gemma4UnifiedImageProcessor", **PICTURES},
    }


def _read(path: Path) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(path.read_text("utf-8"))
    return content


def _write(path: Path, content: dict[str, Any]) -> None:
    path.write_text(json.dumps(content, ensure_ascii=False), "utf-8")
