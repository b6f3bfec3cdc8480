"""What each cell of a picture shows: the labels on which the vision tower learns to see before it learns to talk.

A cell is the square that becomes one soft token (16 pixels). Answers alone teach a small tower very slowly; labels for
every cell teach it in minutes (measured). Knows scenes, not pixels.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from playground.demo.scenes import COLOURS, DIGITS, LETTERS, SHAPES, Box, Scene

CELL = 16
SHAPE_CLASSES = len(SHAPES) + 1
COLOUR_CLASSES = len(COLOURS) + 1
CHARACTERS = LETTERS + DIGITS
CHARACTER_CLASSES = len(CHARACTERS) + 1
BOX_SCALE = 64.0
_COLOUR_NUMBER = {colour: i + 1 for i, colour in enumerate(COLOURS)}


@dataclass(frozen=True, slots=True)
class Cells:
    """Labels in reading order, one a cell; class 0 means nothing there.

    `centre` is 1 where the middle of a shape or letter lies; `edges` (cells, 4) holds the distances from the cell's
    middle to the shape's left, top, right and bottom, in units of 64 pixels, and means something at centres only.
    """

    shape: NDArray[np.int64]
    colour: NDArray[np.int64]
    character: NDArray[np.int64]
    centre: NDArray[np.int64]
    edges: NDArray[np.float32]


def _covered(box: Box, columns: int, rows: int, margin: float) -> list[int]:
    left, top, right, bottom = box
    inset = (right - left) * margin
    found = []
    for row in range(rows):
        for column in range(columns):
            x, y = (column + 0.5) * CELL, (row + 0.5) * CELL
            if left + inset <= x <= right - inset and top + inset <= y <= bottom - inset:
                found.append(row * columns + column)
    return found


def _middle(box: Box, columns: int, rows: int) -> int:
    column = min(int((box[0] + box[2]) / 2 / CELL), columns - 1)
    row = min(int((box[1] + box[3]) / 2 / CELL), rows - 1)
    return row * columns + column


def label(scene: Scene) -> Cells:
    """The labels of every cell of a scene."""
    columns, rows = scene.width // CELL, scene.height // CELL
    count = columns * rows
    shape, colour, character, centre = (np.zeros(count, np.int64) for _ in range(4))
    edges = np.zeros((count, 4), np.float32)
    for thing in scene.things:
        middle = _middle(thing.box, columns, rows)
        for cell in [*_covered(thing.box, columns, rows, margin=0.1), middle]:
            shape[cell] = SHAPES.index(thing.shape) + 1
            colour[cell] = _COLOUR_NUMBER[thing.colour]
        centre[middle] = 1
        x, y = (middle % columns + 0.5) * CELL, (middle // columns + 0.5) * CELL
        left, top, right, bottom = thing.box
        edges[middle] = np.array((x - left, y - top, right - x, bottom - y)) / BOX_SCALE
    if scene.lettering is not None:
        for letter, box in zip(scene.lettering.word, scene.lettering.boxes, strict=True):
            middle = _middle(box, columns, rows)
            for cell in [*_covered(box, columns, rows, margin=0.0), middle]:
                character[cell] = CHARACTERS.index(letter) + 1
                colour[cell] = _COLOUR_NUMBER[scene.lettering.colour]
            centre[middle] = 1
    return Cells(shape, colour, character, centre, edges)
