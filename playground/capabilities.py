"""What a model takes and does, and the one check of a prompt against it.

Capabilities come from a checkpoint's own files (`read`) or from a server's description; the catalogue is only the
fallback. Nothing here looks at a model's name.
"""

from __future__ import annotations

from dataclasses import dataclass

IMAGE_BUDGETS = (70, 140, 280, 560, 1120)
"""Soft tokens a picture that Gemma 4's image processor accepts (transformers, image_processing_gemma4.py)."""


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What a model takes and does, with the numbers that its token counts follow from.

    `context` in tokens. `image_pixels` is the side in pixels of the square that becomes one soft token (48 for the
    real family: patches of 16, pooled 3 x 3). `audio_ms` is how much sound one token holds, `audio_seconds` the longest
    recording, `video_frames` and `video_seconds` the most that a clip may hold.
    """

    image: bool
    audio: bool
    video: bool
    thinking: bool
    tools: bool
    schema: bool
    context: int
    image_tokens: int = 280
    image_pixels: int = 48
    audio_ms: float = 40.0
    audio_seconds: float = 30.0
    video_frames: int = 32
    video_seconds: float = 60.0
    video_frame_tokens: int = 70
