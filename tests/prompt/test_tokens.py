"""What is counted before sending is what the true processor makes of it, kind by kind."""

from __future__ import annotations

import json
import random
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from PIL import Image as PillowImage

from playground.comparisons.contender import contenders
from playground.comparisons.witnesses.admission import verdicts
from playground.models import capabilities
from playground.models.capabilities import IMAGE_BUDGETS, Capabilities
from playground.models.model import Model
from playground.models.servers import Server
from playground.prompt import tokens
from playground.prompt.check import Accepted, Refused
from playground.prompt.conversation import (
    Conversation,
    Document,
    Image,
    Message,
    Settings,
    Text,
    ToolCall,
    ToolResult,
    Video,
)
from playground.prompt.cost import PromptTokens
from playground.prompt.media.pictures import store as store_picture
from playground.prompt.media.waveforms import store as store_sound
from playground.prompt.template import OPEN

DEMO = Path(__file__).parents[2] / "assets" / "demo"
VARIANTS = sorted(config.parent.name for config in DEMO.glob("*/config.json"))
SIZES = [(1, 10_000), (10_000, 1), (1, 1), (33, 33), (640, 480), (1999, 1001), (16, 1120), (48, 47)]
LENGTHS = [800, 801, 15_999, 16_000, 16_001, 16_321, 163_840, 479_999, 480_000]

REAL = Capabilities(
    image=True, audio=True, video=True, thinking=True, tools=True, schema=False, context=131_072
)


def model(path: Path | None, of: Capabilities = REAL) -> Model:
    return Model("local:x", "E2B", "x", "local", of, path=path)


def served(kind: str = "vllm") -> Model:
    return Model("server:lab/x", "E2B", "x", "server", REAL, server=Server("lab", "http://x", kind))


def demo(variant: str) -> Model:
    return model(DEMO / variant, capabilities.read(DEMO / variant))


def picture(width: int, height: int) -> Image:
    return store_picture("a.png", PillowImage.new("RGB", (width, height)), 4_000_000)


def recording(samples: int) -> Any:
    return store_sound("a.wav", np.full(samples, 0.1, np.float32))


def clip(frames: int) -> Video:
    times = tuple(float(at) for at in range(58, 58 + frames))
    return Video("a.mp4", (picture(320, 180),) * frames, times, float(frames))


TOOL = {
    "type": "function",
    "function": {
        "name": "look_up",
        "description": "Looks <|tool> up.",
        "parameters": {
            "type": "object",
            "properties": {"word": {"type": "string", "description": "What to look up"}},
            "required": ["word"],
        },
    },
}
CALL = Message(
    "model", (ToolCall("look_up", {"word": "<|turn>"}), ToolResult("look_up", {"found": [1, "x"]}))
)
TURN = Message(
    "model",
    (
        Text("Let me see."),
        ToolCall("look_up", {"word": "a", "deep": [{"b": None}]}),
        ToolCall("now", {}),
        ToolResult("look_up", "<turn|> no"),
        ToolResult("now", [1, True, "x"]),
    ),
    "I have to look.",
)
QUESTION = Message("user", (Text("What is it?"),))

CONVERSATIONS = {
    "words": Conversation.ask("Hello there, what is your name?"),
    "system": Conversation.ask("Hello", system="  Be brief.\n"),
    "control tokens": Conversation.ask("<bos><|turn>model\n<|image|> x <|audio|><|think|><unk>"),
    "private characters": Conversation.ask(f"a{OPEN}<|image|>b {OPEN}"),
    "many scripts": Conversation.ask("Ünï 😀 中文 العربية \n\n\t  a\r\nb"),
    "turns": Conversation((QUESTION, Message("model", (Text("A cat."),)), QUESTION)),
    "tool": Conversation((QUESTION, CALL)),
    "words, two calls and a thought": Conversation((QUESTION, TURN)),
    "two turns of tools": Conversation((QUESTION, TURN, CALL, QUESTION)),
    "tool and words": Conversation((QUESTION, CALL, QUESTION)),
    "clip": Conversation.ask("What happens?", (clip(3),)),
    "clip of large frames": Conversation.ask("What?", (replace(clip(2), frame_tokens=280),)),
    "files": Conversation.ask(
        "Sum?", (Document("<|turn>.csv", "a,b\n1,2 <|image|>"), picture(50, 60), Document("b", "`"))
    ),
    "everything": Conversation.ask(
        "Look.", (picture(50, 60), clip(2), recording(40_000), recording(20_001)), system="Hm."
    ),
    **{f"{w}x{h}": Conversation.ask("What?", (picture(w, h),)) for w, h in SIZES},
    **{
        f"{samples} samples": Conversation.ask("What?", (recording(samples),))
        for samples in LENGTHS
    },
}
SETTINGS = [
    Settings(),
    Settings(image_tokens=140, thinking=True),
    Settings(image_tokens=1120, tools=(TOOL,)),
]


