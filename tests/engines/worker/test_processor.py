"""The processor without torchvision: loads, is the stock one otherwise, and takes pictures and sound."""

from __future__ import annotations

import sys
from types import ModuleType

import numpy as np
import pytest
import transformers
from PIL import Image
from transformers import AutoProcessor

from demo_family.export import directory
from playground.engines.worker import processor


def test_a_broken_torchvision_counts_as_absent(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(name: str) -> ModuleType:
        raise RuntimeError("operator torchvision::nms does not exist")

    monkeypatch.setattr(processor.importlib, "import_module", fails)
    assert not processor.torchvision_works()


def test_a_working_torchvision_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "torchvision", ModuleType("torchvision"))
    before = transformers.Gemma4Processor
    processor.prepare()
    assert transformers.Gemma4Processor is before


def test_pictures_and_sound_become_tensors() -> None:
    processor.prepare()
    processor.prepare()
    loaded = AutoProcessor.from_pretrained(directory("E2B"))
    content = [
        {"type": "image", "image": Image.new("RGB", (300, 200))},
        {"type": "text", "text": "What is this?"},
        {"type": "audio", "audio": np.zeros(16_000, np.float32)},
    ]
    made = loaded.apply_chat_template(
        [{"role": "user", "content": content}],
        add_generation_prompt=True,
        tokenize=True,
        return_dict=True,
        return_tensors="pt",
    )
    ids = made["input_ids"][0]
    assert int((ids == loaded.image_token_id).sum()) == 60  # 10 x 6 cells of 16 pixels
    assert int((ids == loaded.audio_token_id).sum()) == 25
    assert made["pixel_values"].shape == (1, 280, 192)
