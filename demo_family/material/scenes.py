"""What a drawn picture shows: shapes with colours and places, or a word. Knows neither pixels nor questions."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from typing import Literal

SHAPES = ("circle", "square", "triangle", "star", "cross", "diamond", "ring", "heart")

COLOURS: dict[str, tuple[int, int, int]] = {
    "red": (222, 32, 38),
    "orange": (248, 138, 20),
    "yellow": (246, 216, 26),
    "green": (34, 158, 62),
    "blue": (34, 84, 216),
    "purple": (132, 48, 176),
    "pink": (250, 140, 186),
    "brown": (124, 76, 40),
    "black": (20, 20, 22),
    "white": (250, 250, 250),
}

BACKGROUNDS: dict[str, tuple[int, int, int]] = {
    "paper": (255, 255, 255),
    "cream": (247, 240, 224),
    "light grey": (208, 210, 214),
    "grey": (128, 130, 134),
    "slate": (60, 66, 78),
    "night": (18, 20, 30),
    "sky": (190, 220, 246),
    "mint": (200, 236, 214),
}

# Colours that would vanish in a background.
UNSEEN: dict[str, frozenset[str]] = {
    "paper": frozenset({"white"}),
    "cream": frozenset({"white", "yellow"}),
    "light grey": frozenset({"white"}),
    "grey": frozenset(),
    "slate": frozenset({"black"}),
    "night": frozenset({"black"}),
    "sky": frozenset({"white"}),
    "mint": frozenset({"white"}),
}

# Sizes that the picture processor keeps at 70 soft tokens with cells of 16 pixels: width, height.
Size = tuple[int, int]
SIZES: tuple[Size, ...] = ((128, 128), (144, 112), (112, 144), (176, 96), (96, 160), (160, 96))

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
DIGITS = "0123456789"
Box = tuple[float, float, float, float]
"""Left, top, right, bottom in pixels of the picture."""


@dataclass(frozen=True, slots=True)
class Thing:
    """One shape in a picture; `turn` in degrees."""

    shape: str
    colour: str
    box: Box
    turn: float = 0.0

    @property
    def centre(self) -> tuple[float, float]:
        """x and y of the middle, in pixels."""
        left, top, right, bottom = self.box
        return (left + right) / 2, (top + bottom) / 2

    @property
    def name(self) -> str:
        """How people call it: "red circle"."""
        return f"{self.colour} {self.shape}"


@dataclass(frozen=True, slots=True)
class Lettering:
    """A word in a picture, each letter in a box of its own."""

    word: str
    colour: str
    boxes: tuple[Box, ...]
    font: int


@dataclass(frozen=True, slots=True)
class Scene:
    """A picture before it is drawn; `grain` from 0 to 1 is how noisy it is, `clutter` fills it with nothing known."""

    width: int
    height: int
    background: str
    things: tuple[Thing, ...] = ()
    lettering: Lettering | None = None
    grain: float = 0.0
    clutter: bool = False

    @property
    def from_left(self) -> list[Thing]:
        """The things from left to right, the order in which they are counted and named."""
        return sorted(self.things, key=lambda thing: thing.centre)

    @property
    def names(self) -> list[str]:
        """The names of the things from left to right."""
        return [thing.name for thing in self.from_left]

    @property
    def singles(self) -> list[Thing]:
        """The things that share their name with no other: only these can be asked about by name."""
        names = self.names
        return [thing for thing in self.things if names.count(thing.name) == 1]


def _visible(background: str) -> list[str]:
    return [colour for colour in COLOURS if colour not in UNSEEN[background]]


def any_size(rng: Random) -> Size:
    """A size of picture; most are square."""
    return SIZES[0] if rng.random() < 0.6 else rng.choice(SIZES[1:])


def _apart(box: Box, others: list[Box], gap: float) -> bool:
    left, top, right, bottom = box
    return all(
        right + gap <= o[0] or o[2] + gap <= left or bottom + gap <= o[1] or o[3] + gap <= top
        for o in others
    )


def place(rng: Random, width: int, height: int, count: int) -> list[Box]:
    """Square boxes that do not touch; fewer than `count` where no room was found."""
    largest = min(width, height) * (0.8, 0.5, 0.42, 0.38, 0.34, 0.3)[min(count, 6) - 1]
    smallest = max(18.0, largest * 0.5)
    boxes: list[Box] = []
    for _ in range(count * 40):
        side = rng.uniform(smallest, largest)
        left = rng.uniform(1, width - side - 1)
        top = rng.uniform(1, height - side - 1)
        box = (left, top, left + side, top + side)
        if _apart(box, boxes, gap=3):
            boxes.append(box)
            if len(boxes) == count:
                break
    return boxes


def shapes(rng: Random, count: int | None = None, size: Size | None = None) -> Scene:
    """One to five shapes; about a third of the pictures repeat a shape or a colour so that counting means something."""
    width, height = size or any_size(rng)
    background = rng.choice(list(BACKGROUNDS))
    colours = _visible(background)
    wanted = count if count is not None else rng.choice((1, 1, 1, 2, 2, 2, 3, 3, 4, 5))
    same_shape = rng.choice(SHAPES) if rng.random() < 0.35 else None
    same_colour = rng.choice(colours) if rng.random() < 0.2 else None
    things = []
    for box in place(rng, width, height, wanted):
        shape = same_shape if same_shape and rng.random() < 0.75 else rng.choice(SHAPES)
        colour = same_colour if same_colour and rng.random() < 0.75 else rng.choice(colours)
        things.append(Thing(shape, colour, box, turn=rng.uniform(-15, 15)))
    return Scene(width, height, background, tuple(things), grain=_grain(rng))


def empty(rng: Random, size: Size | None = None) -> Scene:
    """A picture with nothing in it that the family knows."""
    width, height = size or any_size(rng)
    return Scene(
        width, height, rng.choice(list(BACKGROUNDS)), grain=rng.random(), clutter=rng.random() < 0.8
    )


def _grain(rng: Random) -> float:
    return rng.random() * 0.5 if rng.random() < 0.3 else 0.0


def word(rng: Random, text: str, fonts: range, size: Size | None = None) -> Scene:
    """A word of one to six capitals or digits; letters stand at least one cell apart so that each has a cell."""
    width, height = size or any_size(rng)
    background = rng.choice(list(BACKGROUNDS))
    cell = 16.0
    widest = min(34.0, (width - 4) / len(text))
    advance = rng.uniform(min(cell + 0.5, widest), widest)
    tall = min(advance * rng.uniform(1.1, 1.5), height - 4)
    left = rng.uniform(1, width - advance * len(text) - 1)
    top = rng.uniform(1, height - tall - 1)
    boxes = tuple(
        (left + i * advance, top, left + (i + 1) * advance, top + tall) for i in range(len(text))
    )
    lettering = Lettering(text, rng.choice(_visible(background)), boxes, rng.choice(fonts))
    return Scene(width, height, background, (), lettering, _grain(rng))


Direction = Literal["left", "right", "up", "down"]


def moving(rng: Random, frames: int) -> tuple[tuple[Scene, ...], Direction, Thing]:
    """A shape that moves in one direction over some frames, with the direction and the shape."""
    width = height = 128
    background = rng.choice(list(BACKGROUNDS))
    shape, colour = rng.choice(SHAPES), rng.choice(_visible(background))
    directions: tuple[Direction, ...] = ("left", "right", "up", "down")
    direction = rng.choice(directions)
    side = rng.uniform(28, 52)
    start, end = rng.uniform(2, 20), width - side - rng.uniform(2, 20)
    across = rng.uniform(2, width - side - 2)
    scenes = []
    for i in range(frames):
        along = start + (end - start) * i / max(frames - 1, 1)
        if direction in ("left", "up"):
            along = width - side - along
        left, top = (along, across) if direction in ("left", "right") else (across, along)
        thing = Thing(shape, colour, (left, top, left + side, top + side))
        scenes.append(Scene(width, height, background, (thing,)))
    return tuple(scenes), direction, thing