@pytest.fixture(scope="module", params=VARIANTS)
def variant(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def processor(variant: str) -> SimpleNamespace:
    """What the worker calls a checkpoint, without its weights."""
    import torch
    from transformers import AutoConfig, AutoProcessor

    from playground.engines.worker import processor as stock

    stock.prepare()
    loaded = AutoProcessor.from_pretrained(DEMO / variant)
    return SimpleNamespace(
        processor=loaded,
        tokenizer=loaded.tokenizer,
        device="cpu",
        model=SimpleNamespace(
            dtype=torch.float32, config=AutoConfig.from_pretrained(DEMO / variant)
        ),
        marks=SimpleNamespace(turn_opens=loaded.tokenizer.convert_tokens_to_ids("<|turn>")),
    )


@pytest.mark.slow
@pytest.mark.parametrize("settings", SETTINGS, ids=["plain", "thinking", "tools"])
def test_counted_as_sent(variant: str, processor: Any, settings: Settings) -> None:
    from playground.engines.worker.inputs import prepare

    of = demo(variant)
    for name, conversation in CONVERSATIONS.items():
        if not of.capabilities.audio and any(p.kind == "audio" for p in conversation.parts()):
            continue
        sent = prepare(processor, conversation, settings).prompt
        assert tokens.count(conversation, settings, of) == sent, name


@pytest.mark.slow
def test_pictures_cost_what_both_processors_make_of_them() -> None:
    from transformers.models.gemma4.processing_gemma4 import get_aspect_ratio_preserving_size
    from transformers.models.gemma4_unified import processing_gemma4_unified as unified

    rng = random.Random(0)
    for _ in range(500):
        width, height = (int(10 ** rng.uniform(0.9, 4.5)) for _ in range(2))
        budget = rng.choice(IMAGE_BUDGETS)
        for size in (get_aspect_ratio_preserving_size, unified.get_aspect_ratio_preserving_size):
            down, across = size(height, width, 16, budget * 9, 3)
            true = down * across // 48**2
            assert tokens.image_tokens(width, height, budget, REAL) == true + 2


@pytest.mark.slow
@pytest.mark.parametrize("samples", LENGTHS)
def test_raw_sound_costs_what_the_12b_makes_of_it(samples: int) -> None:
    from transformers.models.gemma4_unified.feature_extraction_gemma4_unified import (
        Gemma4UnifiedAudioFeatureExtractor as Extractor,
    )

    raw = Capabilities(True, True, True, True, True, False, 262_144, audio_raw=True)
    true = Extractor()(np.zeros(samples, np.float32))["input_features_mask"].sum()
    assert tokens.audio_tokens(recording(samples), raw) == true + 2


@pytest.mark.parametrize("samples", [*LENGTHS, 479_840, 480_000, 480_160, 480_161, 480_320])
def test_sound_through_an_encoder_costs_what_its_processor_makes_of_it(samples: int) -> None:
    """Also a little beyond the longest recording, which is let pass: its end is cut off."""
    from transformers.models.gemma4.processing_gemma4 import Gemma4Processor

    stock = SimpleNamespace(
        feature_extractor=SimpleNamespace(frame_length=320, hop_length=160), audio_seq_length=750
    )
    true = Gemma4Processor._compute_audio_num_tokens(stock, np.zeros(samples), 16_000)
    assert tokens.audio_tokens(recording(samples), REAL) == true + 2


def test_parts_add_up_to_the_whole() -> None:
    of, settings = demo(VARIANTS[-1]), Settings(image_tokens=280)
    parts = (picture(640, 480), clip(3), recording(48_000))
    whole = tokens.count(Conversation.ask("What is it?", parts), settings, of)
    each = {part.kind: tokens.of_part(part, settings, of) for part in parts}
    stamps = 3 * tokens.of_part(Text("00:58 "), settings, of)
    assert each["image"] == whole.image
    assert each["audio"] == whole.audio
    assert each["video"] == pytest.approx(whole.video + stamps, abs=3)
    assert 0 < tokens.of_part(Text("What is it?"), settings, of) < whole.text


def test_half_a_letter_costs_something_and_breaks_nothing() -> None:
    """As a link may bring it, in the words of a tool that nobody could declare."""
    tool = {
        "type": "function",
        "function": {"name": "f", "description": "\ud83d", "parameters": {}},
    }
    asked = Conversation.ask("half \ud83d")
    for of in (demo(VARIANTS[-1]), model(None)):
        assert tokens.count(asked, Settings(tools=(tool,), begun="\ude00"), of).text > 3


@pytest.mark.parametrize(
    "files",
    [
        None,
        {},
        {"chat_template.jinja": "{{ messages"},
        {"chat_template.jinja": "{{ raise_exception('no') }}", "tokenizer.json": "demo"},
        {"chat_template.jinja": "{{ messages.nothing.at.all }}", "tokenizer.json": "demo"},
        {"chat_template.jinja": "{{ messages }}", "tokenizer.json": "{"},
    ],
)
def test_what_can_not_be_counted_is_estimated(tmp_path: Path, files: dict[str, str] | None) -> None:
    for name, text in (files or {}).items():
        if text == "demo":
            text = (DEMO / VARIANTS[0] / name).read_text()
        (tmp_path / name).write_text(text)
    of = model(None if files is None else tmp_path)
    conversation = Conversation.ask("x" * 400, (picture(640, 480), recording(16_000)))
    assert tokens.count(conversation, Settings(), of) == PromptTokens(
        text=110, image=268, audio=27, source="estimated"
    )


def test_templates_run_in_a_sandbox(tmp_path: Path) -> None:
    template = "{{ messages.__class__.__mro__[1].__subclasses__() }}"
    (tmp_path / "chat_template.jinja").write_text(template)
    (tmp_path / "tokenizer.json").write_text((DEMO / VARIANTS[0] / "tokenizer.json").read_text())
    (tmp_path / "tokenizer_config.json").write_text(json.dumps({"bos_token": {"content": "<bos>"}}))
    counted = tokens.count(Conversation.ask("Hello"), Settings(), model(tmp_path))
    assert counted.source == "estimated"


@pytest.mark.parametrize(
    ("budget", "frame"),
    [(None, 22 * 12 + 2), (70, 11 * 6 + 2), (1120, 44 * 25 + 2)],
)
def test_frames_cost_a_server_what_pictures_cost(budget: int | None, frame: int) -> None:
    """They are sent as pictures, so its picture budget counts: 320 x 180 fills it, each side in whole squares."""
    asked, settings = Conversation.ask("What?", (clip(32),)), Settings(image_tokens=budget)
    assert tokens.count(asked, settings, served()).video == 32 * frame
    assert tokens.count(asked, settings, model(None)).video == 32 * (11 * 6 + 2)
    of_clip = tokens.of_part(clip(32), settings, served()) - 32 * frame
    assert of_clip == tokens.of_part(clip(32), settings, model(None)) - 32 * (11 * 6 + 2)


def test_what_a_server_would_refuse_does_not_fit() -> None:
    small = replace(served(), capabilities=replace(REAL, context=8192))
    columns = contenders([(small, Settings()), (replace(small, server=None), Settings())])
    refused, fits = verdicts(Conversation.ask("What?", (clip(32),)), columns)
    assert isinstance(refused, Refused) and "8,192 tokens" in refused.reason
    assert isinstance(fits, Accepted)
