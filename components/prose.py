"""Draws a model's growing text: each finished block once, only the last one again."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import TYPE_CHECKING

from playground.comparisons.markdown.blocks import Block, Growth

if TYPE_CHECKING:
    from streamlit.delta_generator import DeltaGenerator


class Prose:
    """A place on the page for one text that only grows.

    With `joined`, a text that is there already is drawn in as few pieces as can be: the page draws earlier rounds anew
    each time it runs, and every piece costs.
    """

    def __init__(self, where: DeltaGenerator, joined: bool = False) -> None:
        self._where = where
        self._joined = joined
        self._slots: list[DeltaGenerator] = []
        self._drawn: list[Block] = []
        self._growth = Growth()

    def draw(self, text: str, growing: bool) -> None:
        """Bring the page up to the text."""
        blocks = self._growth.blocks(text, growing)
        if self._joined and not growing and not self._slots:
            blocks = _join(blocks)
        for index, block in enumerate(blocks):
            if index == len(self._slots):
                self._slots.append(self._where.empty())
                self._drawn.append(Block("prose", ""))
            if self._drawn[index] != block:
                self._drawn[index] = block
                if block.kind == "code":
                    # Streamlit drops one line break at each end; these are not the code's own.
                    text = f"\n{block.text}\n"
                    self._slots[index].code(text, block.language or None, wrap_lines=True)
                else:
                    self._slots[index].markdown(block.text, anchors=False)


def _join(blocks: Sequence[Block]) -> tuple[Block, ...]:
    """Prose that stands together as one block."""
    joined: list[Block] = []
    for kind, some in groupby(blocks, lambda block: block.kind):
        if kind == "prose":
            joined.append(Block("prose", "\n\n".join(block.text for block in some)))
        else:
            joined += some
    return tuple(joined)
