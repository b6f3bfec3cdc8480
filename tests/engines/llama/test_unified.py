"""Encoders as the 12B has them, which are projections alone: a tiny file of random numbers, and a file without any."""

from __future__ import annotations

import shutil
import threading
from pathlib import Path

import gguf
import numpy as np
import pytest

from playground.engines.events import Finished
from playground.engines.llama.engine import LlamaEngine
from playground.engines.roster import specs
from playground.models.model import Model
from playground.prompt import tokens
from playground.prompt.check import Refused, check
from playground.prompt.conversation import Conversation, Settings
from tests.models.gguf.files import TINY_ENCODERS
from tests.servers.listening import sample

SIDE = 48
"""Pixels of the square that becomes a token."""

SAMPLES_A_TOKEN = 640
WIDE, PLACES = 64, 64


def unified(file: Path, hidden: int) -> Path:
    """As llama.cpp's converter writes the 12B's (conversion/gemma.py, Gemma4UnifiedVisionAudioModel)."""
    out = gguf.GGUFWriter(file, "clip")
    out.add_type(gguf.GGUFType.MMPROJ)
    out.add_clip_has_vision_encoder(True)
    out.add_clip_has_audio_encoder(True)
    out.add_clip_vision_projector_type("gemma4uv")
    out.add_clip_audio_projector_type("gemma4ua")
    for kind in ("vision", "audio"):
        getattr(out, f"add_{kind}_projection_dim")(hidden)
        for what in ("feed_forward_length", "block_count", "head_count"):
            getattr(out, f"add_{kind}_{what}")(0)
        getattr(out, f"add_{kind}_attention_layernorm_eps")(1e-6)
    out.add_vision_embedding_length(WIDE)
    out.add_audio_embedding_length(SAMPLES_A_TOKEN)
    out.add_audio_num_mel_bins(128)
    out.add_vision_image_size(224)
    out.add_vision_patch_size(16)
    out.add_vision_image_mean([0.0, 0.0, 0.0])
    out.add_vision_image_std([1.0, 1.0, 1.0])
    draw = np.random.default_rng(0)
    patch = 3 * SIDE**2
    sizes = {1: patch, 2: WIDE, 3: WIDE}
    shapes: dict[str, tuple[int, ...]] = {
        "v.patch_embd.weight": (WIDE, patch),
        "v.patch_embd.bias": (WIDE,),
        "v.position_embd.weight": (2, PLACES, WIDE),
        "mm.input_projection.weight": (hidden, WIDE),
        "mm.a.input_projection.weight": (hidden, SAMPLES_A_TOKEN),
        **{f"v.patch_norm.{n}.{part}": (sizes[n],) for n in sizes for part in ("weight", "bias")},
    }
    for name, shape in shapes.items():
        numbers = draw.normal(0, 0.02, shape) if len(shape) > 1 else np.ones(shape)
        out.add_tensor(name, numbers.astype(np.float32))
    out.write_header_to_file()
    out.write_kv_data_to_file()
    out.write_tensors_to_file()
    out.close()
    return file


@pytest.fixture
def alone(demo: Model, tmp_path: Path) -> Path:
    """A GGUF file with nothing beside it."""
    assert demo.path is not None
    return Path(shutil.copy(demo.path, tmp_path / "model.gguf"))


def test_pictures_and_raw_sound_are_taken_without_encoders(alone: Path) -> None:
    unified(alone.with_name("mmproj-model.gguf"), 128)
    model = specs.find(f"local:{alone}")
    takes = model.capabilities
    assert takes.image and takes.audio and takes.audio_raw and not takes.lacks
    assert takes.image_pixels == SIDE
    engine = LlamaEngine(model)
    try:
        engine.load(threading.Event())
        read = {}
        for file in ("one-shape.png", "digits.wav"):
            asked = Conversation.ask("What?", sample(file))
            settings = Settings(temperature=0.0, max_tokens=4)
            last = list(engine.stream(asked, settings, threading.Event()))[-1]
            assert isinstance(last, Finished) and last.prompt is not None
            read[file] = last.prompt, tokens.count(asked, settings, model)
    finally:
        engine.close()
    heard, foreseen = read["digits.wav"]
    assert heard.audio == foreseen.audio > 0
    seen, foreseen = read["one-shape.png"]
    assert seen.image == pytest.approx(foreseen.image, rel=0.15), (
        "it scales pictures in its own way"
    )


@pytest.mark.parametrize(
    ("beside", "why"),
    [
        ("", "no mmproj file for it lies beside its GGUF file"),
        ("other", "mmproj-model.gguf is for a model of width 256, and this one's is 128"),
        ("broken", "mmproj-model.gguf is cut off: "),
    ],
)
def test_without_them_it_says_why_it_takes_neither(alone: Path, beside: str, why: str) -> None:
    file = alone.with_name("mmproj-model.gguf")
    if beside == "other":
        unified(file, 256)
    if beside == "broken":
        file.write_bytes(TINY_ENCODERS.read_bytes()[:-200])
    model = specs.find(f"local:{alone}")
    assert model.encoders is None and model.capabilities.lacks.startswith(why)
    for name, noun in (("one-shape.png", "pictures"), ("digits.wav", "sound")):
        asked = Conversation.ask("What?", sample(name))
        count = tokens.count(asked, Settings(), model)
        told = check(asked, Settings(), model.capabilities, count, "E2B f32")
        assert isinstance(told, Refused)
        assert told.reason.startswith(f"E2B f32 takes no {noun}: {why}")
        assert told.mends
