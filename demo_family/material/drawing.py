"""Draws a scene with Pillow. Knows nothing of labels or questions."""

from __future__ import annotations

import math
from functools import lru_cache
from random import Random

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from demo_family.material.scenes import BACKGROUNDS, COLOURS, Box, Lettering, Scene, Thing

OVERSAMPLING = 3

# The faces are common on Linux; Pillow's own face stands in where they are missing. The last one is held out: no
# training picture uses it.
FONT_NAMES = (
    "DejaVuSans-Bold.ttf",
    "DejaVuSans.ttf",
    "DejaVuSerif-Bold.ttf",
    "DejaVuSansMono-Bold.ttf",
    "LiberationSans-Bold.ttf",
    "LiberationSans-Regular.ttf",
    "LiberationMono-Bold.ttf",
    "LiberationSerif-Bold.ttf",
    "DejaVuSansCondensed-Bold.ttf",
    "DejaVuSerif.ttf",
    "LiberationSansNarrow-Bold.ttf",
)
TRAINING_FONTS = range(len(FONT_NAMES) - 1)
HELD_OUT_FONTS = range(len(FONT_NAMES) - 1, len(FONT_NAMES))

Point = tuple[float, float]


@lru_cache(maxsize=512)
def _face(font: int, size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    try:
        return ImageFont.truetype(FONT_NAMES[font], size)
    except OSError:
        return ImageFont.load_default(size)


def _star() -> list[Point]:
    return [
        (0.5 + r * math.sin(i * math.pi / 5), 0.53 - r * math.cos(i * math.pi / 5))
        for i in range(10)
        for r in ((0.53, 0.22)[i % 2],)
    ]


def _heart() -> list[Point]:
    curve = []
    for i in range(40):
        t = 2 * math.pi * i / 40
        x = 16 * math.sin(t) ** 3
        y = 13 * math.cos(t) - 5 * math.cos(2 * t) - 2 * math.cos(3 * t) - math.cos(4 * t)
        curve.append((0.5 + x / 33, 0.46 - y / 31))
    return curve


# Corners of each shape in a unit square, y downwards.
OUTLINES: dict[str, list[Point]] = {
    "square": [(0.04, 0.04), (0.96, 0.04), (0.96, 0.96), (0.04, 0.96)],
    "triangle": [(0.5, 0.03), (0.99, 0.94), (0.01, 0.94)],
    "star": _star(),
    "cross": [
        (0.34, 0.02), (0.66, 0.02), (0.66, 0.34), (0.98, 0.34), (0.98, 0.66), (0.66, 0.66),
        (0.66, 0.98), (0.34, 0.98), (0.34, 0.66), (0.02, 0.66), (0.02, 0.34), (0.34, 0.34),
    ],
    "diamond": [(0.5, 0.0), (0.86, 0.5), (0.5, 1.0), (0.14, 0.5)],
    "heart": _heart(),
}  # fmt: skip


def _turned(points: list[Point], degrees: float) -> list[Point]:
    angle = math.radians(degrees)
    cos, sin = math.cos(angle), math.sin(angle)
    return [
        (0.5 + (x - 0.5) * cos - (y - 0.5) * sin, 0.5 + (x - 0.5) * sin + (y - 0.5) * cos)
        for x, y in points
    ]


def _jitter(rgb: tuple[int, int, int], rng: Random, by: int) -> tuple[int, int, int]:
    red, green, blue = (max(0, min(255, value + rng.randint(-by, by))) for value in rgb)
    return red, green, blue


def _scaled(box: Box, by: float) -> Box:
    left, top, right, bottom = box
    return left * by, top * by, right * by, bottom * by


def _draw_thing(canvas: ImageDraw.ImageDraw, thing: Thing, rng: Random, scale: float) -> None:
    colour = _jitter(COLOURS[thing.colour], rng, 12)
    box = _scaled(thing.box, scale)
    side = box[2] - box[0]
    if thing.shape == "circle":
        canvas.ellipse(box, fill=colour)
    elif thing.shape == "ring":
        canvas.ellipse(box, outline=colour, width=max(2, round(side * 0.2)))
    else:
        corners = _turned(OUTLINES[thing.shape], thing.turn)
        canvas.polygon([(box[0] + x * side, box[1] + y * side) for x, y in corners], fill=colour)


def _draw_lettering(
    canvas: ImageDraw.ImageDraw, lettering: Lettering, rng: Random, scale: float
) -> None:
    colour = _jitter(COLOURS[lettering.colour], rng, 12)
    for letter, unscaled in zip(lettering.word, lettering.boxes, strict=True):
        left, top, right, bottom = _scaled(unscaled, scale)
        size = min((bottom - top) * 1.15, (right - left) * 1.3)
        face = _face(lettering.font, max(6, round(size)))
        canvas.text(
            ((left + right) / 2, (top + bottom) / 2), letter, fill=colour, font=face, anchor="mm"
        )


def draw(scene: Scene, seed: int, scale: float = 1.0) -> Image.Image:
    """The picture, RGB, `scale` times the scene's size; the seed decides shades and grain and nothing else."""
    rng = Random(seed)
    fine = OVERSAMPLING * scale
    background = _jitter(BACKGROUNDS[scene.background], rng, 8)
    image = Image.new("RGB", (round(scene.width * fine), round(scene.height * fine)), background)
    if scene.clutter:
        image = _cluttered(image, seed)
    canvas = ImageDraw.Draw(image)
    for thing in scene.things:
        _draw_thing(canvas, thing, rng, fine)
    if scene.lettering is not None:
        _draw_lettering(canvas, scene.lettering, rng, fine)
    size = (round(scene.width * scale), round(scene.height * scale))
    image = image.resize(
        size, Image.Resampling.BOX if rng.random() < 0.5 else Image.Resampling.BICUBIC
    )
    return _grainy(image, scene.grain, seed) if scene.grain else image


def _cluttered(image: Image.Image, seed: int) -> Image.Image:
    """Soft patches of any colour over everything: about what a photograph is to a very small eye."""
    dice = np.random.default_rng(seed)
    coarse = dice.integers(0, 256, (dice.integers(2, 9), dice.integers(2, 9), 3), dtype=np.uint8)
    patches = Image.fromarray(coarse).resize(image.size, Image.Resampling.BICUBIC)
    return Image.blend(image, patches, 0.3 + 0.7 * float(dice.random()))


def _grainy(image: Image.Image, grain: float, seed: int) -> Image.Image:
    noise = np.random.default_rng(seed).normal(0, 30 * grain, (image.height, image.width, 3))
    return Image.fromarray(np.clip(np.asarray(image) + noise, 0, 255).astype(np.uint8))
