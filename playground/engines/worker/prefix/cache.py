"""A cache that one can go back in: to a place that was noted, and a few tokens before it.

transformers' sliding layers forget what their window has left. These keep some tokens more, so that the end of a
prompt that the next one does not share (an opened turn, an empty thought) can be taken off again.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import torch
from transformers import DynamicCache
from transformers.cache_utils import DynamicLayer, DynamicSlidingWindowLayer

SLACK = 32
"""Tokens that a sliding layer remembers beyond its window."""

Pair = tuple[torch.Tensor, torch.Tensor]
"""Keys and values of one layer, each (1, key heads, tokens, size). Never changed in place."""


class Rewindable(DynamicSlidingWindowLayer):  # type: ignore[misc]
    """A sliding layer from which up to SLACK tokens can be taken off again."""

    keys: torch.Tensor
    values: torch.Tensor
    cumulative_length: int

    def update(
        self, key_states: torch.Tensor, value_states: torch.Tensor, *args: Any, **kwargs: Any
    ) -> Pair:
        """Takes (1, key heads, new, size) in; returns what the new ones may look at, themselves included."""
        if not self.is_initialized:
            self.lazy_initialization(key_states, value_states)
        new = key_states.shape[-2]
        self.cumulative_length += new
        keys = torch.cat([self.keys, key_states], dim=-2)
        values = torch.cat([self.values, value_states], dim=-2)
        kept = self.sliding_window - 1 + SLACK
        self.keys, self.values = keys[:, :, -kept:], values[:, :, -kept:]
        seen = self.sliding_window - 1 + new
        return keys[:, :, -seen:], values[:, :, -seen:]

    def crop(self, tokens_to_remove: int) -> None:
        """Takes tokens off, their number given below zero as transformers does. Raises ValueError for too many."""
        if not self.is_initialized:
            return
        off = -tokens_to_remove
        left = self.cumulative_length - off
        if off < 0 or self.keys.shape[-2] - off < min(self.sliding_window - 1, left):
            raise ValueError(f"{off} tokens can't be taken off")
        if off:
            self.keys, self.values = self.keys[:, :, :-off], self.values[:, :, :-off]
            self.cumulative_length = left


def fresh(model: Any) -> DynamicCache:
    """An empty cache for a model."""
    cache = DynamicCache(config=model.config.get_text_config())
    cache.layers = [
        Rewindable(layer.sliding_window) if isinstance(layer, DynamicSlidingWindowLayer) else layer
        for layer in cache.layers
    ]
    return cache


@dataclass(frozen=True, slots=True)
class Place:
    """What the sliding layers held when the cache had `length` tokens: the one thing that can't be cut out later."""

    length: int
    window: int
    sliding: tuple[Pair, ...]

    @property
    def bytes(self) -> int:
        """What it takes of the memory."""
        return sum(size(pair) for pair in self.sliding)

    def reach(self, wanted: int) -> int | None:
        """The furthest that this leads to, up to `wanted` tokens; None where it leads no so short way."""
        to = min(self.length, wanted)
        held = self.sliding[0][0].shape[-2] if self.sliding else self.length
        first = self.length - held
        return to if to > 0 and first <= max(0, to - self.window + 1) else None


def place(cache: DynamicCache) -> Place:
    """Where a cache stands now. Nothing is copied."""
    sliding = [layer for layer in cache.layers if isinstance(layer, Rewindable)]
    window = sliding[0].sliding_window if sliding else 1
    held = tuple((layer.keys, layer.values) for layer in sliding) if cache.get_seq_length() else ()
    return Place(cache.get_seq_length(), window, held)


def full(cache: DynamicCache) -> tuple[Pair, ...]:
    """What the layers hold that forget nothing."""
    return tuple((layer.keys, layer.values) for layer in _growing(cache))


def put_back(cache: DynamicCache, whole: tuple[Pair, ...], at: Place, length: int) -> None:
    """Let a cache hold the first `length` tokens, to which `at` must lead. Nothing is copied."""
    off = at.length - length
    for layer, (keys, values) in zip(_growing(cache), whole, strict=True):
        _hold(layer, keys[:, :, :length], values[:, :, :length])
    rings = [layer for layer in cache.layers if isinstance(layer, Rewindable)]
    for layer, (keys, values) in zip(rings, at.sliding, strict=True):
        _hold(layer, keys, values)
        layer.cumulative_length = at.length
        layer.crop(-off)


def back(cache: DynamicCache, at: Place) -> None:
    """Let a cache stand where it stood at a place, whatever some of its layers have taken in since."""
    if at.length:
        put_back(cache, full(cache), at, at.length)
    else:
        cache.reset()


def compact(pair: Pair) -> Pair:
    """The same, without what else lies in the memory that they are a part of."""
    keys, values = (
        part.clone() if part.untyped_storage().nbytes() > 1.25 * part.nbytes else part
        for part in pair
    )
    return keys, values


def size(pair: Pair) -> int:
    """Bytes."""
    return pair[0].nbytes + pair[1].nbytes


def _growing(cache: DynamicCache) -> list[Any]:
    """Layers that hold all tokens; those that share another's are none of them."""
    return [
        layer
        for layer in cache.layers
        if isinstance(layer, DynamicLayer) and not isinstance(layer, DynamicSlidingWindowLayer)
    ]


def _hold(layer: Any, keys: torch.Tensor, values: torch.Tensor) -> None:
    if not layer.is_initialized:
        layer.lazy_initialization(keys, values)
    layer.keys, layer.values = keys, values
