"""What a model takes and does.

Capabilities come from a checkpoint's own files (`read`) or from a server's description; the catalogue is only the
fallback. Nothing here looks at a model's name.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from playground.models import checkpoint

IMAGE_BUDGETS = (70, 140, 280, 560, 1120)
"""Soft tokens a picture that Gemma 4's image processor accepts (transformers, image_processing_gemma4.py)."""

SAMPLE_RATE = 16_000
"""Samples a second of every recording inside the program: the rate that Gemma 4's audio encoder expects.
"""


GoesOn = Literal["no", "answer", "thought"]
"""How far a model goes on, where it runs, with an answer that was begun: its words, or its thought too."""


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What a model takes and does, with the numbers that its token counts follow from.

    `context` in tokens. `image_pixels` is the side in pixels of the square that becomes one soft token (48 for the
    real family: patches of 16, pooled 3 x 3). `audio_ms` is how much sound one token holds, `audio_seconds` and
    `video_seconds` are the longest recording and clip. `audio_raw` tells that sound enters as raw samples (12B) and not
    through an encoder of spectra. `image_budget` tells that the tokens of a picture can be chosen for one prompt.
    `lacks` says why it takes no pictures and no sound where others of its kind do, in words that go on after its name
    and a colon.
    """

    image: bool
    audio: bool
    video: bool
    thinking: bool
    tools: bool
    schema: bool
    context: int
    image_budget: bool = True
    image_tokens: int = 280
    image_pixels: int = 48
    audio_ms: float = 40.0
    audio_seconds: float = 30.0
    audio_raw: bool = False
    video_seconds: float = 60.0
    goes_on: GoesOn = "thought"
    lacks: str = ""


def read(path: Path, name: str = "") -> Capabilities:
    """The capabilities of a checkpoint directory, from its JSON files and its chat template.

    Raises ValueError, one sentence that calls it `name` (else what its directory is called), when it has no config.json
    of a language model or one that makes no sense.
    """
    config, name = checkpoint.settings(path, "config.json"), name or path.name
    text = config.get("text_config") or config
    if not isinstance(text, dict) or "max_position_embeddings" not in text:
        raise ValueError(f"{name} has no config.json of a model that this program can run.")
    try:
        described = _described(path, config, int(text["max_position_embeddings"]))
        if min(described.context, described.image_pixels, described.image_tokens) < 1:
            raise ValueError
        if not 0 < described.audio_ms < float("inf"):
            raise ValueError
    except (TypeError, ValueError, AttributeError, LookupError, ArithmeticError):
        raise ValueError(f"{name} has settings that make no sense in its config.json.") from None
    return described


def _described(path: Path, config: dict[str, Any], context: int) -> Capabilities:
    """The processor's settings count where they differ from the model's: they are what is computed with."""
    vision, audio = config.get("vision_config") or {}, config.get("audio_config") or {}
    processor = checkpoint.settings(path, "processor_config.json")
    older = checkpoint.settings(path, "preprocessor_config.json")
    pictures = {**vision, **(processor.get("image_processor") or older)}
    sound = {**audio, **(processor.get("feature_extractor") or older)}
    audio_ms, raw = processor.get("audio_ms_per_token", 40), "audio_embed_dim" in audio
    if raw:
        samples = sound.get("audio_samples_per_token", audio["audio_embed_dim"])
        audio_ms = samples * 1000 / SAMPLE_RATE
    template = checkpoint.chat_template(path)
    return Capabilities(
        image=bool(vision),
        audio=bool(audio),
        video=bool(vision),
        thinking=_reads(template, "enable_thinking"),
        tools=_reads(template, "tools"),
        schema=True,
        context=context,
        image_tokens=int(
            pictures.get("max_soft_tokens") or vision.get("default_output_length", 280)
        ),
        image_pixels=int(pictures.get("patch_size", 16))
        * int(pictures.get("pooling_kernel_size", 3)),
        audio_ms=float(audio_ms),
        audio_raw=raw,
    )


def _reads(template: str, variable: str) -> bool:
    """Whether a chat template looks at that variable."""
    return re.search(rf"\b{variable}\b", template) is not None
