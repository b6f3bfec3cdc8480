"""What each cell of a picture shows: the labels on which the vision tower learns to see before it learns to talk.

A cell is the square that becomes one soft token (16 pixels). Answers alone teach a small tower very slowly; labels for
every cell teach it in minutes (measured). Knows scenes, not pixels.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from demo_family.material.scenes import COLOURS, DIGITS, LETTERS, SHAPES, Box, Scene

CELL = 16
SHAPE_CLASSES = len(SHAPES) + 1
COLOUR_CLASSES = len(COLOURS) + 1
CHARACTERS = LETTERS + DIGITS
CHARACTER_CLASSES = len(CHARACTERS) + 1
ORDER_CLASSES = 7
_COLOUR_NUMBER = {colour: i + 1 for i, colour in enumerate(COLOURS)}


@dataclass(frozen=True, slots=True)
class Cells:
    """Labels in reading order, one a cell; class 0 means nothing there.

    `centre` is 1 where the middle of a shape or letter lies. `order` counts shapes or letters from the left, from 1.
    `frame` (cells, 4) holds the left, top, right and bottom of the shape that a cell shows, as shares of the picture's
    width and height; 0 where there is none. `place` (cells, 2) is where the cell itself lies, likewise.
    """

    shape: NDArray[np.int64]
    colour: NDArray[np.int64]
    character: NDArray[np.int64]
    centre: NDArray[np.int64]
    order: NDArray[np.int64]
    frame: NDArray[np.float32]
    place: NDArray[np.float32]


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
    shape, colour, character, centre, order = (np.zeros(count, np.int64) for _ in range(5))
    frame = np.zeros((count, 4), np.float32)
    across, down = np.meshgrid((np.arange(columns) + 0.5) / columns, (np.arange(rows) + 0.5) / rows)
    place = np.stack((across, down), axis=-1).reshape(count, 2).astype(np.float32)
    size = np.array((scene.width, scene.height) * 2)
    for number, thing in enumerate(scene.from_left, 1):
        middle = _middle(thing.box, columns, rows)
        for cell in [*_covered(thing.box, columns, rows, margin=0.1), middle]:
            shape[cell] = SHAPES.index(thing.shape) + 1
            colour[cell] = _COLOUR_NUMBER[thing.colour]
            order[cell] = number
            frame[cell] = np.array(thing.box) / size
        centre[middle] = 1
    if scene.lettering is not None:
        for number, (letter, box) in enumerate(
            zip(scene.lettering.word, scene.lettering.boxes, strict=True), 1
        ):
            middle = _middle(box, columns, rows)
            for cell in [*_covered(box, columns, rows, margin=0.0), middle]:
                character[cell] = CHARACTERS.index(letter) + 1
                colour[cell] = _COLOUR_NUMBER[scene.lettering.colour]
                order[cell] = number
            centre[middle] = 1
    return Cells(shape, colour, character, centre, order, frame, place)
