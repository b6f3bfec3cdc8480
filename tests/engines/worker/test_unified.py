"""The 12B's architecture, which takes raw pictures and raw sound, without torchvision: a tiny one, made here."""

from __future__ import annotations

import ast
import importlib.util
import json
import math
import shutil
import threading
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image

from playground.benchmark import true_shape
from playground.engines.events import Chunk, Finished, Read
from playground.engines.local import LocalEngine
from playground.engines.roster import specs
from playground.engines.roster.demo_files import DEMO
from playground.engines.worker import processor
from playground.engines.worker.answering import Answering
from playground.engines.worker.weights import compiled
from playground.engines.worker.weights.checkpoint import load
from playground.engines.workers import Workers
from playground.models.fit import shapes
from playground.prompt import media, tokens
from playground.prompt.conversation import Conversation, Settings

SAMPLES = Path(__file__).parents[3] / "assets" / "samples"
SMALL = {
    "vocab_size": 1195, "hidden_size": 128, "intermediate_size": 256, "num_hidden_layers": 3,
    "num_attention_heads": 4, "num_key_value_heads": 2, "num_global_key_value_heads": 1, "head_dim": 32,
    "global_head_dim": 64, "sliding_window": 512, "max_position_embeddings": 8192,
    "layer_types": ["sliding_attention", "sliding_attention", "full_attention"],
}  # fmt: skip
PROCESSOR = true_shape.processor("gemma4_unified")


@pytest.fixture(scope="module")
def checkpoint(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A directory like the 12B's, with random weights and the demo family's tokenizer."""
    from transformers.models.gemma4_unified import (
        Gemma4UnifiedConfig,
        Gemma4UnifiedForConditionalGeneration,
    )

    path = tmp_path_factory.mktemp("unified")
    large, demo = shapes()["12B"], json.loads((DEMO / "e2b" / "config.json").read_text())
    ends = {
        key: demo["text_config"][key] for key in ("pad_token_id", "bos_token_id", "eos_token_id")
    }
    config = Gemma4UnifiedConfig(
        text_config={**large["text_config"], **SMALL, **ends},
        vision_config={**large["vision_config"], "mm_embed_dim": 128, "output_proj_dims": 128},
        audio_config=large["audio_config"],
        **{
            key: value for key, value in demo.items() if key.endswith(("_token_id", "_token_index"))
        },
    )
    torch.manual_seed(0)
    Gemma4UnifiedForConditionalGeneration(config).save_pretrained(path)
    for name in (
        "chat_template.jinja",
        "tokenizer.json",
        "tokenizer_config.json",
        "generation_config.json",
    ):
        shutil.copy(DEMO / "e2b" / name, path)
    (path / "processor_config.json").write_text(json.dumps(PROCESSOR))
    return path


def test_pictures_and_sound_are_taken_and_counted(checkpoint: Path, workers: Workers) -> None:
    model = specs.find(f"local:{checkpoint}")
    assert model.capabilities.image and model.capabilities.audio and model.capabilities.audio_raw
    parts = [media.read(name, (SAMPLES / name).read_bytes()) for name in ("word.png", "digits.wav")]
    conversation = Conversation.ask("What is this?", tuple(part for read in parts for part in read))
    settings = Settings(temperature=0, max_tokens=6)
    engine = LocalEngine(model, workers)
    try:
        engine.load(threading.Event())
        events = list(engine.stream(conversation, settings, threading.Event()))
    finally:
        engine.close()
    (read,) = [event for event in events if isinstance(event, Read)]
    foreseen = tokens.count(conversation, settings, model)
    assert (read.prompt.image, read.prompt.audio) == (foreseen.image, foreseen.audio)
    assert (
        read.prompt.total == foreseen.total and read.prompt.image > 100 and read.prompt.audio > 20
    )
    assert isinstance(events[-1], Finished)
    assert sum(event.tokens for event in events if isinstance(event, Chunk)) > 0


def stock(*names: str) -> dict[str, Any]:
    """Functions of transformers' own processor, which can't be imported without torchvision."""
    package = importlib.util.find_spec("transformers")
    assert package is not None and package.origin is not None
    folder = Path(package.origin).parent / "models" / "gemma4_unified"
    tree = ast.parse((folder / "image_processing_gemma4_unified.py").read_text())
    wanted = [one for one in tree.body if isinstance(one, ast.FunctionDef) and one.name in names]
    space: dict[str, Any] = {"torch": torch, "math": math}
    exec(compile(ast.Module(wanted, []), "stock", "exec"), space)
    return space


def test_patches_are_those_of_the_stock_processor() -> None:
    processor.prepare()
    from playground.engines.worker.unified_pictures import Gemma4UnifiedImageProcessorPil

    noise = np.random.default_rng(0).integers(0, 256, (96, 144, 3), np.uint8)
    settings = PROCESSOR["image_processor"]
    assert isinstance(settings, dict)
    ours = Gemma4UnifiedImageProcessorPil(**{**settings, "do_resize": False})(
        Image.fromarray(noise), return_tensors="pt"
    )
    there = stock("convert_image_to_patches", "patches_merge")
    pixels = torch.from_numpy(noise).permute(2, 0, 1).float() / 255
    small = there["convert_image_to_patches"](pixels, 16)
    x, y = torch.meshgrid(torch.arange(9), torch.arange(6), indexing="xy")
    places = torch.stack((x, y), dim=-1).reshape(-1, 2)
    merged, positions = there["patches_merge"](small[None], places[None], 6)
    assert torch.allclose(ours["pixel_values"][0, :6], merged[0])
    assert torch.equal(ours["image_position_ids"][0, :6], positions[0])
    assert ours["pixel_values"].shape == (1, 280, 48 * 48 * 3)
    assert (ours["image_position_ids"][0, 6:] == -1).all()
    assert int(ours["num_soft_tokens_per_image"][0]) == 6


def test_its_steps_can_be_compiled(checkpoint: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Traced without a compiler; `compile` itself compares each step with the plain one."""
    processor.prepare()
    monkeypatch.setattr(compiled, "NO_GAIN", 0.0)
    answering = Answering(load(str(checkpoint), "float32"))
    answering.compile(Conversation.ask("."), 64, {"backend": "eager"})
    assert answering.notes[0].startswith("compiled, ")
