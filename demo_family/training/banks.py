"""Examples whose media went through a finished tower once: the four members learn from the same soft tokens.

The towers are taught first and then left as they are, so a picture or a recording costs its tower only once, however
often and by however many members it is asked about. Banks live in the cache directory and are made again when missing.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import TypeVar

import numpy as np
import torch
from torch import Tensor
from transformers.models.gemma4.modeling_gemma4 import Gemma4AudioModel, Gemma4VisionModel

from demo_family.material import recordings, scenes
from demo_family.material.drawing import HELD_OUT_FONTS, TRAINING_FONTS, draw
from demo_family.material.recordings import Recording
from demo_family.material.scenes import DIGITS, LETTERS, Direction, Scene, Size, Thing
from demo_family.tasks.text_tasks import words
from demo_family.training import hearing, seeing

T = TypeVar("T")
CHUNK = 32
"""Pictures or recordings that go through a tower together."""


@dataclass(frozen=True, slots=True)
class Seen:
    """A scene and its soft tokens (cells, width)."""

    scene: Scene
    features: Tensor


@dataclass(frozen=True, slots=True)
class Clip:
    """Frames of something that moves, with their soft tokens."""

    frames: tuple[Tensor, ...]
    direction: Direction
    thing: Thing


@dataclass(frozen=True, slots=True)
class Heard:
    """A recording (without its samples) and its soft tokens (frames, width)."""

    recording: Recording
    features: Tensor


def scene(rng: Random, size: Size, held_out: bool = False) -> Scene:
    """A scene to talk about."""
    kind = rng.random()
    if kind < 0.7:
        return scenes.shapes(rng, size=size)
    if kind < 0.93:
        fonts = HELD_OUT_FONTS if held_out else TRAINING_FONTS
        return scenes.word(rng, _lettering(rng, min(6, size[0] // 17), held_out), fonts, size=size)
    return scenes.empty(rng, size=size)


def _lettering(rng: Random, longest: int, held_out: bool) -> str:
    if rng.random() < 0.15:
        return "".join(rng.choice(DIGITS) for _ in range(rng.randint(1, min(4, longest))))
    if not held_out and rng.random() < 0.5:
        return "".join(rng.choice(LETTERS) for _ in range(rng.randint(1, longest)))
    fitting = [word for word in words(held_out) if len(word) <= longest]
    return rng.choice(fitting).upper()


def picture_chunk(tower: Gemma4VisionModel, rng: Random) -> list[Seen]:
    """Some fresh pictures of one size."""
    size = scenes.any_size(rng)
    drawn = [scene(rng, size) for _ in range(CHUNK)]
    pictures = np.stack([np.asarray(draw(each, rng.getrandbits(32))) for each in drawn])
    seen = seeing.features(tower, pictures).to(torch.bfloat16)
    return [Seen(each, features.clone()) for each, features in zip(drawn, seen, strict=True)]


def clip_chunk(tower: Gemma4VisionModel, rng: Random) -> list[Clip]:
    """Some fresh clips of two to five frames."""
    clips = []
    for _ in range(CHUNK // 4):
        moving, direction, thing = scenes.moving(rng, rng.randint(2, 5))
        shade = rng.getrandbits(32)
        pictures = np.stack([np.asarray(draw(each, shade)) for each in moving])
        features = seeing.features(tower, pictures).to(torch.bfloat16)
        clips.append(Clip(tuple(frame.clone() for frame in features), direction, thing))
    return clips


def recording_chunk(tower: Gemma4AudioModel, rng: Random) -> list[Heard]:
    """Some fresh recordings."""
    made = sorted((recording(rng) for _ in range(CHUNK)), key=lambda each: len(each.sound))
    found: list[Heard] = []
    for start in range(0, CHUNK, 8):
        part = made[start : start + 8]
        features, real = hearing.features(tower, [each.sound for each in part])
        for i, each in enumerate(part):
            soft = features[i][real[i]].to(torch.bfloat16).clone()
            found.append(
                Heard(
                    Recording(each.kind, each.sound[:0], each.words, each.beeps, each.pitches), soft
                )
            )
    return found


def recording(rng: Random, held_out: bool = False) -> Recording:
    """A recording to talk about."""
    kind = rng.random()
    if kind < 0.62:
        return recordings.spoken(rng, held_out)
    if kind < 0.8:
        return recordings.beeps(rng)
    return recordings.two_tones(rng) if kind < 0.94 else recordings.noise(rng)


def bank(
    path: Path,
    count: int,
    chunk: Callable[[Random], Sequence[T]],
    say: Callable[[str], None] = print,
) -> list[T]:
    """`count` examples, read from `path` or made and kept there; makes only what is missing."""
    kept: list[T] = torch.load(path, weights_only=False) if path.exists() else []
    if len(kept) >= count:
        return kept
    made = list(kept)
    with torch.no_grad():
        while len(made) < count:
            made += chunk(Random(f"{path.stem} {len(made)}"))
            if len(made) // CHUNK % 50 == 0:
                say(f"{path.stem}: {len(made)} of {count}")
    path.parent.mkdir(parents=True, exist_ok=True)
    torch.save(made, path)
    return made
