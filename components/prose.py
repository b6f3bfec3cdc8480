"""Draws a model's growing text: each finished block once, only the last one again."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import TYPE_CHECKING, Any

import streamlit as st

from playground.comparisons.markdown.blocks import Block, Growth

if TYPE_CHECKING:
    from streamlit.delta_generator import DeltaGenerator


def written(text: str) -> None:
    """Draw here a text to which nothing will be added, in as few pieces as can be: the page draws earlier rounds anew
    each time it runs, and every piece costs.
    """
    for block in _join(Growth().blocks(text, growing=False)):
        _show(st, block)


class Prose:
    """A place on the page for one text that only grows."""

    def __init__(self, where: DeltaGenerator) -> None:
        self._where = where
        self._slots: list[DeltaGenerator] = []
        self._drawn: list[Block] = []
        self._growth = Growth()

    def draw(self, text: str, growing: bool) -> None:
        """Bring the page up to the text."""
        blocks = self._growth.blocks(text, growing)
        for index, block in enumerate(blocks):
            if index == len(self._slots):
                self._slots.append(self._where.empty())
                self._drawn.append(Block("prose", ""))
            if self._drawn[index] != block:
                self._drawn[index] = block
                _show(self._slots[index], block)


def _show(where: Any, block: Block) -> None:
    if block.kind == "code":
        # Streamlit drops one line break at each end; these are not the code's own.
        where.code(f"\n{block.text}\n", block.language or None, wrap_lines=True)
    else:
        where.markdown(block.text, anchors=False)


def _join(blocks: Sequence[Block]) -> tuple[Block, ...]:
    """Prose that stands together as one block."""
    joined: list[Block] = []
    for kind, some in groupby(blocks, lambda block: block.kind):
        if kind == "prose":
            joined.append(Block("prose", "\n\n".join(block.text for block in some)))
        else:
            joined += some
    return tuple(joined)
