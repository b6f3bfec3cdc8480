"""A picture with the boxes and points that an answer holds, one colour a label."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from html import escape

import streamlit as st

from components.media import small
from playground.comparisons.findings.boxes import Box, Point, found
from playground.prompt.conversation import Image

SIDE = 640
"""Pixels of the longer side of the picture that is drawn on."""

LETTERS = 26
"""Height of a label in those pixels: it can be read on a telephone too, where the picture is shrunk by half."""

COLOURS = ("#e6194b", "#0b7261", "#1f5fbf", "#a34a08", "#7340c4", "#0e7490", "#b45309", "#be185d")


def boxed(text: str, picture: Image) -> None:
    """Draw what the text holds onto the picture; nothing where it holds no box and no point."""
    marks = found(text)
    if not marks:
        return
    said = ", ".join(_words(mark) for mark in marks[:12])
    st.image(_svg(marks, picture), width="stretch", alt=f"{picture.name} with {said}")


def _words(mark: Box | Point) -> str:
    kind = "a box" if isinstance(mark, Box) else "a point"
    return f"{kind} for {mark.label}" if mark.label else kind


def _svg(marks: Sequence[Box | Point], picture: Image) -> str:
    """The picture and the marks as one SVG; labels are text of a model, and escaped."""
    data = base64.b64encode(small(picture, SIDE)).decode()
    scale = SIDE / max(picture.width, picture.height)
    width, height = picture.width * scale, picture.height * scale
    labels = list(dict.fromkeys(mark.label for mark in marks))
    drawn = [
        f'<image width="{width:.0f}" height="{height:.0f}" href="data:image/png;base64,{data}"/>'
    ]
    for mark in marks:
        colour = COLOURS[labels.index(mark.label) % len(COLOURS)]
        drawn.append(_drawn(mark, colour, width, height))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.0f} {height:.0f}" '
        f'font-family="sans-serif" font-size="{LETTERS}">{"".join(drawn)}</svg>'
    )


def _drawn(mark: Box | Point, colour: str, width: float, height: float) -> str:
    if isinstance(mark, Point):
        x, y = mark.x * width, mark.y * height
        shape = f'<circle cx="{x:.1f}" cy="{y:.1f}" r="6" fill="{colour}" stroke="white" stroke-width="2"/>'
    else:
        x, y = mark.left * width, mark.top * height
        across, down = (mark.right - mark.left) * width, (mark.bottom - mark.top) * height
        shape = (
            f'<rect x="{x:.1f}" y="{y:.1f}" width="{across:.1f}" height="{down:.1f}" fill="none" '
            f'stroke="{colour}" stroke-width="3"/>'
        )
    label = escape(mark.label[:40])
    if not label:
        return shape
    at = y - 6 if y > LETTERS else y + LETTERS
    outline = 'stroke="white" stroke-width="4" paint-order="stroke"'
    return f'{shape}<text x="{x + 3:.1f}" y="{at:.1f}" fill="{colour}" {outline}>{label}</text>'
