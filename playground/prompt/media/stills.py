"""A frame of a clip as a picture: its pixels made square, what is transparent on white, turned as its clip says."""

from __future__ import annotations

from typing import Any

import PIL.Image
from av.sidedata.sidedata import Type
from av.video.reformatter import VideoReformatter
from PIL.Image import Transpose

from playground.prompt.conversation import Image
from playground.prompt.media import pictures

TOKEN_PIXELS = 2 * 48 * 48
"""A frame is stored with twice the pixels that a model reads of it: 48 x 48 for each of its tokens."""

TURNS = {
    (-1, 0, 0, 1): Transpose.FLIP_LEFT_RIGHT,
    (1, 0, 0, -1): Transpose.FLIP_TOP_BOTTOM,
    (-1, 0, 0, -1): Transpose.ROTATE_180,
    (0, 1, -1, 0): Transpose.ROTATE_270,
    (0, -1, 1, 0): Transpose.ROTATE_90,
    (0, 1, 1, 0): Transpose.TRANSPOSE,
    (0, -1, -1, 0): Transpose.TRANSVERSE,
}
"""By the first two columns and rows of a display matrix, their signs alone (ISO/IEC 14496-12, 8.3.2)."""

_scaler = VideoReformatter()
"""One for all frames: each has threads of its own. Used by one thread, as the decoding process has."""


def still(name: str, frame: Any, long: float, file_bytes: int, tokens: int) -> Image:
    """The frame as a picture for so many tokens, its pixels `long` times as wide as high."""
    most = tokens * TOKEN_PIXELS
    across, down = frame.width * max(1.0, long), frame.height * max(1.0, 1 / long)
    scale = min(1.0, (most / (across * down)) ** 0.5)
    clear = any(component.is_alpha for component in frame.format.components)
    small = _scaler.reformat(
        frame,
        max(1, round(across * scale)),
        max(1, round(down * scale)),
        "rgba" if clear else "rgb24",
        interpolation="AREA",
    )
    picture = pictures.on_white(PIL.Image.fromarray(small.to_ndarray()))
    # The small one has the large one's metadata; whichever is asked for them lives until cycles are collected.
    turn = _turn(small)
    if turn is not None:
        picture = picture.transpose(turn)
    return pictures.store(name, picture, most, file_bytes)


def pixel_shape(film: Any) -> float:
    """How often as wide as high a clip's pixels are; what no camera makes counts as square."""
    long = float(film.sample_aspect_ratio or 1)
    return long if 1 / pictures.LONGEST_PIXEL <= long <= pictures.LONGEST_PIXEL else 1.0


def _turn(frame: Any) -> Transpose | None:
    """How to set it upright. A matrix that neither turns by quarters nor mirrors is broken, and turns nothing."""
    for data in frame.side_data:
        if data.type == Type.DISPLAYMATRIX:
            matrix = memoryview(data).cast("B").cast("i")
            sides = matrix[0], matrix[1], matrix[3], matrix[4]
            longest = max(map(abs, sides))
            a, b, c, d = (round(side / longest) if longest else 0 for side in sides)
            return TURNS.get((a, b, c, d))
    return None
