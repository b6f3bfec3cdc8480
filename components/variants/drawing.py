"""A member drawn from its configuration as SVG, all members to one scale: an area stands for a number of weights.

Pure: the same anatomy and colours give the same bytes. Knows no streamlit.
"""

from __future__ import annotations

from collections.abc import Mapping
from html import escape

from playground.models.family.anatomy import Anatomy, Layer

WIDE, ROW, MOST_LAYERS = 360, 5, 60
LEFT = 20
"""Where bars begin; the attention of each layer stands before."""
TOP, FOOT, BLOCK = 30, 96, 12
HIGH = TOP + MOST_LAYERS * ROW + FOOT
PER_PIXEL = 2_550_000
"""Numbers in a pixel of a layer's bar, so that the widest layer of the family just fits."""

COLOURS = {
    "light": {
        "ink": "#1b2330", "pale": "#5b6778", "local": "#c9d2dd", "full": "#1b2330",
        "lookup": "#e2b94f", "experts": "#dccdf3", "encoder": "#5b9e8f",
    },
    "dark": {
        "ink": "#e6ebf2", "pale": "#9aa7b8", "local": "#4a5567", "full": "#e6ebf2",
        "lookup": "#a98735", "experts": "#4b3d68", "encoder": "#3f8073",
    },
}  # fmt: skip
"""By the page's mode; a member's own colour is added as "own"."""


def draw(name: str, built: Anatomy, colours: Mapping[str, str]) -> str:
    """The drawing of a member; layers stand with the first at the bottom."""
    base = TOP + MOST_LAYERS * ROW
    stored = built.embedding + built.vision + built.audio
    stored += sum(one.own + one.lookup + one.experts for one in built.layers)
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDE} {HIGH}" width="{WIDE}" '
        f'height="{HIGH}" role="img" font-family="system-ui, sans-serif">',
        f"<title>{escape(name)}: {escape(built.words)}</title>",
        f'<text x="6" y="18" font-size="17" font-weight="650" fill="{colours["own"]}">{escape(name)}</text>',
        f'<text x="{WIDE - 6}" y="18" font-size="14" text-anchor="end" fill="{colours["pale"]}">'
        f"{stored / 1e9:.1f}B in {len(built.layers)} layers</text>",
    ]
    for number, one in enumerate(built.layers, 1):
        lines += _layer(one, base - number * ROW, colours)
    y = base + 8
    for words, count, colour in (
        ("embedding", built.embedding, colours["own"]),
        ("pictures", built.vision, colours["encoder"]),
        ("sound", built.audio, colours["encoder"]),
    ):
        lines += _block(words, count, y, colour, colours)
        y += 28
    return "\n".join([*lines, "</svg>"])


def _layer(one: Layer, y: float, colours: Mapping[str, str]) -> list[str]:
    """Its attention as a mark, then its weights: read, looked up, experts that are not read."""
    mark = colours["full" if one.full else "local"]
    wide = 14 if one.full else 8
    look = f'fill="none" stroke="{mark}"' if one.shares else f'fill="{mark}"'
    inset = 0.5 if one.shares else 0
    lines = [
        f'<rect x="{inset}" y="{y + inset}" width="{wide - 2 * inset}" height="{ROW - 1 - 2 * inset}" {look}/>'
    ]
    x = float(LEFT)
    for count, colour in (
        (one.own + one.active, colours["own"]),
        (one.lookup, colours["lookup"]),
        (one.experts - one.active, colours["experts"]),
    ):
        if count:
            length = count / PER_PIXEL
            lines.append(_bar(x, y, length, ROW - 1, colour))
            x += length
    return lines


def _block(words: str, count: int, y: float, colour: str, colours: Mapping[str, str]) -> list[str]:
    """A part outside of the layers, as high as three of them, so that its area counts as theirs does."""
    length = count / PER_PIXEL * (ROW - 1) / BLOCK
    said = f"{words} {count / 1e6:,.0f}M" if count else f"{words}: none"
    lines = [_bar(LEFT, y, length, BLOCK, colour)] if count else []
    lines.append(
        f'<text x="{LEFT + length + 6:.1f}" y="{y + 11}" font-size="14" fill="{colours["pale"]}">{said}</text>'
    )
    return lines


def _bar(x: float, y: float, wide: float, high: float, colour: str) -> str:
    return f'<rect x="{x:.1f}" y="{y:g}" width="{wide:.1f}" height="{high}" fill="{colour}"/>'
