"""Draws a model's growing text: each finished block once, only the last one again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from playground.comparisons.markdown.blocks import Block, Growth

if TYPE_CHECKING:
    from streamlit.delta_generator import DeltaGenerator


class Prose:
    """A place on the page for one text that only grows."""

    def __init__(self, where: DeltaGenerator) -> None:
        self._where = where
        self._slots: list[DeltaGenerator] = []
        self._drawn: list[Block] = []
        self._growth = Growth()

    def draw(self, text: str, growing: bool) -> None:
        """Bring the page up to the text."""
        for index, block in enumerate(self._growth.blocks(text, growing)):
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
