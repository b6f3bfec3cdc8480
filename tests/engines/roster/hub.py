"""A Hugging Face cache as tests need it: folders that look like checkpoints to whoever does not load them."""

from __future__ import annotations

import json
import struct
from pathlib import Path

OFFICIAL = "google/gemma-4-E2B-it-qat-q4_0-gguf"


E2B_SHAPE = {"num_hidden_layers": 35, "hidden_size": 1536, "max_position_embeddings": 131072}


def checkpoint(path: Path, shards: tuple[str, ...] = ("model.safetensors",)) -> Path:
    """A directory that looks like E2B's to whoever does not load it."""
    path.mkdir(parents=True)
    config = {"model_type": "gemma4", "text_config": E2B_SHAPE, "vision_config": {"patch_size": 16}}
    (path / "config.json").write_text(json.dumps(config))
    for name in ("tokenizer.json", "tokenizer_config.json", "processor_config.json"):
        (path / name).write_text("{}")
    (path / "chat_template.jinja").write_text("{{ messages }}")
    header = json.dumps({"w": {"dtype": "BF16", "shape": [0], "data_offsets": [0, 0]}}).encode()
    for shard in shards:
        (path / shard).write_bytes(struct.pack("<Q", len(header)) + header)
    return path


def cached(hub: Path, repo: str, revision: str = "0123456789abcdef") -> Path:
    folder = hub / f"models--{repo.replace('/', '--')}"
    path = checkpoint(folder / "snapshots" / revision)
    (folder / "refs").mkdir(exist_ok=True)
    (folder / "refs" / "main").write_text(revision)
    return path


def snapshot(hub: Path, repo: str) -> Path:
    return hub / f"models--{repo.replace('/', '--')}" / "snapshots" / "0123456789ab"
